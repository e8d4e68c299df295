"""Optimizers on surfaces of two weights, by the update rules of Keras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rule = Callable[[Array, Array, int, float, float], Array]

_EPSILON = 1e-7  # Keras' default, inside the root of AdaGrad and RMSprop, outside that of Adam
_RHO = 0.9  # RMSprop's default decay of squared gradients
_BETA_2 = 0.999  # Adam's default decay of squared gradients
_TOO_FAR = 1e6  # distance at which a run stops before its numbers overflow


@dataclass(frozen=True)
class Surface:
    """A loss of two weights whose minimum is zero.

    Attributes
    ----------
    loss : callable
        Maps weights of shape (..., 2) to losses of shape (...).
    gradient : callable
        Maps weights of shape (2,) to their gradient.
    start : tuple of float
        Where every run begins.
    minima : tuple of tuple of float
        The weights of loss zero.
    largest_curvature : float or None
        L, the largest eigenvalue of the Hessian, where it is constant.
    """

    loss: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    largest_curvature: float | None = None


def _quadratic(curvature_1: float, curvature_2: float) -> Surface:
    curvature = np.array([curvature_1, curvature_2])
    return Surface(
        loss=lambda weights: (curvature * weights**2).sum(axis=-1) / 2,
        gradient=lambda weights: curvature * weights,
        start=(-1.7, 1.0),
        minima=((0.0, 0.0),),
        largest_curvature=max(curvature_1, curvature_2),
    )


def _saddle() -> Surface:
    """Return w1²/2 + (w2² - 1)²/4: a saddle at the origin between two minima."""
    return Surface(
        loss=lambda w: w[..., 0] ** 2 / 2 + (w[..., 1] ** 2 - 1) ** 2 / 4,
        gradient=lambda w: np.array([w[0], w[1] ** 3 - w[1]]),
        # Almost on the ridge: only a small gradient says which way is down.
        start=(-1.7, 0.001),
        minima=((0.0, 1.0), (0.0, -1.0)),
    )


SURFACES = {
    "bowl": _quadratic(1, 2),
    "ravine": _quadratic(1, 100),
    "saddle": _saddle(),
}


# Each rule returns the step to add to the weights, and keeps its memory in two slots: a velocity
# and an average of squared gradients, one number a weight.


def _gradient_descent(
    gradient: Array, slots: Array, step: int, learning_rate: float, momentum: float
) -> Array:
    return -learning_rate * gradient


def _momentum(
    gradient: Array, slots: Array, step: int, learning_rate: float, momentum: float
) -> Array:
    slots[0] = momentum * slots[0] - learning_rate * gradient
    return slots[0]


def _nesterov(
    gradient: Array, slots: Array, step: int, learning_rate: float, momentum: float
) -> Array:
    slots[0] = momentum * slots[0] - learning_rate * gradient
    return momentum * slots[0] - learning_rate * gradient


def _adagrad(
    gradient: Array, slots: Array, step: int, learning_rate: float, momentum: float
) -> Array:
    if step == 1:
        slots[1] = 0.1  # Keras' initial accumulator
    slots[1] += gradient**2
    return -learning_rate * gradient / np.sqrt(slots[1] + _EPSILON)


def _rmsprop(
    gradient: Array, slots: Array, step: int, learning_rate: float, momentum: float
) -> Array:
    slots[1] = _RHO * slots[1] + (1 - _RHO) * gradient**2
    return -learning_rate * gradient / np.sqrt(slots[1] + _EPSILON)


def _adam(gradient: Array, slots: Array, step: int, learning_rate: float, momentum: float) -> Array:
    slots[0] = momentum * slots[0] + (1 - momentum) * gradient
    slots[1] = _BETA_2 * slots[1] + (1 - _BETA_2) * gradient**2
    corrected_rate = learning_rate * np.sqrt(1 - _BETA_2**step) / (1 - momentum**step)
    return -corrected_rate * slots[0] / (np.sqrt(slots[1]) + _EPSILON)


OPTIMIZERS: dict[str, Rule] = {
    "gradient descent": _gradient_descent,
    "momentum": _momentum,
    "Nesterov": _nesterov,
    "AdaGrad": _adagrad,
    "RMSprop": _rmsprop,
    "Adam": _adam,
}

USE_MOMENTUM = frozenset({"momentum", "Nesterov", "Adam"})


@dataclass(frozen=True)
class Descent:
    """One run of an optimizer.

    Attributes
    ----------
    path : ndarray of shape (n_steps + 1, 2)
        The weights before the first step and after each; the last ones repeat once a run is
        further away than a million.
    loss : ndarray of shape (n_steps + 1,)
        The loss there.
    """

    path: Array
    loss: Array

    @property
    def diverged(self) -> bool:
        """Whether the loss ends above its start and still grows from third to third."""
        _, middle, last = np.array_split(self.loss, 3)
        return bool(self.loss[-1] > self.loss[0] and last.max() > middle.max()) or self.escaped

    @property
    def escaped(self) -> bool:
        """Whether the run was stopped because it left for infinity."""
        return bool(np.abs(self.path[-1]).max() > _TOO_FAR)

    def steps_to(self, target: float) -> int | None:
        """Return the first step with a loss below the target, or None."""
        below = np.flatnonzero(self.loss < target)
        return int(below[0]) if len(below) else None


def descend(
    surface: Surface, optimizer: str, learning_rate: float, momentum: float, n_steps: int
) -> Descent:
    """Run an optimizer from the surface's start.

    The rules are those of ``keras.optimizers`` (SGD, Adagrad, RMSprop, Adam) with their default
    constants, in float64.

    Parameters
    ----------
    surface : Surface
        What to descend.
    optimizer : str
        One of `OPTIMIZERS`.
    learning_rate, momentum : float
        Momentum is beta_1 for Adam; gradient descent, AdaGrad and RMSprop do not use it.
    n_steps : int
        Number of updates.
    """
    rule, slots = OPTIMIZERS[optimizer], np.zeros((2, 2))
    path = np.empty((n_steps + 1, 2))
    path[0] = weights = np.array(surface.start)
    for step in range(1, n_steps + 1):
        if np.abs(weights).max() <= _TOO_FAR:
            gradient = surface.gradient(weights)
            weights = weights + rule(gradient, slots, step, learning_rate, momentum)
        path[step] = weights
    return Descent(path, surface.loss(path))


def largest_stable_rate(surface: Surface, optimizer: str, momentum: float) -> float | None:
    """Return the learning rate above which an optimizer diverges on a quadratic surface.

    With L the largest curvature and b the momentum: 2/L for gradient descent, 2(1 + b)/L for
    heavy-ball momentum (Polyak, 1964) and 2(1 + b)/((1 + 2b)L) for Nesterov's. Each is where a
    root of the update's characteristic polynomial reaches -1. Adaptive rules have no such limit.

    Returns
    -------
    float or None
        None where no formula exists.
    """
    if surface.largest_curvature is None:
        return None
    factor = {
        "gradient descent": 2.0,
        "momentum": 2 * (1 + momentum),
        "Nesterov": 2 * (1 + momentum) / (1 + 2 * momentum),
    }.get(optimizer)
    return None if factor is None else factor / surface.largest_curvature
