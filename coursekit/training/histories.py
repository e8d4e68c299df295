"""Train one model and return its history as a tidy frame."""

from collections.abc import Sequence
from typing import Any

import keras
import pandas as pd

from coursekit.training.keras_fits import report_epochs
from coursekit.training.objectives import check_output, default_metrics, find_loss, keras_metrics
from coursekit.training.optimizers import optimizer_settings
from coursekit.training.progress import progress_bar
from coursekit.training.seeding import seed_everything
from coursekit.training.settings import at_least
from coursekit.training.splits import TrainingSplit, evaluation_parts


def fit(
    model: keras.Model,
    split: TrainingSplit,
    *,
    n_epochs: int,
    batch_size: int = 32,
    optimizer: Any = None,
    learning_rate: Any = None,
    loss: Any = None,
    metrics: Sequence[Any] | None = None,
    seed: int = 0,
    callbacks: Sequence[Any] = (),
    progress: bool | None = None,
) -> pd.DataFrame:
    """Train a model with Keras and return its history, one row an epoch.

    A model that is not compiled yet is compiled. One that is stays as it is and goes on
    training, unless an optimizer, learning rate, loss or metric is given: then it is compiled
    again, keeping its weights.

    Parameters
    ----------
    model : keras.Model
        Changed in place.
    split : coursekit.data.Split
        Or another object with ``X_train``, ``y_train``, ``X_val`` and ``y_val``.
    n_epochs : int
        Passes over the training data.
    batch_size : int
        Samples in a batch; the last one of an epoch may be smaller.
    optimizer : str or keras.optimizers.Optimizer, optional
        By default ``"adam"``; also ``"momentum"`` and ``"nesterov"``: SGD with momentum 0.9.
    learning_rate : float, optional
        By default the optimizer's own.
    loss : str, keras.losses.Loss or callable, optional
        By default ``"sparse_categorical_crossentropy"``, for classes 0, 1, ...; give ``"mse"``
        for regression. A cross-entropy's name means that the model returns logits.
    metrics : sequence of str or keras.metrics.Metric, optional
        By default the accuracy with a cross-entropy, else none.
    seed : int
        Seed of the order of the samples; seed the initial weights when building the model.
    callbacks : sequence of keras.callbacks.Callback
        As in Keras.
    progress : bool, optional
        Whether to show a bar; see :func:`coursekit.training.progress.shows_progress`.

    Returns
    -------
    pandas.DataFrame
        Columns ``epoch`` (from 1), ``loss``, the metrics, ``val_loss`` and so on.

    Raises
    ------
    ValueError
        If the loss reads logits and the model returns probabilities, or there is no epoch or
        no sample in a batch.
    """
    from coursekit.device import device

    n_epochs, batch_size = at_least(1, "n_epochs", n_epochs), at_least(1, "batch_size", batch_size)
    asked = any(value is not None for value in (optimizer, learning_rate, loss, metrics))
    with device(), progress_bar(n_epochs, model.name, progress) as bar:
        if asked or not model.compiled:
            _compile(model, optimizer, learning_rate, loss, metrics)
        seed_everything(seed)
        history = model.fit(
            split.X_train,
            split.y_train,
            validation_data=evaluation_parts(split).get("val"),
            epochs=n_epochs,
            batch_size=batch_size,
            verbose=0,
            callbacks=[*callbacks, report_epochs(bar)],
        )
    measures = sorted(history.history, key=_place)
    frame = pd.DataFrame(history.history, columns=measures)
    frame.insert(0, "epoch", range(1, len(frame) + 1))
    return frame


def _place(name: str) -> tuple[bool, bool]:
    """Sort the loss before the metrics, and training before validation."""
    return name.startswith("val_"), name.removeprefix("val_") != "loss"


def _compile(
    model: keras.Model, optimizer: Any, learning_rate: Any, loss: Any, metrics: Any
) -> None:
    loss = "sparse_categorical_crossentropy" if loss is None else loss
    check_output(model, loss)
    found = find_loss(loss)
    chosen = "adam" if optimizer is None else optimizer
    if not isinstance(chosen, keras.optimizers.Optimizer) or learning_rate is not None:
        chosen = optimizer_settings(chosen, {"learning_rate": learning_rate}).build()
    model.compile(chosen, found, metrics=keras_metrics(default_metrics(metrics, found), found))
