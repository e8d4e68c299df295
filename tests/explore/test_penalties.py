"""Lesson 08's explorable: a penalty ball against the contours of a loss."""

import numpy as np
import pytest

from coursekit.explore.penalties import (
    MIXES,
    PenalisedFit,
    penalised_weights,
    penalty_explorer,
)


def fit(penalty="L1", strength=1.0, correlation=0.3, second_weight=0.8):
    return PenalisedFit(penalty, strength, correlation, second_weight)


def objective(weights, data):
    share = MIXES[data.penalty]
    away = weights - data.least_squares
    loss = 0.5 * ((away**2).sum(axis=-1) + 2 * data.correlation * away.prod(axis=-1))
    sizes, squares = np.abs(weights).sum(axis=-1), (weights**2).sum(axis=-1)
    return loss + data.strength * (share * sizes + (1 - share) / 2 * squares)


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.5])
def test_uncorrelated_columns_by_hand(strength):
    l1, l2 = fit("L1", strength, 0.0), fit("L2", strength, 0.0)
    assert l1.weights == pytest.approx(np.maximum(l1.least_squares - strength, 0))
    assert l2.weights == pytest.approx(l2.least_squares / (1 + strength))


@pytest.mark.parametrize("penalty", MIXES)
@pytest.mark.parametrize("correlation", [-0.95, 0.3, 0.95])
def test_no_other_weights_are_better(penalty, correlation):
    for strength in (0.05, 0.7, 5.0):
        data = fit(penalty, strength, correlation)
        others = np.random.default_rng(0).normal(data.weights, 0.3, size=(5_000, 2))
        others[:2_500] = data.weights + (others[:2_500] - data.weights) / 100
        assert objective(data.weights, data) <= objective(others, data).min() + 1e-12


def test_the_solution_agrees_with_scikit_learn():
    from sklearn.linear_model import ElasticNet

    rng = np.random.default_rng(1)
    X, _ = np.linalg.qr(rng.normal(size=(50, 2)))
    X = np.sqrt(50) * X @ np.linalg.cholesky([[1, 0.6], [0.6, 1]]).T
    model = ElasticNet(alpha=0.4, l1_ratio=0.5, fit_intercept=False, tol=1e-12)
    coefficients = model.fit(X, X @ [2, 0.8]).coef_
    assert penalised_weights([2, 0.8], 0.6, [0.4], 0.5)[0] == pytest.approx(coefficients)


@pytest.mark.parametrize("penalty", MIXES)
def test_ball_and_contour_meet_at_the_weights(penalty):
    data = fit(penalty, 0.3, 0.5)
    contour, ball = data.contour(1.0), data.ball
    assert np.linalg.norm(contour - data.weights, axis=1).min() < 0.05
    assert np.linalg.norm(ball - data.weights, axis=1).min() < 0.05
    # They touch and do not cross: every point of the ball has at least the loss of the weights.
    free = PenalisedFit(penalty, 0.0, data.correlation, data.second_weight)
    assert objective(ball, free).min() >= objective(data.weights, free) - 1e-9


def test_the_l1_path_ends_in_exact_zeros_and_the_l2_path_never_arrives():
    assert (fit("L1").path[-1] == 0).all()
    assert (fit("elastic net", 10.0).weights == 0).all()
    assert (fit("L2").path != 0).all()


def test_twins_share_under_l2_and_do_not_under_l1():
    lasso, ridge = fit("L1", 1.6, 0.95).weights, fit("L2", 1.6, 0.95).weights
    assert lasso[1] == 0
    assert ridge[1] > 0.6 * ridge[0]


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(penalty_explorer()):
        data = PenalisedFit(**settings)
        assert objective(data.weights, data) <= objective(np.zeros(2), data) + 1e-12
        assert objective(data.weights, data) <= objective(data.least_squares, data) + 1e-12
        assert facts["penalty without strength"] >= 0
        if settings["penalty"] == "L2" and settings["second_weight"] != 0:
            assert facts["weights exactly zero"] == 0


def test_the_right_prediction_is_none():
    explorer = penalty_explorer()
    explorer.prediction.guesses.value = "none"
    assert "✔" in explorer.prediction.reveal.value
