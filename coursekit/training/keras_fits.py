"""Runs of a sweep as plain Keras fits, one after the other."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from coursekit.training.objectives import keras_metrics
from coursekit.training.schedules import factors
from coursekit.training.seeding import epoch_order
from coursekit.training.settings import Run
from coursekit.training.tasks import History, Task


class OrderedBatches(keras.utils.PyDataset):
    """Training data in the order that a run's seed says, the same as in a batched program.

    Parameters
    ----------
    X, y : ndarray, shape (n_samples, ...)
        Inputs and targets.
    batch_size : int
        Samples in a batch; the last one of an epoch may be smaller.
    data_order : int
        Seed of the shuffling.
    """

    def __init__(self, X: NDArray, y: NDArray, batch_size: int, data_order: int) -> None:
        super().__init__()
        self.X, self.y = X, y
        self.batch_size, self.data_order = batch_size, data_order
        self.start_epoch(1)

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self.X) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray, NDArray]:
        """Return the batch number `index` of this epoch."""
        batch = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.X[batch], self.y[batch]

    def start_epoch(self, epoch: int) -> None:
        """Draw the order of an epoch.

        Parameters
        ----------
        epoch : int
            Number of the epoch, from 1.
        """
        self.order = epoch_order(self.data_order, epoch, len(self.X))


class EvaluateParts(keras.callbacks.Callback):
    """Evaluate on further parts of the data after each epoch.

    Parameters
    ----------
    parts : mapping of str to (X, y)
        The parts by the prefix of their columns.
    """

    def __init__(self, parts: Mapping[str, tuple[NDArray, NDArray]]) -> None:
        super().__init__()
        self.parts = parts

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Add each part's loss and metrics to the logs.

        Parameters
        ----------
        epoch : int
            Number of the epoch, from 0.
        logs : dict of str to float
            What Keras has measured; changed in place.
        """
        for name, (X, y) in self.parts.items():
            values = self.model.evaluate(X, y, batch_size=1024, verbose=0, return_dict=True)
            (logs if logs is not None else {}).update(
                {f"{name}_{key}": value for key, value in values.items()}
            )


def report_epochs(bar: Any) -> keras.callbacks.Callback:
    """Return a callback that advances a progress bar after each epoch.

    Parameters
    ----------
    bar : tqdm.tqdm
        The bar.

    Returns
    -------
    keras.callbacks.Callback
    """
    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: bar.update(1))


def train_with_keras(task: Task, run: Run, progress: Any) -> History:
    """Train one run with Keras' own loop and optimizer.

    Parameters
    ----------
    task : Task
        The sweep.
    run : Run
        The run.
    progress : tqdm.tqdm
        Told of each epoch.

    Returns
    -------
    History
        One dict of measures an epoch.
    """
    model = task.model(run)
    batches = OrderedBatches(task.X_train, task.targets(run), run.batch_size, run.data_order)
    scale = None if run.schedule is None else factors(run.schedule, len(batches) * run.n_epochs)
    model.compile(
        run.optimizer.build(scale), task.loss, metrics=keras_metrics(task.metrics, task.loss)
    )
    parts = dict(task.parts)
    history = model.fit(
        batches,
        validation_data=parts.pop("val", None),
        validation_batch_size=1024,
        epochs=run.n_epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(
                on_epoch_begin=lambda epoch, logs: batches.start_epoch(epoch + 1)
            ),
            EvaluateParts(parts),
            *(task.callbacks() if task.callbacks else ()),
            report_epochs(progress),
        ],
    ).history
    names = [name for name in task.columns if name in history]
    names += [name for name in history if name not in names]
    rows = zip(*(np.asarray(history[name], dtype=float).tolist() for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]
