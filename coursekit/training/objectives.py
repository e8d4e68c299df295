"""Losses and metrics by name, as the networks of this course need them: from logits."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

#: The losses that, given by name, read the model's output as logits.
CROSS_ENTROPIES: dict[str, type] = {
    "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
    "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
    "binary_crossentropy": keras.losses.BinaryCrossentropy,
}
_MEAN_ERRORS = {
    "mse": keras.losses.mean_squared_error,
    "mean_squared_error": keras.losses.mean_squared_error,
    "mae": keras.losses.mean_absolute_error,
    "mean_absolute_error": keras.losses.mean_absolute_error,
}
_PROBABILITIES = ("softmax", "sigmoid")


def find_loss(loss: Any) -> Any:
    """Return the loss to compile a model with.

    Parameters
    ----------
    loss : str, keras.losses.Loss or callable
        A cross-entropy's name means that the model returns logits, as the builders of
        :mod:`coursekit.models` do. Any other name is as in Keras; objects stay as they are.

    Returns
    -------
    keras.losses.Loss or callable
    """
    if isinstance(loss, str) and loss in CROSS_ENTROPIES:
        return CROSS_ENTROPIES[loss](from_logits=True)
    return keras.losses.get(loss)


def check_output(model: keras.Model, loss: Any) -> None:
    """Raise unless the model's last layer fits a loss that was given by name.

    Parameters
    ----------
    model : keras.Model
        The model to train.
    loss : object
        As the caller gave it.

    Raises
    ------
    ValueError
        If the loss reads logits and the last layer returns probabilities.
    """
    if not (isinstance(loss, str) and loss in CROSS_ENTROPIES) or not model.layers:
        return
    last = model.layers[-1]
    activation = getattr(getattr(last, "activation", None), "__name__", type(last).__name__)
    if activation.lower() in _PROBABILITIES:
        class_name = CROSS_ENTROPIES[loss].__name__
        raise ValueError(
            f"The model ends in {activation.lower()}, but loss={loss!r} reads logits. Remove "
            f"that activation, or pass loss=keras.losses.{class_name}()."
        )


def default_metrics(metrics: Sequence[Any] | None, loss: Any) -> tuple[Any, ...]:
    """Return the metrics to report: as asked, else the accuracy of a classifier.

    Parameters
    ----------
    metrics : sequence or None
        What the caller asked for.
    loss : keras.losses.Loss or callable
        From :func:`find_loss`.

    Returns
    -------
    tuple
    """
    if metrics is not None:
        return tuple(metrics)
    return ("accuracy",) if isinstance(loss, tuple(CROSS_ENTROPIES.values())) else ()


def keras_metrics(metrics: Sequence[Any], loss: Any) -> list[Any]:
    """Return new Keras metric objects, named as they were asked for.

    Parameters
    ----------
    metrics : sequence of str or keras.metrics.Metric
        ``"accuracy"`` becomes the one that fits `loss`: in particular, logits of two
        classes are split at 0, where Keras' own would split them at 0.5.
    loss : keras.losses.Loss or callable
        From :func:`find_loss`.

    Returns
    -------
    list of keras.metrics.Metric
    """
    return [_keras_metric(metric, loss) for metric in metrics]


def _keras_metric(metric: Any, loss: Any) -> Any:
    if metric == "accuracy":
        return _accuracy(loss)
    if not isinstance(metric, str):
        return metric
    found = keras.metrics.get(metric)
    if isinstance(found, keras.metrics.Metric):
        found.name = metric
    return found


def _accuracy(loss: Any) -> Any:
    if isinstance(loss, keras.losses.BinaryCrossentropy):
        return keras.metrics.BinaryAccuracy(name="accuracy", threshold=_threshold(loss))
    if isinstance(loss, keras.losses.CategoricalCrossentropy):
        return keras.metrics.CategoricalAccuracy(name="accuracy")
    if isinstance(loss, keras.losses.SparseCategoricalCrossentropy):
        return keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    raise ValueError(
        "metrics holds 'accuracy', which needs a cross-entropy as the loss. For another loss, "
        "give metrics=() or metrics=('mae',), or a keras.metrics object."
    )


def _threshold(loss: Any) -> float:
    return 0.0 if loss.get_config()["from_logits"] else 0.5


def mean_loss(loss: Any) -> Callable[[Any, Any], Any]:
    """Return the loss as a function of targets and predictions to their mean loss.

    Parameters
    ----------
    loss : keras.losses.Loss or callable
        From :func:`find_loss`.

    Returns
    -------
    callable
        From (y_true, y_pred) to a scalar tensor.
    """
    if isinstance(loss, keras.losses.Loss):
        return loss
    return lambda y_true, y_pred: keras.ops.mean(loss(y_true, y_pred))


def mean_metrics(metrics: Sequence[Any], loss: Any) -> dict[str, Callable[[Any, Any], Any]]:
    """Return the metrics as functions of targets and predictions to their mean.

    Parameters
    ----------
    metrics : sequence of str
        Each must satisfy :func:`is_mean_metric`.
    loss : keras.losses.Loss or callable
        From :func:`find_loss`.

    Returns
    -------
    dict of str to callable
        From the metric's name to a function from (y_true, y_pred) to a scalar tensor.
    """
    return {metric: _mean(_sample_metric(metric, loss)) for metric in metrics}


def is_mean_metric(metric: Any) -> bool:
    """Return whether a metric is a mean over samples that the batched program knows.

    Parameters
    ----------
    metric : object
        As the caller gave it.

    Returns
    -------
    bool
    """
    return isinstance(metric, str) and (metric == "accuracy" or metric in _MEAN_ERRORS)


def _sample_metric(metric: str, loss: Any) -> Callable[[Any, Any], Any]:
    if metric != "accuracy":
        return _MEAN_ERRORS[metric]
    kind = _accuracy(loss)
    if isinstance(kind, keras.metrics.BinaryAccuracy):
        threshold = _threshold(loss)
        return lambda y_true, y_pred: keras.metrics.binary_accuracy(
            y_true, y_pred, threshold=threshold
        )
    if isinstance(kind, keras.metrics.CategoricalAccuracy):
        return _categorical_accuracy
    return _sparse_categorical_accuracy


# Keras' own argmax takes care of -0.0 by an operation that cannot be mapped over replicas.
def _categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    return tf.equal(tf.argmax(y_true, axis=-1), tf.argmax(y_pred, axis=-1))


def _sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    found = tf.argmax(y_pred, axis=-1, output_type=tf.int32)
    return tf.equal(tf.reshape(tf.cast(y_true, tf.int32), found.shape), found)


def _mean(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda y_true, y_pred: keras.ops.mean(
        keras.ops.cast(function(y_true, y_pred), "float32")
    )
