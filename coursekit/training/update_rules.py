"""The update rules of gradient descent, as plain functions, exactly as Keras applies them.

Each rule takes the weights, their gradient, the state of the optimizer, the number of this
update (from 1) and the settings, and returns the new weights and the new state. All arrays
may carry leading axes: with weights of shape (n_replicas, n_weights) and settings of shape
(n_replicas, 1), every replica follows its own settings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keras import ops

Array = Any
State = dict[str, Array]


def sgd(
    weights: Array, gradient: Array, state: State, step: Array, *, learning_rate: Array
) -> tuple[Array, State]:
    """Take a plain step against the gradient: w ← w - η g.

    Parameters
    ----------
    weights, gradient : array, shape (..., n_weights)
        Weights and the gradient of the loss there.
    state : dict
        Empty.
    step : float
        Number of this update, from 1.
    learning_rate : float or array
        Step size η.

    Returns
    -------
    weights : array
        The new weights.
    state : dict
        The new state.
    """
    return weights - learning_rate * gradient, state


def momentum(
    weights: Array,
    gradient: Array,
    state: State,
    step: Array,
    *,
    learning_rate: Array,
    momentum: Array,
) -> tuple[Array, State]:
    """Take a step with heavy-ball momentum: v ← μ v - η g; w ← w + v.

    The learning rate is inside the velocity, as in Keras and in Sutskever et al. (2013);
    in other libraries it multiplies the velocity afterwards.

    Parameters
    ----------
    weights, gradient, step, learning_rate
        As in :func:`sgd`.
    state : dict
        Holds ``velocity``.
    momentum : float or array
        Share μ of the velocity that is kept.

    Returns
    -------
    weights, state
        As in :func:`sgd`.
    """
    velocity = momentum * state["velocity"] - learning_rate * gradient
    return weights + velocity, {"velocity": velocity}


def nesterov(
    weights: Array,
    gradient: Array,
    state: State,
    step: Array,
    *,
    learning_rate: Array,
    momentum: Array,
) -> tuple[Array, State]:
    """Take a step with Nesterov's momentum: v ← μ v - η g; w ← w + μ v - η g.

    Parameters
    ----------
    weights, gradient, state, step, learning_rate, momentum
        As in :func:`momentum`.

    Returns
    -------
    weights, state
        As in :func:`sgd`.

    References
    ----------
    Sutskever et al., On the importance of initialization and momentum, ICML 2013; in the
    form of Bengio et al. 2012 that evaluates the gradient at the weights themselves.
    """
    velocity = momentum * state["velocity"] - learning_rate * gradient
    return weights + momentum * velocity - learning_rate * gradient, {"velocity": velocity}


def adagrad(
    weights: Array,
    gradient: Array,
    state: State,
    step: Array,
    *,
    learning_rate: Array,
    epsilon: Array,
) -> tuple[Array, State]:
    """Take an AdaGrad step: a ← a + g²; w ← w - η g / √(a + ε).

    Parameters
    ----------
    weights, gradient, step, learning_rate
        As in :func:`sgd`.
    state : dict
        Holds ``accumulator``, which Keras starts at 0.1.
    epsilon : float or array
        Added inside the root.

    Returns
    -------
    weights, state
        As in :func:`sgd`.

    References
    ----------
    Duchi, Hazan and Singer, Adaptive subgradient methods, JMLR 12, 2011.
    """
    accumulator = state["accumulator"] + ops.square(gradient)
    weights = weights - learning_rate * gradient / ops.sqrt(accumulator + epsilon)
    return weights, {"accumulator": accumulator}


def rmsprop(
    weights: Array,
    gradient: Array,
    state: State,
    step: Array,
    *,
    learning_rate: Array,
    rho: Array,
    momentum: Array,
    epsilon: Array,
) -> tuple[Array, State]:
    """Take an RMSprop step: v ← ρ v + (1 - ρ) g²; m ← μ m + η g / √(v + ε); w ← w - m.

    Parameters
    ----------
    weights, gradient, step, learning_rate
        As in :func:`sgd`.
    state : dict
        Holds ``velocity`` and ``momentum``.
    rho : float or array
        Decay ρ of the mean square.
    momentum : float or array
        Momentum μ, 0 by default.
    epsilon : float or array
        Added inside the root.

    Returns
    -------
    weights, state
        As in :func:`sgd`.

    References
    ----------
    Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012.
    """
    velocity = rho * state["velocity"] + (1 - rho) * ops.square(gradient)
    increment = learning_rate * gradient / ops.sqrt(velocity + epsilon)
    increment = momentum * state["momentum"] + increment
    return weights - increment, {"velocity": velocity, "momentum": increment}


def adam(
    weights: Array,
    gradient: Array,
    state: State,
    step: Array,
    *,
    learning_rate: Array,
    beta_1: Array,
    beta_2: Array,
    epsilon: Array,
) -> tuple[Array, State]:
    """Take an Adam step: w ← w - η_t m / (√v + ε̂), with η_t = η √(1 - β₂ᵗ) / (1 - β₁ᵗ).

    This is the form that Kingma and Ba give just before their section 2.1: ε̂ is added to
    the root of the *uncorrected* v, so it weighs more in early steps than their ε.

    Parameters
    ----------
    weights, gradient, step, learning_rate
        As in :func:`sgd`.
    state : dict
        Holds ``momentum`` m and ``velocity`` v.
    beta_1, beta_2 : float or array
        Decay of the means of the gradient and of its square.
    epsilon : float or array
        Added to the root: ε̂.

    Returns
    -------
    weights, state
        As in :func:`sgd`.

    References
    ----------
    Kingma and Ba, Adam, ICLR 2015.
    """
    first = state["momentum"] + (gradient - state["momentum"]) * (1 - beta_1)
    second = state["velocity"] + (ops.square(gradient) - state["velocity"]) * (1 - beta_2)
    rate = learning_rate * ops.sqrt(1 - ops.power(beta_2, step)) / (1 - ops.power(beta_1, step))
    weights = weights - rate * first / (ops.sqrt(second) + epsilon)
    return weights, {"momentum": first, "velocity": second}


def decay(weights: Array, *, learning_rate: Array, weight_decay: Array) -> Array:
    """Shrink the weights: w ← w - η λ w, before the update, as AdamW does.

    Parameters
    ----------
    weights : array, shape (..., n_weights)
        Weights, biases included.
    learning_rate : float or array
        Step size η.
    weight_decay : float or array
        Strength λ.

    Returns
    -------
    array
        The new weights.

    References
    ----------
    Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019.
    """
    return weights - weights * weight_decay * learning_rate


@dataclass(frozen=True)
class UpdateRule:
    """An update rule with what it needs to start.

    Parameters
    ----------
    update : callable
        One of the functions above.
    settings : tuple of str
        The settings that it takes besides ``learning_rate``.
    slots : mapping of str to float
        What the state holds, and where it starts.
    """

    update: Callable[..., tuple[Array, State]]
    settings: tuple[str, ...] = ()
    slots: Mapping[str, float] = field(default_factory=dict)


#: The rules by the class of the Keras optimizer; AdamW is Adam after :func:`decay`.
UPDATE_RULES: dict[str, UpdateRule] = {
    "SGD": UpdateRule(sgd),
    "SGD with momentum": UpdateRule(momentum, ("momentum",), {"velocity": 0.0}),
    "SGD with Nesterov momentum": UpdateRule(nesterov, ("momentum",), {"velocity": 0.0}),
    "Adagrad": UpdateRule(adagrad, ("epsilon",), {"accumulator": 0.1}),
    "RMSprop": UpdateRule(
        rmsprop, ("rho", "momentum", "epsilon"), {"velocity": 0.0, "momentum": 0.0}
    ),
    "Adam": UpdateRule(adam, ("beta_1", "beta_2", "epsilon"), {"momentum": 0.0, "velocity": 0.0}),
    "AdamW": UpdateRule(adam, ("beta_1", "beta_2", "epsilon"), {"momentum": 0.0, "velocity": 0.0}),
}
