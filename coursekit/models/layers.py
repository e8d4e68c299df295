"""Layer blocks that the builders share."""

from typing import Any

import keras

Tensor = Any


def as_shape(input_shape: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return `input_shape` as a tuple of positive whole numbers, without the batch axis.

    Parameters
    ----------
    input_shape : int or tuple of int
        Number of features, or the shape of one sample.

    Returns
    -------
    tuple of int

    Raises
    ------
    ValueError
        If a size is not positive.
    """
    shape = (input_shape,) if isinstance(input_shape, int) else tuple(input_shape)
    if not shape or any(size is None or int(size) < 1 for size in shape):
        raise ValueError(
            f"input_shape={input_shape!r}: give the shape of one sample, such as 64 or (28, 28)."
        )
    return tuple(int(size) for size in shape)


def as_sizes(sizes: int | tuple[int, ...], name: str) -> tuple[int, ...]:
    """Return layer sizes as a tuple; one number means one layer.

    Parameters
    ----------
    sizes : int or sequence of int
        One size a layer, from input to output.
    name : str
        The argument's name, for the error message.

    Returns
    -------
    tuple of int

    Raises
    ------
    ValueError
        If a size is not positive.
    """
    values = (sizes,) if not hasattr(sizes, "__iter__") else tuple(sizes)
    if any(int(size) < 1 for size in values):
        raise ValueError(f"{name}={sizes!r}: every layer needs at least one unit.")
    return tuple(int(size) for size in values)


def regularizer(l1: float, l2: float) -> keras.regularizers.Regularizer | None:
    """Return the Keras penalty ``l1 * sum|w| + l2 * sum w**2``, or None when both are zero.

    Parameters
    ----------
    l1, l2 : float
        Strengths of the two penalties, not negative.

    Returns
    -------
    keras.regularizers.Regularizer or None

    Raises
    ------
    ValueError
        If a strength is negative.
    """
    if l1 < 0 or l2 < 0:
        raise ValueError(f"l1={l1}, l2={l2}: a penalty cannot be negative.")
    return keras.regularizers.L1L2(l1=float(l1), l2=float(l2)) if l1 or l2 else None


def fresh(initializer: Any) -> Any:
    """Return a copy of an initializer object, so that no two layers share its seed.

    Parameters
    ----------
    initializer : str or keras.initializers.Initializer
        What a builder got as ``kernel_initializer``.

    Returns
    -------
    str or keras.initializers.Initializer
        Names come back as they are. Keras would give two layers of the same shape the same
        weights if they shared one object.
    """
    return initializer.clone() if isinstance(initializer, keras.Initializer) else initializer


def dense_stack(
    x: Tensor,
    sizes: int | tuple[int, ...],
    *,
    activation: Any,
    kernel_initializer: Any,
    batch_normalization: bool,
    dropout: float,
    l1: float,
    l2: float,
) -> Tensor:
    """Apply the hidden dense layers of a network.

    Parameters
    ----------
    x : keras tensor
        Input of shape (batch, n_features).
    sizes : int or tuple of int
        Units of each layer; ``()`` gives the input back.
    activation : str or callable
        Applied after the normalization.
    kernel_initializer : str or keras.initializers.Initializer
        Initial weights.
    batch_normalization : bool
        Whether to normalize before the activation; the dense layers then have no bias, for the
        normalization subtracts it again.
    dropout : float
        Share of units set to zero in training.
    l1, l2 : float
        Penalties on the weights.

    Returns
    -------
    keras tensor
        Output of shape (batch, units of the last layer).

    Raises
    ------
    ValueError
        If a size is not positive.
    """
    for units in as_sizes(sizes, "hidden"):
        x = keras.layers.Dense(
            units,
            activation=None if batch_normalization else activation,
            use_bias=not batch_normalization,
            kernel_initializer=fresh(kernel_initializer),
            kernel_regularizer=regularizer(l1, l2),
        )(x)
        if batch_normalization:
            x = keras.layers.BatchNormalization()(x)
            x = keras.layers.Activation(activation)(x)
        x = keras.layers.Dropout(dropout)(x) if dropout else x
    return x


def output_layer(
    x: Tensor, units: int, *, activation: Any, kernel_initializer: Any, l1: float, l2: float
) -> Tensor:
    """Apply the dense layer with which every network ends, named ``"outputs"``.

    Parameters
    ----------
    x : keras tensor
        Input of shape (batch, ..., n_features).
    units : int
        Number of outputs.
    activation : str or callable, optional
        None gives logits.
    kernel_initializer : str or keras.initializers.Initializer
        Initial weights.
    l1, l2 : float
        Penalties on the weights.

    Returns
    -------
    keras tensor
        Output of shape (batch, ..., units).
    """
    return keras.layers.Dense(
        units,
        activation=activation,
        kernel_initializer=fresh(kernel_initializer),
        kernel_regularizer=regularizer(l1, l2),
        name="outputs",
    )(x)
