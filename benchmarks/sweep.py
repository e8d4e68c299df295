"""Time one sweep against as many Keras fits, and compare the networks that they train.

Run ``python -m benchmarks.sweep``. Both times hold everything that a user waits for: building,
compiling or tracing, training, and validation after each epoch.
"""

import contextlib
import functools
import json
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

import keras
import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from coursekit.data import Split, digits
from coursekit.models import dense, seeded
from coursekit.training import sweep
from coursekit.training.objectives import find_loss, mean_loss
from coursekit.training.optimizers import OptimizerSettings, optimizer_settings, setting_arrays
from coursekit.training.replica_models import flat_weights
from coursekit.training.replicas import ReplicaProgram

N_REPLICAS, N_EPOCHS, BATCH_SIZE = 20, 10, 32
# Networks and steps that are compared weight by weight.
N_COMPARED, N_STEPS = 3, 50
#: At least this many times faster, on two cores.
GOAL = 10
#: At most this far from Keras' own optimizer, relative to the norm of the weights.
TOLERANCE = 1e-4
RULES: dict[str, tuple[str, dict[str, float]]] = {
    "sgd": ("sgd", {"learning_rate": 0.1}),
    "momentum": ("momentum", {"learning_rate": 0.02}),
    "nesterov": ("nesterov", {"learning_rate": 0.02}),
    "adagrad": ("adagrad", {"learning_rate": 0.02}),
    "rmsprop": ("rmsprop", {}),
    "adam": ("adam", {}),
    "adamw": ("adamw", {}),
}


def build(split: Split) -> keras.Model:
    """Return the network that both sides train: 64 inputs, 64 hidden units, 10 classes.

    Parameters
    ----------
    split : Split
        The digits.

    Returns
    -------
    keras.Model
    """
    return dense(split.X_train.shape[1:], 10, hidden=(64,))


def seconds(function: Callable[[], Any]) -> float:
    """Return the wall-clock time of one call.

    Parameters
    ----------
    function : callable
        What to time.

    Returns
    -------
    float
        In seconds.
    """
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def fit_with_keras(split: Split, seed: int, n_epochs: int = N_EPOCHS) -> None:
    """Train one network as a user of Keras would.

    Parameters
    ----------
    split : Split
        The digits.
    seed : int
        Seed of everything.
    n_epochs : int
        Passes over the training data.
    """
    keras.utils.set_random_seed(seed)
    model = build(split)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    model.fit(
        split.X_train,
        split.y_train,
        validation_data=(split.X_val, split.y_val),
        epochs=n_epochs,
        batch_size=BATCH_SIZE,
        verbose=0,
    )


def deviation(name: str, split: Split) -> float:
    """Return how far replicas get from Keras' own optimizer in 50 steps.

    Parameters
    ----------
    name : str
        A key of :data:`RULES`.
    split : Split
        The digits.

    Returns
    -------
    float
        The largest distance of the two weight vectors, relative to the norm of Keras'.
    """
    optimizer = optimizer_settings(*RULES[name])
    rng = np.random.default_rng(0)
    shape = (N_COMPARED, N_STEPS, BATCH_SIZE)
    batches = rng.integers(len(split.X_train), size=shape).astype(np.int32)
    ours = _replica_weights(split, optimizer, batches)
    theirs = np.stack(
        [_keras_weights(split, optimizer, seed, batches[seed]) for seed in range(N_COMPARED)]
    )
    return float(np.max(np.linalg.norm(ours - theirs, axis=2) / np.linalg.norm(theirs, axis=2)))


def _replica_weights(split: Split, optimizer: OptimizerSettings, batches: NDArray) -> NDArray:
    """Return the weights of all replicas after each step, trained in one program."""
    models = [_start(split, seed) for seed in range(N_COMPARED)]
    rule, settings = setting_arrays([optimizer] * N_COMPARED)
    program = ReplicaProgram(
        models[0],
        rule,
        settings,
        mean_loss(find_loss("sparse_categorical_crossentropy")),
        {},
        split.X_train,
        split.y_train.astype(np.int32),
        shared_targets=True,
        batch_size=BATCH_SIZE,
    )
    state = program.start(np.stack([flat_weights(model) for model in models]), [])
    rates = np.full((N_COMPARED, 1), optimizer.config["learning_rate"], dtype=np.float32)
    weights = []
    for step in range(N_STEPS):
        state, _ = program.train_epoch(state, batches[:, step], rates)
        weights.append(np.asarray(state.weights))
    return np.stack(weights, axis=1)


def _keras_weights(
    split: Split, optimizer: OptimizerSettings, seed: int, batches: NDArray
) -> NDArray:
    """Return one network's weights after each step, trained by Keras' optimizer."""
    model = _start(split, seed)
    model.compile(optimizer.build(), find_loss("sparse_categorical_crossentropy"))
    weights = []
    for batch in batches:
        model.train_on_batch(split.X_train[batch], split.y_train[batch])
        weights.append(flat_weights(model))
    return np.stack(weights)


def _start(split: Split, seed: int) -> keras.Model:
    with seeded(seed):
        return build(split)


def measure(n_fits: int) -> dict[str, Any]:
    """Time both sides and compare their weights.

    Parameters
    ----------
    n_fits : int
        Keras fits to time; fewer than 20 are scaled up to 20.

    Returns
    -------
    dict
        The ratio of the times, the times in seconds, and the deviation by update rule.
    """
    split = digits()
    # TensorFlow starts up at first use: let neither side pay for that.
    fit_with_keras(split, seed=0, n_epochs=1)
    sweep(functools.partial(build, split), split, n_epochs=1, seeds=range(1))
    fits = sum(seconds(functools.partial(fit_with_keras, split, seed)) for seed in range(n_fits))
    swept = seconds(
        lambda: sweep(
            functools.partial(build, split),
            split,
            n_epochs=N_EPOCHS,
            batch_size=BATCH_SIZE,
            seeds=range(N_REPLICAS),
            engine="batched",
        )
    )
    return {
        "sweep_speedup": fits * N_REPLICAS / n_fits / swept,
        "fits_seconds": fits * N_REPLICAS / n_fits,
        "sweep_seconds": swept,
        "n_fits_measured": n_fits,
        "n_replicas": N_REPLICAS,
        "n_epochs": N_EPOCHS,
        "deviations": {name: deviation(name, split) for name in RULES},
    }


def report(found: dict[str, Any]) -> None:
    """Print the measurements as a table.

    Parameters
    ----------
    found : dict
        From :func:`measure`.
    """
    measured = found["n_fits_measured"]
    scaled = "" if measured == N_REPLICAS else f", scaled up from {measured}"
    table = Table(title=f"One sweep against {N_REPLICAS} Keras fits of {N_EPOCHS} epochs")
    table.add_column("Measured")
    table.add_column("Value", justify="right")
    table.add_column("Goal", justify="right")
    table.add_row(f"{N_REPLICAS} fits{scaled}", f"{found['fits_seconds']:.1f} s", "")
    table.add_row(f"one sweep of {N_REPLICAS} replicas", f"{found['sweep_seconds']:.1f} s", "")
    table.add_row("times faster", f"{found['sweep_speedup']:.1f}", f"≥ {GOAL}")
    for name, value in found["deviations"].items():
        table.add_row(f"{name}: off Keras, {N_STEPS} steps", f"{value:.1e}", f"≤ {TOLERANCE:.0e}")
    Console().print(table)


def main(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    fits: Annotated[int, typer.Option(help="Keras fits to time.", min=1, max=20)] = N_REPLICAS,
) -> None:
    """Time 20 Keras fits against one sweep of 20 replicas, and compare their weights."""
    # Standard output is for the result alone: a program may read it.
    with contextlib.redirect_stdout(sys.stderr):
        found = measure(fits)
    if as_json:
        print(json.dumps(found))
    else:
        report(found)


if __name__ == "__main__":
    typer.run(main)
