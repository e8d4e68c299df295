"""Optimizers as settings: by name or object, with some of their settings replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.training.update_rules import UPDATE_RULES, UpdateRule

#: Names that Keras lacks: its SGD with usual settings.
ALIASES: dict[str, tuple[str, dict[str, Any]]] = {
    "momentum": ("sgd", {"momentum": 0.9}),
    "nesterov": ("sgd", {"momentum": 0.9, "nesterov": True}),
}
_STRUCTURE = ("name", "learning_rate", "weight_decay", "nesterov", "momentum")


@dataclass(frozen=True)
class OptimizerSettings:
    """A Keras optimizer's class and configuration, before there is an optimizer.

    Parameters
    ----------
    optimizer_class : type
        A subclass of ``keras.optimizers.Optimizer``.
    config : dict
        As its ``get_config()`` returns.
    """

    optimizer_class: Any
    config: dict[str, Any]

    def build(self, factors: NDArray | None = None) -> keras.optimizers.Optimizer:
        """Return a new optimizer.

        Parameters
        ----------
        factors : ndarray of shape (n_steps,), optional
            What to multiply the learning rate by, at each step.

        Returns
        -------
        keras.optimizers.Optimizer

        Raises
        ------
        ValueError
            If the learning rate is a schedule already.
        """
        config = dict(self.config)
        if factors is not None:
            if not isinstance(config["learning_rate"], float):
                raise ValueError("The optimizer holds a schedule already: leave out schedule=.")
            config["learning_rate"] = TabulatedSchedule(factors * config["learning_rate"])
        return self.optimizer_class.from_config(config)

    @property
    def rule(self) -> str:
        """Name of the update rule in :data:`UPDATE_RULES`, whether or not it is there."""
        name = self.optimizer_class.__name__
        if name != "SGD":
            return name
        return "SGD with Nesterov momentum" if self.config["nesterov"] else "SGD with momentum"

    def obstacle(self) -> str | None:
        """Return why no update rule follows this optimizer, or None if one does.

        Returns
        -------
        str or None
        """
        name = self.optimizer_class.__name__
        if self.rule not in UPDATE_RULES or self.optimizer_class is not getattr(
            keras.optimizers, name, None
        ):
            return f"no update rule is written for the optimizer {name}"
        if not isinstance(self.config["learning_rate"], float):
            return "the optimizer holds a Keras learning-rate schedule"
        free = {*_STRUCTURE, *UPDATE_RULES[self.rule].settings}
        default = _default_config(self.optimizer_class)
        changed = [key for key in default if key not in free and self.config[key] != default[key]]
        return f"no update rule is written for {name}({changed[0]}=...)" if changed else None


@keras.saving.register_keras_serializable(package="coursekit")
class TabulatedSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate for each step, read from a table.

    Parameters
    ----------
    learning_rates : array_like of float, shape (n_steps,)
        One value a step; the last one holds for the steps after.
    """

    def __init__(self, learning_rates: ArrayLike) -> None:
        self.learning_rates = np.asarray(learning_rates, dtype=np.float32)

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at `step`, counted from 0."""
        index = keras.ops.minimum(keras.ops.cast(step, "int32"), len(self.learning_rates) - 1)
        return keras.ops.take(keras.ops.convert_to_tensor(self.learning_rates), index)

    def get_config(self) -> dict[str, Any]:
        """Return what the constructor takes.

        Returns
        -------
        dict
        """
        return {"learning_rates": self.learning_rates.tolist()}


def optimizer_settings(optimizer: Any, changes: Mapping[str, Any]) -> OptimizerSettings:
    """Return an optimizer's settings with some of them replaced.

    Parameters
    ----------
    optimizer : str or keras.optimizers.Optimizer
        A name known to Keras, one of :data:`ALIASES`, or an optimizer, which is not changed.
    changes : mapping of str to object
        Settings to replace; None leaves one as it is.

    Returns
    -------
    OptimizerSettings

    Raises
    ------
    ValueError
        If the optimizer is unknown or has no such setting.
    """
    name, preset = ALIASES.get(optimizer, (optimizer, {})) if _is_name(optimizer) else ("", {})
    found = _named_optimizer(name) if _is_name(optimizer) else optimizer
    if not isinstance(found, keras.optimizers.Optimizer):
        raise ValueError(f"optimizer={optimizer!r} is neither a name nor a Keras optimizer.")
    config = found.get_config() | preset
    for key, value in changes.items():
        if key not in config:
            raise ValueError(
                f"The optimizer {type(found).__name__} has no setting {key!r}. To compare it "
                "with one that has, give settings as a list of dicts, one a row."
            )
        config[key] = config[key] if value is None else _number(key, value)
    return OptimizerSettings(type(found), config)


def setting_arrays(
    optimizers: Sequence[OptimizerSettings],
) -> tuple[UpdateRule, dict[str, NDArray[np.float32]]]:
    """Return the update rule that all of some optimizers share, and its settings as columns.

    Parameters
    ----------
    optimizers : sequence of OptimizerSettings
        One a replica, all with the same :attr:`OptimizerSettings.rule`.

    Returns
    -------
    rule : UpdateRule
        Plain SGD where no replica has momentum.
    settings : dict of str to ndarray of float32, shape (n_replicas, 1)
        The rule's settings, and ``weight_decay`` if any replica decays its weights.
    """
    name = optimizers[0].rule
    if name.startswith("SGD") and not any(each.config["momentum"] for each in optimizers):
        name = "SGD"
    rule = UPDATE_RULES[name]
    arrays = {key: _column([each.config[key] for each in optimizers]) for key in rule.settings}
    decays = [each.config["weight_decay"] or 0.0 for each in optimizers]
    if any(decays):
        arrays["weight_decay"] = _column(decays)
    return rule, arrays


def _column(values: Sequence[float]) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)[:, None]


def _is_name(optimizer: Any) -> bool:
    return isinstance(optimizer, str)


def _named_optimizer(name: str) -> keras.optimizers.Optimizer:
    try:
        return keras.optimizers.get(name)
    except ValueError as error:
        raise ValueError(
            f"optimizer={name!r} is unknown: try 'sgd', 'momentum', 'nesterov', 'adagrad', "
            "'rmsprop', 'adam' or 'adamw', another name that Keras knows, or an optimizer."
        ) from error


@cache
def _default_config(optimizer_class: type) -> dict[str, Any]:
    return optimizer_class().get_config()


def _number(name: str, value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.integer | np.floating):
        return float(value)
    raise ValueError(f"{name}={value!r} is not a number.")
