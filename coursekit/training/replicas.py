"""Many replicas of one model as one batched program.

The trainable weights of each replica are one row of a matrix, so that an update rule is a
handful of operations on that matrix, however many layers the model has. An epoch is one call
of one graph: it gathers each replica's own batch, maps the model over the replicas, and
updates. Nothing of size (n_replicas, n_samples, n_features) is ever stored.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from coursekit.training.update_rules import State, UpdateRule, decay

Function = Callable[[Any, Any], Any]
# Replicas × samples in one evaluation: bounds the memory that the activations take.
_ROWS_AT_ONCE = 65536


class TrainingState(NamedTuple):
    """What changes while replicas train.

    Parameters
    ----------
    weights : tensor, shape (n_replicas, n_weights)
        The trainable weights.
    slots : dict of str to tensor of the same shape
        The state of the update rule.
    fixed : list of tensor, shape (n_replicas, ...)
        The other variables of the model: moving averages and seeds.
    step : tensor, shape ()
        Number of updates so far.
    """

    weights: Any
    slots: State
    fixed: list[Any]
    step: Any


class ReplicaProgram:
    """A compiled program that trains and evaluates many replicas of a model.

    Parameters
    ----------
    model : keras.Model
        From :func:`~coursekit.training.replica_models.replica_model`; only its structure
        counts.
    rule : UpdateRule
        How weights are updated.
    settings : mapping of str to ndarray, shape (n_replicas, 1)
        The rule's settings besides the learning rate.
    loss : callable
        From (y_true, y_pred) to the mean loss.
    metrics : mapping of str to callable
        From the metric's name to a function such as `loss`.
    X : ndarray, shape (n_samples, ...)
        Training inputs, shared by the replicas.
    y : ndarray, shape (n_samples, ...) or (n_replicas, n_samples, ...)
        Training targets, shared or not.
    shared_targets : bool
        Whether `y` is shared.
    batch_size : int
        Samples in a batch; the last one of an epoch may be smaller.
    """

    def __init__(
        self,
        model: keras.Model,
        rule: UpdateRule,
        settings: Mapping[str, NDArray],
        loss: Function,
        metrics: Mapping[str, Function],
        X: NDArray,
        y: NDArray,
        *,
        shared_targets: bool,
        batch_size: int,
    ) -> None:
        self.model, self.rule = model, rule
        self.measures = [loss, *metrics.values()]
        self.settings = {name: tf.constant(values) for name, values in settings.items()}
        self.X, self.y = tf.constant(X), tf.constant(y)
        self.shared_targets, self.batch_size = shared_targets, batch_size
        self.shapes = [tuple(variable.shape) for variable in model.trainable_variables]
        self._graphs: dict[Any, Any] = {}

    def start(self, weights: NDArray, fixed: list[NDArray]) -> TrainingState:
        """Return the state before the first update.

        Parameters
        ----------
        weights : ndarray, shape (n_replicas, n_weights)
            Initial trainable weights.
        fixed : list of ndarray, shape (n_replicas, ...)
            Initial values of the other variables.

        Returns
        -------
        TrainingState
        """
        slots = {name: tf.fill(weights.shape, value) for name, value in self.rule.slots.items()}
        others = [tf.constant(value) for value in fixed]
        return TrainingState(tf.constant(weights), slots, others, tf.constant(0.0))

    def evaluate(self, state: TrainingState, X: NDArray, y: NDArray) -> Any:
        """Return each replica's loss and metrics on data that all replicas share.

        Parameters
        ----------
        state : TrainingState
            Where the replicas are.
        X, y : ndarray, shape (n_samples, ...)
            Inputs and targets.

        Returns
        -------
        tensor, shape (n_replicas, 1 + n_metrics)
        """
        X, y = tf.convert_to_tensor(X), tf.convert_to_tensor(y)
        graph = self._graph(self._evaluate, state.weights, state.fixed, X, y)
        return graph(state.weights, state.fixed, X, y)

    def train_epoch(
        self, state: TrainingState, order: NDArray, learning_rates: NDArray
    ) -> tuple[TrainingState, Any]:
        """Train every replica for one epoch.

        Parameters
        ----------
        state : TrainingState
            Where the replicas are.
        order : ndarray of int32, shape (n_replicas, n_samples)
            The order in which each replica visits the samples.
        learning_rates : ndarray of float32, shape (n_replicas, n_batches)
            The learning rate of each step.

        Returns
        -------
        state : TrainingState
            Where the replicas are now.
        values : tensor, shape (n_replicas, 1 + n_metrics)
            Loss and metrics, each batch before its update, averaged over the samples.
        """
        order, rates = tf.convert_to_tensor(order), tf.convert_to_tensor(learning_rates)
        return self._graph(self._train_epoch, state, order, rates)(state, order, rates)

    def _graph(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return the compiled `function`, traced once for arguments of these shapes."""
        key = (function.__name__, *(tuple(each.shape) for each in tf.nest.flatten(arguments)))
        if key not in self._graphs:
            # Autograph would convert all of Keras; there is nothing here for it to convert.
            traced = tf.function(function, autograph=False)
            self._graphs[key] = traced.get_concrete_function(*arguments)
        return self._graphs[key]

    def _train_epoch(
        self, state: TrainingState, order: Any, learning_rates: Any
    ) -> tuple[TrainingState, Any]:
        """Visit every sample once, in each replica's `order`; return the running means."""
        n_replicas, n_samples = order.shape

        def visit(carried: Any, start: Any, width: int) -> Any:
            state, sums = carried
            positions = tf.slice(order, [0, start], [n_replicas, width])
            rate = tf.slice(learning_rates, [0, start // self.batch_size], [n_replicas, 1])
            state, values = self._update(state, positions, rate)
            return state, sums + values * width

        sums = tf.zeros((n_replicas, len(self.measures)))
        state, sums = _over_batches(visit, (state, sums), n_samples, self.batch_size)
        return state, sums / n_samples

    def _update(self, state: TrainingState, positions: Any, rate: Any) -> tuple[TrainingState, Any]:
        """Update every replica on its own batch; return loss and metrics before it."""
        X = tf.gather(self.X, positions)
        y = tf.gather(self.y, positions, batch_dims=0 if self.shared_targets else 1)
        gradient, fixed, values = tf.vectorized_map(
            self._gradient, (state.weights, state.fixed, X, y), fallback_to_while_loop=False
        )
        settings, weights, step = dict(self.settings), state.weights, state.step + 1
        weight_decay = settings.pop("weight_decay", None)
        if weight_decay is not None:
            weights = decay(weights, learning_rate=rate, weight_decay=weight_decay)
        weights, slots = self.rule.update(
            weights, gradient, state.slots, step, learning_rate=rate, **settings
        )
        return TrainingState(weights, slots, fixed, step), values

    def _gradient(self, replica: tuple[Any, list[Any], Any, Any]) -> tuple[Any, list[Any], Any]:
        """Return one replica's gradient, other variables, loss and metrics."""
        weights, fixed, X, y = replica
        with tf.GradientTape() as tape:
            tape.watch(weights)
            fixed, values = self._measure(weights, fixed, X, y, training=True)
        return tape.gradient(values[0], weights), fixed, tf.stack(values)

    def _measure(
        self, weights: Any, fixed: list[Any], X: Any, y: Any, *, training: bool
    ) -> tuple[list[Any], list[Any]]:
        """Return one replica's other variables after a call, and its loss and metrics."""
        y_pred, fixed, penalties = self.model.stateless_call(
            self._unflatten(weights),
            fixed,
            tf.cast(X, tf.float32),
            training=training,
            return_losses=True,
        )
        loss, *metrics = [measure(y, y_pred) for measure in self.measures]
        return fixed, [tf.add_n([loss, *penalties]), *metrics]

    def _unflatten(self, weights: Any) -> list[Any]:
        # The gradient of a split is one concatenation; that of slices would be a sum of many.
        parts = tf.split(weights, [int(np.prod(shape)) for shape in self.shapes])
        return [tf.reshape(part, shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def _evaluate(self, weights: Any, fixed: list[Any], X: Any, y: Any) -> Any:
        n_replicas, n_samples = weights.shape[0], X.shape[0]

        def visit(sums: Any, start: Any, width: int) -> Any:
            block, targets = X[start : start + width], y[start : start + width]
            block = tf.ensure_shape(block, (width, *X.shape[1:]))
            targets = tf.ensure_shape(targets, (width, *y.shape[1:]))

            def measure(replica: tuple[Any, list[Any]]) -> Any:
                return tf.stack(self._measure(*replica, block, targets, training=False)[1])

            values = tf.vectorized_map(measure, (weights, fixed), fallback_to_while_loop=False)
            return sums + values * width

        rows = max(1, _ROWS_AT_ONCE // n_replicas)
        sums = tf.zeros((n_replicas, len(self.measures)))
        return _over_batches(visit, sums, n_samples, rows) / n_samples


def _over_batches(
    visit: Callable[[Any, Any, int], Any], carried: Any, n_samples: int, batch_size: int
) -> Any:
    """Call ``visit(carried, start, width)`` on consecutive batches, the last one smaller.

    The full batches run in one loop of the graph, with shapes known to it.
    """
    n_full, rest = divmod(n_samples, batch_size)
    if n_full:
        _, carried = tf.while_loop(
            lambda i, _: i < n_full,
            lambda i, carried: (i + 1, visit(carried, i * batch_size, batch_size)),
            (tf.constant(0), carried),
        )
    return visit(carried, tf.constant(n_full * batch_size), rest) if rest else carried
