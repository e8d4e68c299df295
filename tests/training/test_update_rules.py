"""Each update rule follows Keras' own optimizer, whatever the replica's settings are."""

import keras
import numpy as np
import pytest

from coursekit.models import dense, seeded
from coursekit.training.objectives import find_loss, mean_loss
from coursekit.training.optimizers import optimizer_settings, setting_arrays
from coursekit.training.replica_models import fixed_values, flat_weights
from coursekit.training.replicas import ReplicaProgram

N_STEPS, BATCH_SIZE, TOLERANCE = 50, 16, 1e-4
LOSS = find_loss("sparse_categorical_crossentropy")

RULES = {
    "sgd": ("sgd", [{"learning_rate": 0.05}, {"learning_rate": 0.2}]),
    "momentum": (
        "sgd",
        [
            {"learning_rate": 0.05, "momentum": 0.9},
            {"learning_rate": 0.05, "momentum": 0.0},
            {"learning_rate": 0.01, "momentum": 0.5, "weight_decay": 0.1},
        ],
    ),
    "nesterov": (
        "nesterov",
        [{"learning_rate": 0.05}, {"learning_rate": 0.02, "momentum": 0.5}],
    ),
    "adagrad": ("adagrad", [{"learning_rate": 0.05}, {"learning_rate": 0.1, "epsilon": 0.5}]),
    "rmsprop": (
        "rmsprop",
        [
            {"learning_rate": 0.003},
            {"learning_rate": 0.003, "rho": 0.5, "momentum": 0.8, "epsilon": 1e-2},
        ],
    ),
    "adam": (
        "adam",
        [{}, {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1}],
    ),
    "adamw": ("adamw", [{}, {"learning_rate": 0.01, "weight_decay": 0.5}]),
}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 8)).astype("float32")
    y = np.argmax(X @ rng.normal(size=(8, 3)), axis=1).astype("int32")
    return X, y


def models(n):
    for seed in range(n):
        with seeded(seed):
            yield dense(8, 3, hidden=(12,), activation="tanh", l2=1e-3)


def batches(n):
    rng = np.random.default_rng(1)
    return rng.integers(200, size=(n, N_STEPS * BATCH_SIZE)).astype("int32")


def replicas(data, settings, order):
    """Train all replicas in one program; return the losses and the weights of every step."""
    X, y = data
    networks = list(models(len(settings)))
    rule, arrays = setting_arrays(settings)
    program = ReplicaProgram(
        networks[0],
        rule,
        arrays,
        mean_loss(LOSS),
        {},
        X,
        y,
        shared_targets=True,
        batch_size=BATCH_SIZE,
    )
    fixed = [np.stack(each) for each in zip(*map(fixed_values, networks), strict=True)]
    state = program.start(np.stack([flat_weights(each) for each in networks]), fixed)
    rates = np.array([[each.config["learning_rate"]] for each in settings], dtype="float32")
    losses, weights = [], []
    for step in range(N_STEPS):
        batch = order[:, step * BATCH_SIZE : (step + 1) * BATCH_SIZE]
        state, values = program.train_epoch(state, batch, rates)
        losses.append(values.numpy()[:, 0])
        weights.append(state.weights.numpy())
    return np.array(losses), np.array(weights)


def keras_alone(data, settings, order):
    """Train each replica by Keras' optimizer; return the losses and the weights of each step."""
    X, y = data
    losses = np.zeros((N_STEPS, len(settings)))
    weights = []
    for i, network in enumerate(models(len(settings))):
        network.compile(settings[i].build(), LOSS)
        steps = []
        for step, batch in enumerate(order[i].reshape(N_STEPS, BATCH_SIZE)):
            network.reset_metrics()
            losses[step, i] = network.train_on_batch(X[batch], y[batch])
            steps.append(flat_weights(network))
        weights.append(steps)
    return losses, np.array(weights).swapaxes(0, 1)


@pytest.mark.parametrize("name", RULES)
def test_replicas_follow_keras_own_optimizer_for_50_steps(name, data):
    optimizer, rows = RULES[name]
    settings = [optimizer_settings(optimizer, row) for row in rows]
    order = batches(len(rows))
    losses, weights = replicas(data, settings, order)
    expected_losses, expected_weights = keras_alone(data, settings, order)

    assert np.abs(expected_weights[-1] - expected_weights[0]).max() > 0.01
    np.testing.assert_allclose(losses, expected_losses, rtol=TOLERANCE)
    size = np.linalg.norm(expected_weights, axis=2)
    deviation = np.linalg.norm(weights - expected_weights, axis=2) / size
    assert deviation.max() < TOLERANCE


def test_settings_of_an_optimizer_come_from_keras_unless_changed():
    settings = optimizer_settings("adam", {"beta_1": 0.5, "learning_rate": None})
    default = keras.optimizers.Adam(name=settings.config["name"]).get_config()
    assert settings.config == {**default, "beta_1": 0.5}
    assert settings.build().get_config() == settings.config


def test_an_optimizer_object_is_copied():
    given = keras.optimizers.SGD(0.5, momentum=0.3)
    settings = optimizer_settings(given, {"learning_rate": 0.25})
    assert settings.build() is not given
    assert settings.build().momentum == 0.3
    assert given.learning_rate == 0.5
    assert settings.obstacle() is None


@pytest.mark.parametrize(
    ("optimizer", "reason"),
    [
        (keras.optimizers.Adam(amsgrad=True), "amsgrad"),
        (keras.optimizers.SGD(clipnorm=1.0), "clipnorm"),
        (keras.optimizers.Lion(), "Lion"),
        (keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10)), "schedule"),
    ],
)
def test_what_no_rule_follows_is_named(optimizer, reason):
    assert reason in optimizer_settings(optimizer, {}).obstacle()


def test_unknown_optimizers_and_settings_raise():
    with pytest.raises(ValueError, match="'adamm' is unknown"):
        optimizer_settings("adamm", {})
    with pytest.raises(ValueError, match="Adam has no setting 'momentum'"):
        optimizer_settings("adam", {"momentum": 0.9})
    with pytest.raises(ValueError, match="learning_rate='fast'"):
        optimizer_settings("adam", {"learning_rate": "fast"})


def test_a_program_is_traced_once(data):
    X, y = data
    calls = []

    def loss(y_true, y_pred):
        calls.append(1)
        return mean_loss(LOSS)(y_true, y_pred)

    settings = [optimizer_settings("adam", {})] * 2
    rule, arrays = setting_arrays(settings)
    networks = list(models(2))
    program = ReplicaProgram(
        networks[0], rule, arrays, loss, {}, X, y, shared_targets=True, batch_size=64
    )
    state = program.start(np.stack([flat_weights(each) for each in networks]), [])
    order, rates = np.stack([np.arange(200, dtype="int32")] * 2), np.full((2, 4), 1e-3, "float32")
    state, _ = program.train_epoch(state, order, rates)
    program.evaluate(state, X, y)
    n_traced = len(calls)
    state, _ = program.train_epoch(state, order, rates)
    program.evaluate(state, X, y)
    assert n_traced > 0
    assert len(calls) == n_traced
