"""Lesson 14's explorable: optimizers on a bowl, a ravine and a saddle."""

import numpy as np
import pytest

from coursekit.explore.descent import (
    OPTIMIZERS,
    SURFACES,
    USE_MOMENTUM,
    descend,
    largest_stable_rate,
)
from coursekit.explore.optimizer_paths import N_STEPS, optimizer_race, run_race

QUADRATICS = ("bowl", "ravine")
WITH_A_LIMIT = ("gradient descent", "momentum", "Nesterov")


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_are_the_slopes_of_the_losses(name):
    surface, step = SURFACES[name], 1e-6
    for weights in np.random.default_rng(0).uniform(-2, 2, (5, 2)):
        slopes = [
            (surface.loss(weights + shift) - surface.loss(weights - shift)) / (2 * step)
            for shift in step * np.eye(2)
        ]
        assert surface.gradient(weights) == pytest.approx(slopes, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", SURFACES)
def test_minima_have_loss_zero_and_no_slope(name):
    surface = SURFACES[name]
    for minimum in np.array(surface.minima):
        assert surface.loss(minimum) == 0
        assert np.allclose(surface.gradient(minimum), 0)


def test_gradient_descent_follows_the_closed_form():
    run = descend(SURFACES["ravine"], "gradient descent", 0.015, 0.9, 50)
    factors = 1 - 0.015 * np.array([1.0, 100.0])
    steps = np.arange(51)[:, None]
    assert run.path == pytest.approx(np.array(SURFACES["ravine"].start) * factors**steps)


@pytest.mark.parametrize("surface", QUADRATICS)
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("optimizer", WITH_A_LIMIT)
def test_stable_just_below_the_limit_and_not_above(surface, optimizer, momentum):
    limit = largest_stable_rate(SURFACES[surface], optimizer, momentum)
    below, above = (
        descend(SURFACES[surface], optimizer, limit * scale, momentum, 3000)
        for scale in (0.99, 1.01)
    )
    assert below.loss[-1] < 1e-6 * below.loss[0]
    assert not below.diverged
    assert above.diverged


@pytest.mark.parametrize(
    ("optimizer", "momentum", "limit"),
    [
        ("gradient descent", 0.9, 0.02),
        ("momentum", 0.9, 0.038),
        ("momentum", 0.0, 0.02),
        ("Nesterov", 0.0, 0.02),
        ("Nesterov", 0.9, 3.8 / 280),
        ("AdaGrad", 0.9, None),
        ("RMSprop", 0.9, None),
        ("Adam", 0.9, None),
    ],
)
def test_limits_on_the_ravine(optimizer, momentum, limit):
    assert largest_stable_rate(SURFACES["ravine"], optimizer, momentum) == (
        None if limit is None else pytest.approx(limit)
    )


def test_the_saddle_has_no_formula():
    assert largest_stable_rate(SURFACES["saddle"], "gradient descent", 0) is None


def test_momentum_crosses_the_ravine_sooner():
    race = run_race("ravine", "momentum", "gradient descent", 0.015, 0.7, N_STEPS)
    assert race.run.steps_to(1e-3) < race.rival.steps_to(1e-3) / 3


def test_adaptive_rates_leave_the_saddle_sooner():
    race = run_race("saddle", "Adam", "gradient descent", 0.05, 0.9, N_STEPS)
    assert race.run.steps_to(0.2) < race.rival.steps_to(0.2) / 2
    assert race.rival.loss[60] == pytest.approx(0.25, abs=0.01), "waiting at the saddle"


def test_a_run_that_leaves_is_stopped_before_its_numbers_overflow():
    run = descend(SURFACES["ravine"], "gradient descent", 3.0, 0.0, N_STEPS)
    assert run.diverged
    assert np.isfinite(run.loss).all()
    assert run.steps_to(1e-3) is None


def test_slow_divergence_is_named_before_the_run_has_left():
    run = descend(SURFACES["ravine"], "gradient descent", 0.02004, 0.0, N_STEPS)
    assert run.diverged
    assert not run.escaped


def test_only_these_optimizers_answer_momentum():
    def end(name, momentum):
        return descend(SURFACES["bowl"], name, 0.1, momentum, 20).path[-1]

    for name in OPTIMIZERS:
        same = np.array_equal(end(name, 0.0), end(name, 0.9))
        assert same == (name not in USE_MOMENTUM), name


def test_steps_to_counts_from_zero():
    run = descend(SURFACES["bowl"], "gradient descent", 0.5, 0.0, 5)
    assert run.steps_to(np.inf) == 0
    assert run.loss[run.steps_to(1e-1) - 1] >= 1e-1 > run.loss[run.steps_to(1e-1)]


def test_facts_stay_within_theory_everywhere(sweep_controls):
    for settings, facts in sweep_controls(optimizer_race()):
        limit = facts["largest stable learning rate"]
        assert (limit == "no formula") == (
            settings["surface"] == "saddle" or settings["optimizer"] not in WITH_A_LIMIT
        )
        if limit != "no formula" and settings["momentum"] <= 0.9:
            assert facts["diverged"] == (settings["learning_rate"] > limit)
        steps = facts["steps to 0.001"]
        assert steps == f"not within {N_STEPS}" or 0 <= steps <= N_STEPS


def test_facts_answer_the_controls():
    explorer = optimizer_race()
    assert explorer.set(learning_rate=0.0195)["diverged"] is False
    assert explorer.set(learning_rate=0.0205)["diverged"] is True
    facts = explorer.set(optimizer="momentum", momentum=0.9, learning_rate=0.035)
    assert facts["diverged"] is False
    assert facts["largest stable learning rate"] == pytest.approx(0.038)


@pytest.mark.parametrize("surface", SURFACES)
def test_updates_are_those_of_keras(surface):
    keras = pytest.importorskip("keras")
    rate, momentum, n_steps = 0.01, 0.8, 30
    theirs = {
        "gradient descent": keras.optimizers.SGD(rate),
        "momentum": keras.optimizers.SGD(rate, momentum=momentum),
        "Nesterov": keras.optimizers.SGD(rate, momentum=momentum, nesterov=True),
        "AdaGrad": keras.optimizers.Adagrad(rate),
        "RMSprop": keras.optimizers.RMSprop(rate),
        "Adam": keras.optimizers.Adam(rate, beta_1=momentum),
    }
    assert theirs.keys() == OPTIMIZERS.keys()
    for name, optimizer in theirs.items():
        weights = keras.Variable(np.array(SURFACES[surface].start), dtype="float64")
        for _ in range(n_steps):
            gradient = SURFACES[surface].gradient(np.asarray(weights))
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weights])
        ours = descend(SURFACES[surface], name, rate, momentum, n_steps).path[-1]
        assert ours == pytest.approx(np.asarray(weights), rel=1e-4, abs=1e-6), name
