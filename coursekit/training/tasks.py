"""What all runs of a sweep have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from coursekit.models.seeding import seeded
from coursekit.training.objectives import check_output, default_metrics, find_loss
from coursekit.training.replica_models import fixed_values, flat_weights
from coursekit.training.seeding import noisy_labels
from coursekit.training.settings import Run
from coursekit.training.splits import TrainingSplit, evaluation_parts

#: What a run measured: one dict an epoch.
History = list[dict[str, float]]


@dataclass(frozen=True)
class Task:
    """A model to build, data to train it on, and what to minimize and measure.

    Parameters
    ----------
    build : callable
        Returns a new uncompiled model.
    X_train, y_train : ndarray
        What to train on.
    parts : dict of str to (X, y)
        What to evaluate on after each epoch, by the prefix of the columns.
    asked_loss : object
        The loss as the caller gave it.
    loss : keras.losses.Loss or callable
        What it means.
    metrics : tuple
        What else to measure.
    callbacks : callable, optional
        Returns new Keras callbacks for a run.
    """

    build: Callable[..., keras.Model]
    X_train: NDArray
    y_train: NDArray
    parts: dict[str, tuple[NDArray, NDArray]]
    asked_loss: Any
    loss: Any
    metrics: tuple[Any, ...]
    callbacks: Callable[[], Sequence[Any]] | None
    _starts: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def columns(self) -> list[str]:
        """What a run measures, in the order of the result's columns."""
        names = ["loss", *(getattr(metric, "name", metric) for metric in self.metrics)]
        return names + [f"{part}_{name}" for part in self.parts for name in names]

    def targets(self, run: Run) -> NDArray:
        """Return the training targets of a run, with its label noise.

        Parameters
        ----------
        run : Run
            One run of the sweep.

        Returns
        -------
        ndarray, shape of ``y_train``
        """
        if not run.label_noise:
            return self.y_train
        return noisy_labels(self.y_train, run.label_noise, run.seed)

    def model(self, run: Run) -> keras.Model:
        """Return a run's own new model, with the initial weights of its seed.

        Parameters
        ----------
        run : Run
            One run of the sweep.

        Returns
        -------
        keras.Model

        Raises
        ------
        TypeError
            If ``build`` returns something else.
        ValueError
            If the model's output does not fit the loss.
        """
        with seeded(run.seed):
            model = self.build(**run.build_arguments)
        if not isinstance(model, keras.Model) or not model.built:
            raise TypeError(
                f"build returned {model!r}: return a Keras model that knows its input's shape "
                "(start a Sequential with keras.Input)."
            )
        check_output(model, self.asked_loss)
        return model

    def initial_values(self, run: Run, model: keras.Model | None = None) -> tuple[NDArray, list]:
        """Return a run's initial weights as one vector, and the model's other variables.

        Parameters
        ----------
        run : Run
            One run of the sweep.
        model : keras.Model, optional
            The run's own new model, if there is one already.

        Returns
        -------
        weights : ndarray of float32, shape (n_weights,)
        fixed : list of ndarray
        """
        # Runs that start alike are many: every optimizer and learning rate has the same seeds.
        if run.start not in self._starts:
            model = self.model(run) if model is None else model
            self._starts[run.start] = flat_weights(model), fixed_values(model)
        return self._starts[run.start]


def make_task(
    build: Callable[..., keras.Model],
    split: TrainingSplit,
    loss: Any,
    metrics: Sequence[Any] | None,
    callbacks: Callable[[], Sequence[Any]] | None,
    evaluate_test: bool,
) -> Task:
    """Return the task of a sweep, with its data as Keras would convert them.

    Parameters
    ----------
    build, split, loss, metrics, callbacks, evaluate_test
        As in :func:`coursekit.training.sweep`.

    Returns
    -------
    Task
    """
    parts = evaluation_parts(split, evaluate_test)
    found = find_loss(loss)
    return Task(
        build=build,
        X_train=_inputs(split.X_train),
        y_train=_targets(split.y_train),
        parts={name: (_inputs(X), _targets(y)) for name, (X, y) in parts.items()},
        asked_loss=loss,
        loss=found,
        metrics=default_metrics(metrics, found),
        callbacks=callbacks,
    )


def _inputs(X: Any) -> NDArray:
    X = np.asarray(X)
    return X.astype(np.float32) if X.dtype == np.float64 else X


def _targets(y: Any) -> NDArray:
    y = np.asarray(y)
    if not np.issubdtype(y.dtype, np.number) and y.dtype != bool:
        raise ValueError(
            f"The targets have dtype {y.dtype}: encode classes as whole numbers 0, 1, ... first."
        )
    return y.astype(np.float32 if np.issubdtype(y.dtype, np.floating) else np.int32)
