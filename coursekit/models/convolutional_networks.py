"""Convolutional networks for images."""

from typing import Any

import keras

from coursekit.models.layers import (
    Tensor,
    as_shape,
    as_sizes,
    dense_stack,
    fresh,
    output_layer,
    regularizer,
)


def convolutional(
    input_shape: tuple[int, ...],
    n_outputs: int,
    *,
    filters: int | tuple[int, ...] = (16, 32),
    kernel_size: int = 3,
    strides: int = 1,
    padding: str = "same",
    pool_size: int = 2,
    global_pooling: bool = False,
    hidden: int | tuple[int, ...] = (),
    activation: Any = "relu",
    output_activation: Any = None,
    kernel_initializer: Any = "glorot_uniform",
    batch_normalization: bool = False,
    dropout: float = 0.0,
    l1: float = 0.0,
    l2: float = 0.0,
    name: str = "convolutional_network",
) -> keras.Model:
    """Build a convolutional network, uncompiled.

    Parameters
    ----------
    input_shape : tuple of int
        Height and width in pixels, and channels; ``(height, width)`` means one channel.
    n_outputs : int
        Number of outputs.
    filters : int or tuple of int
        Filters of each convolution.
    kernel_size, strides : int
        Side of the kernels and their step, in pixels.
    padding : {"same", "valid"}
        Whether the borders are padded with zeros.
    pool_size : int
        Side of the maximum pooling after each convolution, in pixels; 1 means none.
    global_pooling : bool
        Whether to average each feature map instead of flattening them.
    hidden : int or tuple of int
        Units of dense layers before the output.
    activation, output_activation : str or callable, optional
        Activations of the hidden layers and of the output; by default logits come out.
    kernel_initializer : str or keras.initializers.Initializer
        Initial weights of every layer.
    batch_normalization : bool
        Whether to normalize each hidden layer before its activation.
    dropout : float
        Share of units set to zero in training before each dense layer and the output.
    l1, l2 : float
        Penalties on the weights of every layer, biases left out.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        From (batch, height, width[, channels]) to (batch, n_outputs).

    Raises
    ------
    ValueError
        If `input_shape` is not that of an image, or a size makes no sense.
    """
    shape = as_shape(input_shape)
    if len(shape) not in (2, 3):
        raise ValueError(
            f"input_shape={input_shape!r}: an image is (height, width), or "
            "(height, width, channels)."
        )
    inputs = keras.Input(shape, name="inputs")
    x = inputs if len(shape) == 3 else keras.layers.Reshape((*shape, 1))(inputs)
    for n_filters in as_sizes(filters, "filters"):
        convolution = keras.layers.Conv2D(
            n_filters,
            kernel_size,
            strides=strides,
            padding=padding,
            use_bias=not batch_normalization,
            kernel_initializer=fresh(kernel_initializer),
            kernel_regularizer=regularizer(l1, l2),
        )
        x = _finish(convolution(x), activation, batch_normalization, pool_size)
    x = keras.layers.GlobalAveragePooling2D()(x) if global_pooling else keras.layers.Flatten()(x)
    x = keras.layers.Dropout(dropout)(x) if dropout else x
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


def _finish(x: Tensor, activation: Any, batch_normalization: bool, pool_size: int) -> Tensor:
    if batch_normalization:
        x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Activation(activation)(x)
    return keras.layers.MaxPooling2D(pool_size)(x) if pool_size > 1 else x
