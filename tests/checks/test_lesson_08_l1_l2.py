"""Lesson 08: right answers in other styles pass, and near misses do not."""

import numpy as np
import pytest

from coursekit.checks import find_exercise

from .assessing import outcome


def soft_by_sign(z, t):
    return np.sign(z) * np.maximum(np.abs(z) - t, 0)


def soft_by_two_ramps(z, t):
    return np.maximum(z - t, 0) - np.maximum(-z - t, 0)


def soft_by_subtracting_the_clipped_part(z, t):
    return z - np.clip(z, -t, t)


def soft_with_a_loop(z, t):
    flat = [v - t if v > t else v + t if v < -t else 0.0 for v in z.ravel()]
    return np.reshape(flat, z.shape).tolist()


def soft_in_single_precision(z, t):
    return soft_by_sign(z.astype("float32"), np.float32(t))


@pytest.mark.parametrize(
    "answer",
    [
        soft_by_sign,
        soft_by_two_ramps,
        soft_by_subtracting_the_clipped_part,
        soft_with_a_loop,
        soft_in_single_precision,
    ],
)
def test_soft_thresholding_may_be_written_in_any_style(answer):
    assert outcome("08_soft_threshold", answer) == "right"


def test_soft_thresholding_is_what_the_lasso_does_with_orthogonal_columns():
    from sklearn.linear_model import Lasso

    z = np.random.default_rng(0).normal(size=8)
    lasso = Lasso(0.5 / 8, fit_intercept=False, tol=1e-12).fit(np.eye(8), z)
    assert find_exercise("08_soft_threshold").reference(z, 0.5) == pytest.approx(lasso.coef_)


def ridge_by_singular_values(X, y, alpha):
    u, d, vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    coef = vt.T @ (d / (d**2 + alpha) * (u.T @ (y - y.mean())))
    return coef, y.mean() - X.mean(axis=0) @ coef


def ridge_by_appended_rows(X, y, alpha):
    centre = X.mean(axis=0)
    n_columns = X.shape[1]
    rows = np.vstack([X - centre, np.sqrt(alpha) * np.eye(n_columns)])
    targets = np.append(y - y.mean(), np.zeros(n_columns))
    coef = np.linalg.lstsq(rows, targets, rcond=None)[0]
    return coef.tolist(), float(y.mean() - centre @ coef)


def ridge_with_a_column_of_ones(X, y, alpha):
    wide = np.column_stack([np.ones(len(X)), X])
    free = np.diag([0.0] + [alpha] * X.shape[1])
    weights = np.linalg.solve(wide.T @ wide + free, wide.T @ y)
    return weights[1:], weights[0]


@pytest.mark.parametrize(
    "answer", [ridge_by_singular_values, ridge_by_appended_rows, ridge_with_a_column_of_ones]
)
def test_ridge_may_be_solved_in_any_way(answer):
    assert outcome("08_ridge", answer) == "right"


def test_ridge_without_an_intercept_is_wrong():
    def through_the_origin(X, y, alpha):
        gram = X.T @ X + alpha * np.eye(X.shape[1])
        return np.linalg.lstsq(gram, X.T @ y, rcond=None)[0], 0.0

    assert outcome("08_ridge", through_the_origin) == "wrong"


def test_ridge_with_half_the_strength_is_wrong():
    answer = lambda X, y, alpha: ridge_by_singular_values(X, y, alpha / 2)  # noqa: E731

    assert outcome("08_ridge", answer) == "wrong"


def prox_with_names(weights, bias, grad_weights, grad_bias, learning_rate, l1_strength):
    moved = weights - learning_rate * grad_weights
    return soft_by_sign(moved, learning_rate * l1_strength), bias - learning_rate * grad_bias


def prox_as_a_list(w, b, gw, gb, rate, l1):
    return [soft_by_two_ramps(w - rate * gw, rate * l1), b - rate * gb]


@pytest.mark.parametrize("answer", [prox_with_names, prox_as_a_list])
def test_a_proximal_step_may_be_written_in_any_style(answer):
    assert outcome("08_prox_l1_step", answer) == "right"


def test_proximal_steps_arrive_at_the_lasso():
    from sklearn.linear_model import Lasso

    step = find_exercise("08_prox_l1_step").reference
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 6))
    y = X[:, 0] + rng.normal(size=80)
    weights, bias = np.zeros(6), np.array(0.0)
    for _ in range(500):
        error = X @ weights + bias - y
        weights, bias = step(weights, bias, X.T @ error / 80, error.mean(), 0.2, 0.15)
    lasso = Lasso(0.15, tol=1e-10).fit(X, y)
    assert weights == pytest.approx(lasso.coef_, abs=1e-6)
    assert (weights == 0).sum() == (lasso.coef_ == 0).sum() > 0


def test_a_step_without_the_penalty_is_wrong():
    def plain_step(w, b, gw, gb, rate, l1):
        return w - rate * gw, b - rate * gb

    assert outcome("08_prox_l1_step", plain_step) == "wrong"


def loss_with_loops(y_true, y_pred, kernels, biases, strength):
    total = sum((a - b) ** 2 for a, b in zip(y_true, y_pred, strict=True)) / len(y_true)
    for kernel in kernels:
        for row in kernel:
            total += strength * sum(w**2 for w in row)
    return total


def loss_by_norms(y_true, y_pred, kernels, biases, strength):
    penalty = sum(np.linalg.norm(kernel) ** 2 for kernel in kernels)
    return np.float32(np.square(y_true - y_pred).mean() + strength * penalty)


@pytest.mark.parametrize("answer", [loss_with_loops, loss_by_norms])
def test_the_penalised_loss_may_be_computed_in_any_style(answer):
    assert outcome("08_penalised_loss", answer) == "right"


def test_a_norm_that_is_not_squared_is_wrong():
    def unsquared(y_true, y_pred, kernels, biases, strength):
        return np.mean((y_true - y_pred) ** 2) + strength * sum(map(np.linalg.norm, kernels))

    assert outcome("08_penalised_loss", unsquared) == "wrong"


def test_every_layer_pays():
    def first_layer_only(y_true, y_pred, kernels, biases, strength):
        return np.mean((y_true - y_pred) ** 2) + strength * np.sum(kernels[0] ** 2)

    assert outcome("08_penalised_loss", first_layer_only) == "wrong"


@pytest.mark.slow
def test_the_penalised_loss_is_what_keras_reports():
    import keras

    keras.utils.set_random_seed(0)
    penalty = keras.regularizers.L2(0.03)
    layers = [
        keras.layers.Dense(n, kernel_regularizer=penalty, bias_initializer="ones") for n in (4, 1)
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(loss="mse")
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    kernels = [layer.kernel.numpy() for layer in layers]
    biases = [layer.bias.numpy() for layer in layers]
    reference = find_exercise("08_penalised_loss").reference

    found = reference(y, model.predict(X, verbose=0).ravel(), kernels, biases, 0.03)

    assert model.evaluate(X, y, verbose=0) == pytest.approx(found, rel=1e-5)


def test_the_new_weight_has_the_sign_that_the_gradient_step_gives():
    def by_the_old_sign(w, b, gw, gb, rate, l1):
        moved = w - rate * gw
        return np.sign(w) * np.maximum(np.sign(w) * moved - rate * l1, 0), b - rate * gb

    assert outcome("08_prox_l1_step", by_the_old_sign) == "wrong"
