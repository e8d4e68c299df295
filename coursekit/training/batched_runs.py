"""Runs of a sweep that share one structure, trained as one batched program."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from coursekit.training.objectives import is_mean_metric, mean_loss, mean_metrics
from coursekit.training.optimizers import setting_arrays
from coursekit.training.replica_models import (
    is_keras,
    model_obstacle,
    replica_model,
)
from coursekit.training.replicas import ReplicaProgram, TrainingState
from coursekit.training.schedules import factors
from coursekit.training.seeding import epoch_orders
from coursekit.training.settings import Run
from coursekit.training.tasks import History, Task


def batching_obstacle(task: Task, run: Run, model: keras.Model) -> str | None:
    """Return why a run cannot be part of a batched program, or None if it can.

    Parameters
    ----------
    task : Task
        The sweep.
    run : Run
        One run of a group.
    model : keras.Model
        Its model.

    Returns
    -------
    str or None
    """
    if keras.backend.backend() != "tensorflow":
        return f"the backend of Keras is {keras.backend.backend()}"
    if task.callbacks is not None:
        return "there are callbacks"
    unknown = [metric for metric in task.metrics if not is_mean_metric(metric)]
    if unknown:
        return f"the metric {unknown[0]!r} is not a known mean over samples"
    if not is_keras(task.loss):
        return "the loss is one of your own"
    if getattr(task.loss, "reduction", "sum_over_batch_size") != "sum_over_batch_size":
        return f"the loss has reduction={task.loss.reduction!r}"
    return run.optimizer.obstacle() or model_obstacle(model)


def train_batched(
    task: Task, runs: Sequence[Run], model: keras.Model, progress: Any
) -> list[History]:
    """Train runs of one structure together.

    Parameters
    ----------
    task : Task
        The sweep.
    runs : sequence of Run
        Runs with the same :attr:`Run.structure`, none with an obstacle.
    model : keras.Model
        That of the first run.
    progress : tqdm.tqdm
        Told of each epoch.

    Returns
    -------
    list of History
        One a run.
    """
    program, state = _program(task, runs, model)
    rates = _learning_rates(runs, len(task.X_train))
    steps = rates.shape[1] // runs[0].n_epochs
    convert = keras.ops.convert_to_tensor
    parts = [(convert(X), convert(y)) for X, y in task.parts.values()]
    measured = []
    for epoch in range(1, runs[0].n_epochs + 1):
        order = epoch_orders([run.data_order for run in runs], epoch, len(task.X_train))
        state, values = program.train_epoch(
            state, order, rates[:, (epoch - 1) * steps : epoch * steps]
        )
        found = [values, *(program.evaluate(state, X, y) for X, y in parts)]
        measured.append(np.concatenate([np.asarray(each) for each in found], axis=1))
        progress.update(len(runs))
    return [
        [dict(zip(task.columns, values[i].tolist(), strict=True)) for values in measured]
        for i in range(len(runs))
    ]


def _program(
    task: Task, runs: Sequence[Run], model: keras.Model
) -> tuple[ReplicaProgram, TrainingState]:
    starts = [task.initial_values(runs[0], model), *map(task.initial_values, runs[1:])]
    weights, fixed = zip(*starts, strict=True)
    rule, settings = setting_arrays([run.optimizer for run in runs])
    noisy = any(run.label_noise for run in runs)
    y = np.stack([task.targets(run) for run in runs]) if noisy else task.y_train
    program = ReplicaProgram(
        replica_model(model),
        rule,
        settings,
        mean_loss(task.loss),
        mean_metrics(task.metrics, task.loss),
        task.X_train,
        y,
        shared_targets=not noisy,
        batch_size=runs[0].batch_size,
    )
    return program, program.start(
        np.stack(weights), [np.stack(values) for values in zip(*fixed, strict=True)]
    )


def _learning_rates(runs: Sequence[Run], n_samples: int) -> NDArray[np.float32]:
    """Return the learning rate of each run at each step, shape (n_runs, n_steps)."""
    n_steps = runs[0].n_epochs * -(-n_samples // runs[0].batch_size)
    rates = [run.optimizer.config["learning_rate"] * factors(run.schedule, n_steps) for run in runs]
    return np.asarray(rates, dtype=np.float32)
