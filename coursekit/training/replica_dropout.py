"""Dropout whose masks can be drawn for many replicas at once."""

import math
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="coursekit")
class ReplicaDropout(keras.layers.Dropout):
    """Dropout that draws its mask by hashing positions instead of by TensorFlow's generator.

    TensorFlow cannot map its random generators over replicas. A hash of (seed, step,
    position) is made of plain operations, which it can. The masks differ from those of
    ``keras.layers.Dropout``, their distribution does not; each replica keeps its own seed.
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Set a share of the inputs to zero in training, and scale up the rest.

        Parameters
        ----------
        inputs : tensor
            Of any shape.
        training : bool
            Without it the inputs pass unchanged.

        Returns
        -------
        tensor
            Of the same shape.
        """
        if not training or self.rate == 0:
            return inputs
        noise = hashed_uniform(self.seed_generator.next(), inputs.shape)
        return tf.where(noise >= self.rate, inputs / (1 - self.rate), tf.zeros_like(inputs))


def hashed_uniform(seed: Any, shape: tuple[int, ...]) -> Any:
    """Return numbers from 0 to 1 that depend on the seed and the position alone.

    Parameters
    ----------
    seed : tensor of int, shape (2,)
        Seed and step.
    shape : tuple of int
        Shape of the result.

    Returns
    -------
    tensor of float32
        Multiples of 2**-24, below 1.

    References
    ----------
    Wellons, Prospecting for hash functions, 2018: the mixing function ``lowbias32``.
    """
    seed = tf.cast(seed, tf.uint32)
    key = _mix(_mix(seed[0]) + seed[1])
    position = tf.range(math.prod(shape), dtype=tf.int32)
    bits = _mix(_mix(tf.cast(position, tf.uint32) + key) ^ key)
    high = tf.bitwise.right_shift(bits, tf.constant(8, tf.uint32))
    return tf.reshape(tf.cast(high, tf.float32) * 2.0**-24, shape)


def _mix(x: Any) -> Any:
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = tf.bitwise.bitwise_xor(x, tf.bitwise.right_shift(x, tf.constant(shift, tf.uint32)))
        x = x * tf.constant(factor, tf.uint32)
    return tf.bitwise.bitwise_xor(x, tf.bitwise.right_shift(x, tf.constant(16, tf.uint32)))
