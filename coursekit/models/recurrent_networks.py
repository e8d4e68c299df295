"""Recurrent networks for sequences."""

from typing import Any

import keras

from coursekit.models.layers import as_shape, as_sizes, fresh, output_layer, regularizer

_CELLS = {
    "simple_rnn": keras.layers.SimpleRNN,
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
}


def recurrent(
    input_shape: int | tuple[int, ...],
    n_outputs: int,
    *,
    cell: str = "lstm",
    units: int | tuple[int, ...] = (32,),
    bidirectional: bool = False,
    return_sequences: bool = False,
    vocabulary_size: int | None = None,
    embedding_size: int = 32,
    mask_zero: bool = False,
    output_activation: Any = None,
    kernel_initializer: Any = "glorot_uniform",
    dropout: float = 0.0,
    l1: float = 0.0,
    l2: float = 0.0,
    name: str = "recurrent_network",
) -> keras.Model:
    """Build a recurrent network, uncompiled.

    Parameters
    ----------
    input_shape : int or tuple of int
        Steps and features, ``(n_steps, n_features)``; with `vocabulary_size`, ``n_steps``.
    n_outputs : int
        Number of outputs, a sequence or a step.
    cell : {"simple_rnn", "lstm", "gru"}
        Kind of the recurrent layers.
    units : int or tuple of int
        Units of each recurrent layer.
    bidirectional : bool
        Whether each layer also reads the sequence backwards.
    return_sequences : bool
        Whether there is an output at every step instead of one at the end.
    vocabulary_size : int, optional
        Number of tokens; the input is then whole numbers, and an embedding comes first.
    embedding_size : int
        Length of a token's embedding.
    mask_zero : bool
        Whether token 0 is padding that the layers skip.
    output_activation : str or callable, optional
        Activation of the output; by default logits come out.
    kernel_initializer : str or keras.initializers.Initializer
        Initial weights from input to hidden, and of the output.
    dropout : float
        Share of each recurrent layer's inputs set to zero in training.
    l1, l2 : float
        Penalties on the same weights, biases left out.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        From (batch, n_steps, n_features), or tokens (batch, n_steps), to (batch, n_outputs)
        or (batch, n_steps, n_outputs).

    Raises
    ------
    ValueError
        If `cell` is unknown or `input_shape` is not that of a sequence.
    """
    if cell not in _CELLS:
        raise ValueError(f"cell={cell!r}: choose one of {', '.join(_CELLS)}.")
    shape = as_shape(input_shape)
    n_axes = 2 if vocabulary_size is None else 1
    if len(shape) != n_axes:
        wanted = "(n_steps, n_features)" if n_axes == 2 else "n_steps, for tokens"
        raise ValueError(f"input_shape={input_shape!r}: give {wanted}.")
    inputs = keras.Input(shape, dtype="float32" if vocabulary_size is None else "int32")
    x = inputs
    if vocabulary_size is not None:
        x = keras.layers.Embedding(vocabulary_size, embedding_size, mask_zero=mask_zero)(inputs)
    sizes = as_sizes(units, "units")
    for depth, size in enumerate(sizes, start=1):
        layer = _CELLS[cell](
            size,
            return_sequences=return_sequences or depth < len(sizes),
            kernel_initializer=fresh(kernel_initializer),
            kernel_regularizer=regularizer(l1, l2),
            dropout=dropout,
        )
        x = (keras.layers.Bidirectional(layer) if bidirectional else layer)(x)
    outputs = output_layer(
        x,
        n_outputs,
        activation=output_activation,
        kernel_initializer=kernel_initializer,
        l1=l1,
        l2=l2,
    )
    return keras.Model(inputs, outputs, name=name)
