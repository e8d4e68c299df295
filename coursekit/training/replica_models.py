"""Which models can train as replicas, and what their replicas start from."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from coursekit.training.replica_dropout import ReplicaDropout

#: Layers that the batched program has been tested with; only these very classes.
BATCHED_LAYERS: tuple[type, ...] = (
    keras.layers.InputLayer,
    keras.layers.Dense,
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.ELU,
    keras.layers.Flatten,
    keras.layers.Reshape,
    keras.layers.Rescaling,
    keras.layers.Dropout,
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.Add,
    keras.layers.Concatenate,
)


def model_obstacle(model: keras.Model) -> str | None:
    """Return why a model cannot train as replicas, or None if it can.

    Parameters
    ----------
    model : keras.Model
        A built model.

    Returns
    -------
    str or None
    """
    if not _is_graph(model):
        return f"{type(model).__name__} is a model class of its own"
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        return "the model has several inputs or outputs"
    for layer in _leaves(model):
        if type(layer) not in BATCHED_LAYERS:
            return f"the layer {layer.name!r} is a {type(layer).__name__}"
        if obstacle := _layer_obstacle(layer):
            return f"the layer {layer.name!r} has {obstacle}"
    return None


def _layer_obstacle(layer: keras.Layer) -> str | None:
    if any(weight.dtype != "float32" for weight in layer.weights):
        return "weights that are not float32"
    if any(weight.constraint is not None for weight in layer.weights):
        return "a constraint on its weights"
    for name in ("activation", "kernel_regularizer", "bias_regularizer", "activity_regularizer"):
        function = getattr(layer, name, None)
        if function is not None and not is_keras(function):
            return f"{name}={function!r}, not one of Keras"
    if getattr(layer, "noise_shape", None) is not None:
        return "a noise_shape"
    return None


def _leaves(model: keras.Model) -> Iterator[keras.Layer]:
    for layer in model.layers:
        if _is_graph(layer):
            yield from _leaves(layer)
        else:
            yield layer


def _is_graph(layer: Any) -> bool:
    """Whether a layer is a Sequential or functional model of Keras itself."""
    return isinstance(layer, keras.Model) and is_keras(type(layer))


def is_keras(thing: Any) -> bool:
    """Return whether a class, a function or an object's class comes from Keras itself.

    Parameters
    ----------
    thing : object
        What to look at.

    Returns
    -------
    bool
    """
    module = getattr(thing, "__module__", None) or type(thing).__module__
    return module.split(".")[0] == "keras"


def replica_model(model: keras.Model) -> keras.Model:
    """Return a model that computes as `model` does and can be mapped over replicas.

    Parameters
    ----------
    model : keras.Model
        A model without an obstacle.

    Returns
    -------
    keras.Model
        The model itself, or a copy whose dropout draws its masks in another way.
    """
    if not any(type(layer) is keras.layers.Dropout for layer in _leaves(model)):
        return model
    return keras.models.clone_model(model, clone_function=_replace_dropout, recursive=True)


def _replace_dropout(layer: keras.Layer) -> keras.Layer:
    kind = ReplicaDropout if type(layer) is keras.layers.Dropout else type(layer)
    return kind.from_config(layer.get_config())


def flat_weights(model: keras.Model) -> NDArray[np.float32]:
    """Return a model's trainable weights as one vector.

    Parameters
    ----------
    model : keras.Model
        A built model.

    Returns
    -------
    ndarray of float32, shape (n_weights,)
        In the order of ``model.trainable_variables``.
    """
    values = [np.ravel(np.asarray(variable)) for variable in model.trainable_variables]
    return np.concatenate(values) if values else np.zeros(0, dtype=np.float32)


def fixed_values(model: keras.Model) -> list[NDArray]:
    """Return the values of a model's other variables: moving averages and seeds.

    Parameters
    ----------
    model : keras.Model
        A built model.

    Returns
    -------
    list of ndarray
        In the order of ``model.non_trainable_variables``.
    """
    return [np.asarray(variable) for variable in model.non_trainable_variables]
