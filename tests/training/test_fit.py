from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest

from coursekit.models import dense, seeded
from coursekit.training import fit, seed_everything
from coursekit.training.progress import shows_progress


@pytest.fixture(scope="module")
def split():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 4)).astype("float32")
    y = np.argmax(X @ rng.normal(size=(4, 3)), axis=1)
    return SimpleNamespace(
        X_train=X[:60], y_train=y[:60], X_val=X[60:], y_val=y[60:], X_test=None, y_test=None
    )


def model(seed=0, **arguments):
    with seeded(seed):
        return dense(4, 3, hidden=(8,), **arguments)


def test_the_history_is_tidy(split):
    frame = fit(model(), split, n_epochs=3)
    assert list(frame) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert frame.epoch.tolist() == [1, 2, 3]


def test_the_same_seeds_give_the_same_history(split):
    first, again = (fit(model(dropout=0.5), split, n_epochs=2, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_training_goes_on_where_it_stopped(split):
    network = model()
    fit(network, split, n_epochs=1, learning_rate=0.01)
    optimizer = network.optimizer
    fit(network, split, n_epochs=1)
    assert network.optimizer is optimizer
    assert int(optimizer.iterations) == 4


def test_a_new_optimizer_compiles_again_and_keeps_the_weights(split):
    network = model()
    first = fit(network, split, n_epochs=10, learning_rate=0.05)
    second = fit(network, split, n_epochs=1, optimizer="momentum", learning_rate=0.001)
    assert network.optimizer.momentum == 0.9
    assert second.loss[0] < first.loss[0]


def test_an_optimizer_object_is_used_itself(split):
    network, optimizer = model(), keras.optimizers.Lion(0.001)
    fit(network, split, n_epochs=1, optimizer=optimizer)
    assert network.optimizer is optimizer


def test_regression_has_no_accuracy(split):
    target = SimpleNamespace(
        **{**vars(split), "y_train": split.X_train[:, :3], "y_val": split.X_val[:, :3]}
    )
    assert list(fit(model(), target, n_epochs=1, loss="mse")) == ["epoch", "loss", "val_loss"]


def test_callbacks_run(split):
    stop = keras.callbacks.EarlyStopping("loss", patience=0, min_delta=100.0)
    assert len(fit(model(), split, n_epochs=5, callbacks=[stop])) == 2


def test_probabilities_where_logits_are_meant_raise(split):
    with pytest.raises(ValueError, match="softmax"):
        fit(model(output_activation="softmax"), split, n_epochs=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"n_epochs": 0}, "n_epochs=0"), ({"n_epochs": 1, "batch_size": 0}, "batch_size=0")],
)
def test_no_epoch_and_no_sample_are_refused(split, arguments, message):
    with pytest.raises(ValueError, match=message):
        fit(model(), split, **arguments)


def test_probabilities_are_fine_with_a_loss_object(split):
    loss = keras.losses.SparseCategoricalCrossentropy()
    frame = fit(model(output_activation="softmax"), split, n_epochs=1, loss=loss)
    assert frame.loss[0] == pytest.approx(np.log(3), abs=0.6)


def test_seed_everything_seeds_keras_numpy_and_what_it_returns():
    draws = []
    for _ in range(2):
        rng = seed_everything(5)
        draws.append((rng.random(), np.random.rand(), dense(2, 2).get_weights()[0].sum()))  # noqa: NPY002
    assert draws[0] == draws[1]
    with pytest.raises(ValueError, match="seed=-1"):
        seed_everything(-1)


def test_progress_shows_only_where_it_is_asked_for_or_a_terminal_is(monkeypatch, split, capsys):
    monkeypatch.delenv("COURSEKIT_PROGRESS", raising=False)
    assert not shows_progress()
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert shows_progress()
    monkeypatch.setenv("COURSEKIT_PROGRESS", "0")
    assert not shows_progress()
    assert shows_progress(True)
    fit(model(), split, n_epochs=1)
    assert "epoch" not in capsys.readouterr().err
    fit(model(), split, n_epochs=1, progress=True)
    assert "dense_network" in capsys.readouterr().err
