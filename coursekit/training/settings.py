"""The settings of a sweep: what they may be, and the runs that they ask for."""

import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from coursekit.training.optimizers import OptimizerSettings, optimizer_settings

#: Settings that go to the optimizer.
OPTIMIZER_SETTINGS = (
    "learning_rate",
    "momentum",
    "nesterov",
    "beta_1",
    "beta_2",
    "epsilon",
    "rho",
    "weight_decay",
)
#: Settings of the training itself.
TRAINING_SETTINGS = (
    "optimizer",
    "schedule",
    "batch_size",
    "n_epochs",
    "label_noise",
    "data_order",
)
Settings = Mapping[str, Iterable[Any]] | Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True)
class Run:
    """One training run of a sweep.

    Parameters
    ----------
    row : dict
        The settings as the result's columns show them.
    seed : int
        Seed of the initial weights, of the label noise, and of the dropout.
    data_order : int
        Seed of the order of the samples.
    optimizer : OptimizerSettings
        How the weights are updated.
    schedule : str, callable or None
        Of the learning rate.
    batch_size, n_epochs : int
        How the training goes.
    label_noise : float
        Share of the training labels to replace.
    build_arguments : dict
        What ``build`` is called with.
    """

    row: dict[str, Any]
    seed: int
    data_order: int
    optimizer: OptimizerSettings
    schedule: Any
    batch_size: int
    n_epochs: int
    label_noise: float
    build_arguments: dict[str, Any]

    @property
    def start(self) -> tuple[Any, ...]:
        """What two runs must share to start from the same model."""
        return (self.seed, *((key, repr(value)) for key, value in self.build_arguments.items()))

    @property
    def structure(self) -> tuple[Any, ...]:
        """What two runs must share to train in one program."""
        kind = (self.optimizer.optimizer_class, self.optimizer.rule, self.optimizer.obstacle())
        return (self.start[1:], kind, self.batch_size, self.n_epochs)


def plan_runs(
    build: Callable[..., Any],
    settings: Settings,
    seeds: Iterable[int],
    defaults: Mapping[str, Any],
) -> list[Run]:
    """Return the runs of a sweep: every row of the settings with every seed.

    Parameters
    ----------
    build : callable
        What builds the model; its parameters may be settings.
    settings : mapping of str to list, sequence of mappings, or None
        Lists whose product is meant, or the rows themselves.
    seeds : iterable of int
        One replica of each row a seed.
    defaults : mapping of str to object
        The value of every setting in :data:`TRAINING_SETTINGS` that a row may leave out,
        and of ``learning_rate``.

    Returns
    -------
    list of Run
        Rows in the order given, seeds within rows.

    Raises
    ------
    ValueError
        If a setting or a value is unknown, or nothing is to be run.
    """
    rows, seeds = expand(settings), _check_seeds(seeds)
    parameters = _parameters(build)
    for row in rows:
        _check_names(row, parameters)
    return [_run(row, seed, defaults) for row in rows for seed in seeds]


def expand(settings: Settings) -> list[dict[str, Any]]:
    """Return the rows of settings: the product of lists, or the rows as given.

    Parameters
    ----------
    settings : mapping of str to list, sequence of mappings, or None
        As in :func:`plan_runs`; None means one row without settings.

    Returns
    -------
    list of dict
        The last setting changes fastest.

    Raises
    ------
    ValueError
        If there is no row, or a value is not in a list.
    """
    if settings is None:
        return [{}]
    if isinstance(settings, Mapping):
        lists = [_values(name, values) for name, values in settings.items()]
        rows = [dict(zip(settings, values, strict=True)) for values in itertools.product(*lists)]
    else:
        rows = [dict(row) for row in settings]
    if not rows:
        raise ValueError("settings holds no row: give at least one value of each setting.")
    return rows


def _values(name: str, values: Any) -> list[Any]:
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise ValueError(f"settings[{name!r}]={values!r}: give a list of values.")
    return list(values)


def _check_seeds(seeds: Iterable[int]) -> list[int]:
    if not isinstance(seeds, Iterable):
        raise ValueError(f"seeds={seeds!r}: give a list of whole numbers, or range({seeds!r}).")
    found = [at_least(0, "seed", seed) for seed in seeds]
    if not found or len(set(found)) < len(found):
        raise ValueError(f"seeds={found}: give different whole numbers, none negative.")
    return found


def _parameters(build: Callable[..., Any]) -> list[str]:
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(build).parameters.values()
    return [each.name for each in parameters if each.kind in named]


def _check_names(row: Mapping[str, Any], parameters: Sequence[str]) -> None:
    ours = (*OPTIMIZER_SETTINGS, *TRAINING_SETTINGS)
    for name in row:
        if name in ours and name in parameters:
            raise ValueError(
                f"The setting {name!r} is also a parameter of build: rename that parameter."
            )
        if name not in ours and name not in parameters:
            raise ValueError(
                f"The setting {name!r} is unknown. Known are {', '.join(ours)}, and the "
                f"parameters of build: {', '.join(parameters) or 'it has none'}."
            )


def _run(row: Mapping[str, Any], seed: int, defaults: Mapping[str, Any]) -> Run:
    values = {**defaults, **row}
    changes = {name: values[name] for name in OPTIMIZER_SETTINGS if name in values}
    ours = (*OPTIMIZER_SETTINGS, *TRAINING_SETTINGS)
    data_order = values["data_order"]
    return Run(
        row={name: label(value) for name, value in row.items()},
        seed=seed,
        data_order=seed if data_order is None else at_least(0, "data_order", data_order),
        optimizer=optimizer_settings(values["optimizer"], changes),
        schedule=values["schedule"],
        batch_size=at_least(1, "batch_size", values["batch_size"]),
        n_epochs=at_least(1, "n_epochs", values["n_epochs"]),
        label_noise=_share("label_noise", values["label_noise"]),
        build_arguments={name: value for name, value in row.items() if name not in ours},
    )


def label(value: Any) -> Any:
    """Return a setting's value as a column of the result holds it.

    Parameters
    ----------
    value : object
        Numbers, strings and None stay as they are.

    Returns
    -------
    object
        The name of a function, the class of an object of Keras, else the text of the value.
    """
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "get_config") and not isinstance(value, type):
        return type(value).__name__
    return getattr(value, "__name__", str(value))


def at_least(minimum: int, name: str, value: Any) -> int:
    """Return a whole number, or refuse what is none or too small.

    Parameters
    ----------
    minimum : int
        The smallest number that is taken.
    name : str
        What the number is, for the error.
    value : object
        What was given.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is no whole number, or below the minimum.
    """
    is_number = isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)
    if not is_number or int(value) != value or value < minimum:
        raise ValueError(f"{name}={value!r} must be a whole number of at least {minimum}.")
    return int(value)


def _share(name: str, value: Any) -> float:
    if not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise ValueError(f"{name}={value!r} must be a share from 0 to 1.")
    return float(value)
