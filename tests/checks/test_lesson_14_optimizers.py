"""Right answers to lesson 14 pass in whatever style they are written."""

import math

import numpy as np
import pytest

from coursekit.checks import find_exercise

from .assessing import outcome


def test_a_path_may_be_a_list_of_floats_or_float32():
    def as_list(learning_rate, curvature, start, n_steps):
        w, path = start, [start]
        for _ in range(n_steps):
            w -= learning_rate * curvature * w
            path.append(w)
        return path

    def in_float32(*args):
        return np.array(as_list(*args), dtype=np.float32)

    assert outcome("14_gradient_descent_path", as_list) == "right"
    assert outcome("14_gradient_descent_path", in_float32) == "right"


def test_a_schedule_may_use_math_or_clip():
    def with_math(step, n_steps, warmup_steps, peak, floor):
        if step < warmup_steps:
            return peak / warmup_steps * step
        if step >= n_steps:
            return floor
        angle = math.pi * (step - warmup_steps) / (n_steps - warmup_steps)
        return 0.5 * peak * (1 + math.cos(angle)) + 0.5 * floor * (1 - math.cos(angle))

    def with_clip(step, n_steps, warmup_steps, peak, floor):
        progress = np.clip((step - warmup_steps) / (n_steps - warmup_steps), 0, 1)
        fall = floor + (peak - floor) * (1 + np.cos(np.pi * progress)) / 2
        rise = peak * step / max(warmup_steps, 1)
        return np.float32(np.where(step < warmup_steps, rise, fall))

    assert outcome("14_warmup_cosine", with_math) == "right"
    assert outcome("14_warmup_cosine", with_clip) == "right"


def test_plateau_may_keep_the_epoch_of_the_last_event_instead_of_a_counter():
    def with_epochs(val_losses, learning_rate, factor, patience, min_delta):
        best, event, rates = math.inf, -1, []
        for epoch, loss in enumerate(val_losses):
            if best - loss > min_delta:
                best, event = loss, epoch
            elif epoch - event == patience:
                learning_rate, event = learning_rate * factor, epoch
            rates.append(learning_rate)
        return rates

    assert outcome("14_plateau", with_epochs) == "right"


def adam_with(convert):
    def answer(
        weights,
        gradient,
        first,
        second,
        step,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
    ):
        weights, gradient, first, second = map(convert, (weights, gradient, first, second))
        first = first + (1 - beta_1) * (gradient - first)
        second = second + (1 - beta_2) * (gradient * gradient - second)
        rate = learning_rate * (1 - beta_2**step) ** 0.5 / (1 - beta_1**step)
        scaled_epsilon = epsilon * (1 - beta_2**step) ** 0.5
        return weights - rate * first / (second**0.5 + scaled_epsilon), first, second

    return answer


def test_adam_may_fold_the_correction_into_the_rate():
    assert outcome("14_adam_step", adam_with(np.asarray)) == "right"


def test_adam_may_compute_in_float32_and_return_a_list():
    def in_float32(*args, **kwargs):
        return list(adam_with(lambda value: np.asarray(value, dtype=np.float32))(*args, **kwargs))

    assert outcome("14_adam_step", in_float32) == "right"


def test_adam_must_not_update_its_arguments_in_place():
    def in_place(weights, gradient, first, second, step, **settings):
        new_weights, new_first, new_second = adam_with(np.asarray)(
            weights, gradient, first, second, step, **settings
        )
        first[...], second[...] = new_first, new_second
        return new_weights, first, second

    assert outcome("14_adam_step", in_place) == "wrong"


@pytest.mark.slow
def test_adam_agrees_with_keras_over_200_steps():
    import keras

    gradients = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
    variable = keras.Variable(np.zeros(4))
    optimizer = keras.optimizers.Adam(0.01, epsilon=1e-8)
    reference = find_exercise("14_adam_step").reference
    weights, first, second = np.zeros((3, 4))

    for step, gradient in enumerate(gradients, start=1):
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        weights, first, second = reference(weights, gradient, first, second, step, 0.01)

    np.testing.assert_allclose(weights, keras.ops.convert_to_numpy(variable), atol=2e-5)


@pytest.mark.slow
def test_the_schedule_agrees_with_keras():
    import keras

    theirs = keras.optimizers.schedules.CosineDecay(
        0.0, 80, alpha=0.1, warmup_target=0.4, warmup_steps=20
    )
    reference = find_exercise("14_warmup_cosine").reference
    for step in (0, 5, 10, 20, 40, 60, 100, 150):
        assert reference(step, 100, 20, 0.4, 0.04) == pytest.approx(float(theirs(step)), abs=1e-6)


@pytest.mark.slow
def test_plateau_agrees_with_the_callback_of_keras():
    import keras

    exercise = find_exercise("14_plateau")
    for case in exercise.cases():
        val_losses, learning_rate, factor, patience, min_delta = case.args
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(learning_rate), "mse")
        callback = keras.callbacks.ReduceLROnPlateau(
            factor=factor, patience=patience, min_delta=min_delta
        )
        callback.set_model(model)
        callback.on_train_begin()
        rates = []
        for epoch, val_loss in enumerate(val_losses):
            callback.on_epoch_end(epoch, {"val_loss": val_loss})
            rates.append(float(model.optimizer.learning_rate))
        np.testing.assert_allclose(exercise.reference(*case.args), rates, rtol=1e-5)
