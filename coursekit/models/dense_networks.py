"""Dense networks (multilayer perceptrons)."""

from typing import Any

import keras

from coursekit.models.layers import as_shape, dense_stack, output_layer


def dense(
    input_shape: int | tuple[int, ...],
    n_outputs: int,
    *,
    hidden: int | tuple[int, ...] = (64,),
    activation: Any = "relu",
    output_activation: Any = None,
    kernel_initializer: Any = "glorot_uniform",
    batch_normalization: bool = False,
    dropout: float = 0.0,
    l1: float = 0.0,
    l2: float = 0.0,
    name: str = "dense_network",
) -> keras.Model:
    r"""Build a dense network, uncompiled.

    Parameters
    ----------
    input_shape : int or tuple of int
        Number of features, or the shape of one sample; more than one axis is flattened.
    n_outputs : int
        Number of outputs: the classes, or the regression targets.
    hidden : int or tuple of int
        Units of each hidden layer; ``()`` gives a linear model.
    activation : str or callable
        Activation of the hidden layers.
    output_activation : str or callable, optional
        Activation of the output; by default none, so that a classifier returns logits.
    kernel_initializer : str or keras.initializers.Initializer
        Initial weights of every layer.
    batch_normalization : bool
        Whether to normalize each hidden layer before its activation.
    dropout : float
        Share of hidden units set to zero in training, 0 to 1.
    l1, l2 : float
        Penalties on the weights of every layer, biases left out.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        From (batch, \*input_shape) to (batch, n_outputs).

    Raises
    ------
    ValueError
        If a size or a penalty makes no sense.
    """
    shape = as_shape(input_shape)
    inputs = keras.Input(shape, name="inputs")
    x = keras.layers.Flatten()(inputs) if len(shape) > 1 else inputs
    weights = {"kernel_initializer": kernel_initializer, "l1": l1, "l2": l2}
    x = dense_stack(
        x,
        hidden,
        activation=activation,
        batch_normalization=batch_normalization,
        dropout=dropout,
        **weights,
    )
    outputs = output_layer(x, n_outputs, activation=output_activation, **weights)
    return keras.Model(inputs, outputs, name=name)
