"""A short training loop for small networks, without the cost of compiling a Keras model."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


def train_network(
    model: keras.Model,
    X: NDArray,
    y: NDArray,
    *,
    loss: keras.losses.Loss,
    optimizer: keras.optimizers.Optimizer,
    batch_size: int,
    n_epochs: int,
    rng: np.random.Generator,
    sample_weight: NDArray | None = None,
) -> list[float]:
    """Train a network by minibatch descent; the graph is traced once.

    ``model.fit`` would do the same, but compiles more than a small network takes to train,
    which a search with hundreds of fits pays hundreds of times.

    Parameters
    ----------
    model : keras.Model
        Changed in place.
    X : ndarray, shape (n_samples, ...)
        Inputs.
    y : ndarray, shape (n_samples, ...)
        Targets.
    loss : keras.losses.Loss
        What to minimize, next to the model's own penalties.
    optimizer : keras.optimizers.Optimizer
        A new one.
    batch_size : int
        Samples in a batch; the last one of an epoch may be smaller.
    n_epochs : int
        Passes over the data.
    rng : numpy.random.Generator
        Shuffles the samples before each epoch.
    sample_weight : ndarray of shape (n_samples,), optional
        Weight of each sample in the loss.

    Returns
    -------
    list of float
        Mean loss of each epoch, each batch before its update.
    """
    n_samples = len(X)
    optimizer.build(model.trainable_variables)
    inputs, targets = tf.constant(X), tf.constant(y)
    weights = None if sample_weight is None else tf.constant(sample_weight, tf.float32)

    def update(positions: Any) -> Any:
        X_batch, y_batch = tf.gather(inputs, positions), tf.gather(targets, positions)
        w_batch = None if weights is None else tf.gather(weights, positions)
        with tf.GradientTape() as tape:
            data_loss = loss(y_batch, model(X_batch, training=True), sample_weight=w_batch)
            value = tf.add_n([data_loss, *model.losses])
        gradients = tape.gradient(value, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return value

    def epoch(order: Any) -> Any:
        def visit(start: Any, total: Any) -> Any:
            positions = order[start : start + batch_size]
            n_here = tf.cast(tf.shape(positions)[0], tf.float32)
            return start + batch_size, total + update(positions) * n_here

        carried = (tf.constant(0), tf.constant(0.0))
        _, total = tf.while_loop(lambda start, _: start < n_samples, visit, carried)
        return total / n_samples

    orders = (rng.permutation(n_samples).astype(np.int32) for _ in range(n_epochs))
    graph = tf.function(epoch, autograph=False).get_concrete_function(
        tf.TensorSpec((n_samples,), tf.int32)
    )
    return [float(graph(tf.constant(order))) for order in orders]


def predict_network(model: keras.Model, X: NDArray, *, batch_size: int = 1024) -> NDArray:
    """Return a network's outputs, computed block by block.

    Parameters
    ----------
    model : keras.Model
        A built model.
    X : ndarray, shape (n_samples, ...)
        Inputs.
    batch_size : int
        Samples in a block.

    Returns
    -------
    ndarray of float32, shape (n_samples, n_outputs)
    """
    blocks = [X[start : start + batch_size] for start in range(0, len(X), batch_size)]
    return np.concatenate([np.asarray(model(block, training=False)) for block in blocks])
