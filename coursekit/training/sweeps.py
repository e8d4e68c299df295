"""Train one model under many seeds and settings."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import pandas as pd

from coursekit.training.batched_runs import batching_obstacle, train_batched
from coursekit.training.keras_fits import train_with_keras
from coursekit.training.progress import progress_bar
from coursekit.training.settings import Run, Settings, plan_runs
from coursekit.training.splits import TrainingSplit
from coursekit.training.tasks import History, Task, make_task

ENGINES = ("auto", "batched", "fit")


def sweep(
    build: Callable[..., keras.Model],
    split: TrainingSplit,
    *,
    n_epochs: int,
    settings: Settings = None,
    seeds: Iterable[int] = range(5),
    batch_size: int = 32,
    optimizer: Any = "adam",
    learning_rate: float | None = None,
    loss: Any = "sparse_categorical_crossentropy",
    metrics: Sequence[Any] | None = None,
    schedule: Any = None,
    callbacks: Callable[[], Sequence[Any]] | None = None,
    evaluate_test: bool = False,
    engine: str = "auto",
    progress: bool | None = None,
) -> pd.DataFrame:
    """Train one model under many seeds and settings, as one batched program if it can.

    Each row of the settings is trained once for each seed; such a run is a replica. Replicas
    of a dense network whose settings differ only in numbers train together, each with its own
    initial weights, order of samples, labels and learning rate, exactly as Keras would train
    it alone. Where the settings differ in structure (optimizer, batch size, number of epochs,
    arguments of `build`), each structure is a program of its own. Whatever cannot be batched
    trains by plain Keras fits, with the same result but for rounding and dropout's masks.

    Parameters
    ----------
    build : callable
        Returns a new uncompiled model. Called after seeding with the replica's seed, with
        those settings that its parameters name.
    split : coursekit.data.Split
        Or another object with ``X_train``, ``y_train`` and so on.
    n_epochs : int
        Passes over the training data.
    settings : mapping of str to list, or sequence of mappings, optional
        Lists whose product is meant, as in scikit-learn's ``ParameterGrid``, or the rows
        themselves. Names: ``optimizer``, ``learning_rate``, ``momentum``, ``nesterov``,
        ``beta_1``, ``beta_2``, ``epsilon``, ``rho``, ``weight_decay``, ``schedule``,
        ``batch_size``, ``n_epochs``, ``label_noise`` (the share of training labels that
        another class replaces), ``data_order`` (the seed of the shuffling; by default the
        replica's seed), and the parameters of `build`.
    seeds : iterable of int
        One replica of each row a seed.
    batch_size : int
        Samples in a batch; the last one of an epoch may be smaller, as in Keras.
    optimizer : str or keras.optimizers.Optimizer
        A name that Keras knows, or ``"momentum"`` or ``"nesterov"``: SGD with momentum 0.9.
    learning_rate : float, optional
        By default the optimizer's own.
    loss : str, keras.losses.Loss or callable
        The default is for classes 0, 1, ...; give ``"mse"`` for regression. A cross-entropy's
        name means that the model returns logits.
    metrics : sequence of str or keras.metrics.Metric, optional
        By default the accuracy with a cross-entropy, else none.
    schedule : str or callable, optional
        ``"cosine"``, ``"warmup_cosine"``, ``"step_decay"``, or a function from the step
        (from 0) to a factor of the learning rate.
    callbacks : callable, optional
        Returns new Keras callbacks for each replica; these cannot be batched.
    evaluate_test : bool
        Whether to evaluate on the test part after each epoch too.
    engine : {"auto", "batched", "fit"}
        "batched" raises where a batched program is impossible, "fit" forces Keras fits.
    progress : bool, optional
        Whether to show a bar; see :func:`coursekit.training.progress.shows_progress`.

    Returns
    -------
    pandas.DataFrame
        One row for each setting, seed and epoch, in this order. Columns: the settings,
        ``seed``, ``epoch`` (from 1), ``loss``, the metrics (means over the epoch's batches,
        as Keras reports them), ``val_loss`` and so on (after the epoch). ``attrs["engine"]``
        says what ran ("batched", "fit" or "batched and fit"), ``attrs["fallback"]`` why not
        all was batched, or None.

    Raises
    ------
    TypeError
        If `build` is a model and not a function that builds one.
    ValueError
        If a setting or a value is unknown, or a batched program was asked for in vain.
    """
    from coursekit.device import device

    if isinstance(build, keras.Model):
        raise TypeError(
            "build is a model, but each replica needs a new one: give the function that builds it."
        )
    if engine not in ENGINES:
        raise ValueError(f"engine={engine!r}: choose one of {', '.join(ENGINES)}.")
    defaults = {
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "schedule": schedule,
        "batch_size": batch_size,
        "n_epochs": n_epochs,
        "label_noise": 0.0,
        "data_order": None,
    }
    runs = plan_runs(build, settings, seeds, defaults)
    with device():
        task = make_task(build, split, loss, metrics, callbacks, evaluate_test)
        total = sum(run.n_epochs for run in runs)
        with progress_bar(total, f"{len(runs)} replicas", progress) as bar:
            histories, engines, obstacles = _train(task, runs, engine, bar)
    frame = _frame(runs, histories)
    frame.attrs["engine"] = " and ".join(sorted(engines))
    frame.attrs["fallback"] = "; ".join(sorted(obstacles)) or None
    return frame


def _train(
    task: Task, runs: Sequence[Run], engine: str, bar: Any
) -> tuple[list[History], set[str], set[str]]:
    """Return the runs' histories, the engines that ran, and what stood in the way."""
    histories: dict[int, History] = {}
    engines, obstacles = set(), set()
    for positions in _groups(runs):
        group = [runs[i] for i in positions]
        model = task.model(group[0])
        obstacle = _obstacle(task, group[0], model, engine)
        if obstacle:
            obstacles.add(obstacle)
            found = [train_with_keras(task, run, bar) for run in group]
        else:
            found = train_batched(task, group, model, bar)
        engines.add("fit" if obstacle else "batched")
        histories.update(zip(positions, found, strict=True))
    return [histories[i] for i in range(len(runs))], engines, obstacles


def _obstacle(task: Task, run: Run, model: keras.Model, engine: str) -> str | None:
    if engine == "fit":
        return "engine='fit' was asked for"
    obstacle = batching_obstacle(task, run, model)
    if obstacle and engine == "batched":
        raise ValueError(f"This sweep cannot train as one batched program: {obstacle}.")
    return obstacle


def _groups(runs: Sequence[Run]) -> list[list[int]]:
    """Return the positions of the runs that share a structure."""
    groups: dict[Any, list[int]] = {}
    for position, run in enumerate(runs):
        groups.setdefault(run.structure, []).append(position)
    return list(groups.values())


def _frame(runs: Sequence[Run], histories: Sequence[History]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for run in runs for name in run.row))
    rows = [
        {**{name: run.row.get(name) for name in names}, "seed": run.seed, "epoch": epoch, **values}
        for run, history in zip(runs, histories, strict=True)
        for epoch, values in enumerate(history, start=1)
    ]
    return pd.DataFrame(rows)
