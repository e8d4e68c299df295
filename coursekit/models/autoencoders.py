"""Autoencoders: an encoder and a decoder that share a narrow code."""

import math
from typing import Any

import keras

from coursekit.models.dense_networks import dense
from coursekit.models.layers import as_shape, as_sizes


def autoencoder(
    input_shape: int | tuple[int, ...],
    n_latent: int = 2,
    *,
    hidden: int | tuple[int, ...] = (64,),
    activation: Any = "relu",
    latent_activation: Any = None,
    output_activation: Any = None,
    kernel_initializer: Any = "glorot_uniform",
    batch_normalization: bool = False,
    dropout: float = 0.0,
    l1: float = 0.0,
    l2: float = 0.0,
    name: str = "autoencoder",
) -> keras.Model:
    r"""Build a dense autoencoder, uncompiled; its target is its input.

    ``model.get_layer("encoder")`` and ``model.get_layer("decoder")`` are models of their own.

    Parameters
    ----------
    input_shape : int or tuple of int
        Number of features, or the shape of one sample.
    n_latent : int
        Length of the code.
    hidden : int or tuple of int
        Units of the encoder's hidden layers; the decoder mirrors them.
    activation, latent_activation, output_activation : str or callable, optional
        Activations of the hidden layers, of the code, and of the reconstruction.
    kernel_initializer : str or keras.initializers.Initializer
        Initial weights of every layer.
    batch_normalization : bool
        Whether to normalize each hidden layer before its activation.
    dropout : float
        Share of hidden units set to zero in training.
    l1, l2 : float
        Penalties on the weights of every layer, biases left out.
    name : str
        Name of the model.

    Returns
    -------
    keras.Model
        From (batch, \*input_shape) to the same shape.
    """
    shape = as_shape(input_shape)
    sizes = as_sizes(hidden, "hidden")
    common: dict[str, Any] = {
        "activation": activation,
        "kernel_initializer": kernel_initializer,
        "batch_normalization": batch_normalization,
        "dropout": dropout,
        "l1": l1,
        "l2": l2,
    }
    encoder = dense(
        shape, n_latent, hidden=sizes, output_activation=latent_activation, name="encoder", **common
    )
    decoder = dense(
        n_latent,
        math.prod(shape),
        hidden=sizes[::-1],
        output_activation=output_activation,
        name="decoder",
        **common,
    )
    inputs = keras.Input(shape, name="inputs")
    x = decoder(encoder(inputs))
    outputs = keras.layers.Reshape(shape)(x) if len(shape) > 1 else x
    return keras.Model(inputs, outputs, name=name)
