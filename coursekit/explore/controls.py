"""Labelled controls that the keyboard can operate, in one size and style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets

_STYLE = {"description_width": "138px"}


def _layout() -> ipywidgets.Layout:
    return ipywidgets.Layout(width="390px", max_width="100%")


def slider(
    label: str, value: float, minimum: float, maximum: float, step: float = 1
) -> ipywidgets.Widget:
    """Return a linear slider: over whole numbers if ``step`` is an int, else over floats."""
    widget = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    return widget(
        value,
        min=minimum,
        max=maximum,
        step=step,
        description=label,
        style=_STYLE,
        layout=_layout(),
    )


def log_slider(
    label: str, value: float, minimum_power: float, maximum_power: float
) -> ipywidgets.Widget:
    """Return a slider over powers of ten, from ``10**minimum_power`` to ``10**maximum_power``."""
    return ipywidgets.FloatLogSlider(
        value,
        base=10,
        min=minimum_power,
        max=maximum_power,
        step=0.01,
        readout_format=".3g",
        description=label,
        style=_STYLE,
        layout=_layout(),
    )


def stops_slider(label: str, value: float, stops: Sequence[float]) -> ipywidgets.Widget:
    """Return a slider over the given values only, such as 1, 2, 5, 10, 20, 50."""
    return ipywidgets.SelectionSlider(
        options=list(stops), value=value, description=label, style=_STYLE, layout=_layout()
    )


def choice(label: str, value: Any, options: Iterable[Any]) -> ipywidgets.Widget:
    """Return a drop-down list."""
    return ipywidgets.Dropdown(
        options=list(options), value=value, description=label, style=_STYLE, layout=_layout()
    )


def next_value(control: ipywidgets.Widget) -> Any:
    """Return the value one step above a control's, or its lowest one after the highest.

    Raises
    ------
    TypeError
        If the control has neither options nor bounds with a step.
    """
    if hasattr(control, "options"):
        options = list(control.options)
        return options[(options.index(control.value) + 1) % len(options)]
    if not hasattr(control, "step"):
        raise TypeError(f"{type(control).__name__} {control.description!r} has no steps to take")
    value = control.value + control.step
    return value if value <= control.max else control.min
