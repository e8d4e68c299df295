"""The shared explorer: controls, a picture that answers them, and the facts under it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from html import escape
from typing import Any, Protocol

import ipywidgets
from matplotlib.figure import Figure

from coursekit.explore.canvas import Artists, Canvas, png_bytes
from coursekit.explore.controls import next_value
from coursekit.explore.film_strip import Frame, compose_strip, small_png
from coursekit.explore.prediction import Fact, Prediction, PredictionLine

N_FRAMES = 4  # of a film strip: two rows of two are readable at a notebook's width


class Picture(Protocol):
    """What an ``update`` returns: arrays and numbers to draw, and facts to say."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The numbers and words under the picture, by label with unit."""
        ...


class Explorer:
    """A picture to play with; displayed live by Jupyter and as a film strip elsewhere.

    Parameters
    ----------
    title : str
        The idea in a few words, shown above the controls.
    alt : str
        What the picture shows, for readers who cannot see it.
    setup : callable
        Fills a figure with axes of fixed limits and returns the moving artists by name. It runs
        twice: for the live picture, and for the narrower frames of the film strip.
    update : callable
        Computes what to show from the settings: a pure function of keyword arguments named as
        the controls.
    draw : callable
        Moves the artists to show what ``update`` returned.
    controls : mapping of str to ipywidgets.Widget
        One labelled control a setting; their present values are the initial settings.
    presets : mapping of str to mapping
        Named settings, on top of the initial ones: a button each, and the first four of them
        the frames of the film strip.
    step : str, optional
        The setting that one more button moves a step on, such as a seed.
    step_label : str
        The text of this button.
    prediction : Prediction, optional
        A question to guess before the picture answers it.
    size, preview_size : tuple of float
        Width and height in inches at 100 dots per inch, live and in the film strip.

    Attributes
    ----------
    facts : dict
        The facts now shown.
    data : Picture or None
        What ``update`` last returned.
    error : Exception or None
        Why the present settings cannot be shown, if they cannot.

    Examples
    --------
    >>> explorer = optimizer_race()                   # doctest: +SKIP
    >>> explorer.set(learning_rate=0.1)["diverged"]   # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        title: str,
        alt: str,
        setup: Callable[[Figure], Artists],
        update: Callable[..., Picture],
        draw: Callable[[Artists, Any], None],
        controls: Mapping[str, ipywidgets.Widget],
        presets: Mapping[str, Mapping[str, Any]],
        step: str | None = None,
        step_label: str = "Step",
        prediction: Prediction | None = None,
        size: tuple[float, float] = (8.2, 3.8),
        preview_size: tuple[float, float] = (4.4, 3.2),
    ) -> None:
        self.title, self.alt = title, alt
        self.controls, self.presets = dict(controls), dict(presets)
        self.facts: dict[str, Fact] = {}
        self.data: Picture | None = None
        self.error: Exception | None = None
        self._setup, self._update, self._draw = setup, update, draw
        self._step, self._preview_size = step, preview_size
        self._canvas = Canvas(setup, draw, size=size)
        self._initial = self.settings
        self._held = False
        self.image = ipywidgets.Image(format="png", tooltip=alt, layout={"max_width": "100%"})
        self.status = ipywidgets.HTML()
        self.prediction = PredictionLine(prediction, self.show) if prediction else None
        self.widget = ipywidgets.VBox(self._rows(step_label))
        for control in self.controls.values():
            control.observe(self._refresh, "value")
        self._refresh()

    @property
    def settings(self) -> dict[str, Any]:
        """The values of all controls by name."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **settings: Any) -> dict[str, Fact]:
        """Move controls, redraw once, and return the facts.

        Raises
        ------
        ValueError
            If a setting is unknown or its control cannot take the value; nothing is moved then.
        """
        before = self.settings
        with self._one_redraw():
            try:
                for name, value in settings.items():
                    self._move(name, value)
            except ValueError:
                for name, value in before.items():
                    self.controls[name].value = value
                raise
        return self.facts

    def show(self, settings: Mapping[str, Any]) -> dict[str, Fact]:
        """Show the initial settings with these changes, as a preset does."""
        return self.set(**{**self._initial, **settings})

    def reset(self) -> dict[str, Fact]:
        """Return to the initial settings and take back the guess."""
        if self.prediction:
            self.prediction.forget()
        return self.show({})

    def step(self) -> dict[str, Fact]:
        """Move the step control to its next value; after its last one, to its first."""
        if self._step is None:
            raise ValueError(f"the explorable {self.title!r} has no step control")
        return self.set(**{self._step: next_value(self.controls[self._step])})

    @cached_property
    def film_strip(self) -> bytes:
        """The first presets, captioned with their settings, as one small PNG."""
        canvas = Canvas(self._setup, self._draw, size=self._preview_size, font_size=8.5)
        frames = [
            Frame(
                title,
                self._in_words(preset),
                canvas.render(self._update(**{**self._initial, **preset})),
            )
            for title, preset in list(self.presets.items())[:N_FRAMES]
        ]
        return small_png(compose_strip(frames))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = dict(self.widget._repr_mimebundle_(**kwargs) or {})
        bundle["image/png"] = base64.b64encode(self.film_strip).decode("ascii")
        bundle["text/plain"] = f"[explorable: {self.title}. {self.alt} Run the cell to play.]"
        return bundle, {"image/png": {"alt": self.alt}}

    def _rows(self, step_label: str) -> list[ipywidgets.Widget]:
        wrap = {"flex_flow": "row wrap"}
        heading = ipywidgets.HTML(f"<b>{escape(self.title)}</b>")
        controls = ipywidgets.Box(list(self.controls.values()), layout=wrap)
        buttons = ipywidgets.Box(self._buttons(step_label), layout=wrap)
        last = [self.prediction] if self.prediction else []
        return [heading, controls, buttons, self.image, self.status, *last]

    def _buttons(self, step_label: str) -> list[ipywidgets.Widget]:
        actions: dict[str, Callable[[], Any]] = {"Reset": self.reset}
        if self._step is not None:
            actions[step_label] = self.step
        for title, preset in self.presets.items():
            actions[title] = partial(self.show, preset)
        return [self._button(label, action) for label, action in actions.items()]

    def _button(self, label: str, action: Callable[[], Any]) -> ipywidgets.Button:
        settings = self._in_words(self.presets.get(label, {}))
        button = ipywidgets.Button(description=label, tooltip=settings, layout={"width": "auto"})
        button.on_click(lambda _: action())
        return button

    def _in_words(self, settings: Mapping[str, Any]) -> str:
        labels = {name: control.description for name, control in self.controls.items()}
        return ", ".join(f"{labels[name]} {format_fact(v)}" for name, v in settings.items())

    def _move(self, name: str, value: Any) -> None:
        if name not in self.controls:
            known = ", ".join(self.controls)
            raise ValueError(f"unknown setting {name!r}: choose from {known}")
        control = self.controls[name]
        refusal = f"{name}={value!r} is outside its control: {_range_of(control)}"
        try:
            control.value = value
        except Exception as error:  # traitlets and ipywidgets raise several kinds
            raise ValueError(refusal) from error
        if control.value != value:  # a slider clamps silently
            raise ValueError(refusal)

    @contextmanager
    def _one_redraw(self) -> Iterator[None]:
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._refresh()

    def _refresh(self, change: object = None) -> None:
        if self._held:
            return
        try:
            self.data = self._update(**self.settings)
            self.image.value = png_bytes(self._canvas.render(self.data))
        except Exception as error:  # a dead widget would hide what went wrong
            self.error, self.facts = error, {}
            self.status.value = _error_html(error)
        else:
            self.error, self.facts = None, dict(self.data.facts)
            self.status.value = _facts_html(self.facts)


def format_fact(value: Fact) -> str:
    """Return a fact in words: four significant digits, yes or no, or the word itself."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _facts_html(facts: Mapping[str, Fact]) -> str:
    items = "".join(
        '<span style="white-space: nowrap; margin-right: 1.6em">'
        f"{escape(label)}: <b>{escape(format_fact(value))}</b></span> "
        for label, value in facts.items()
    )
    return f'<div role="status" aria-live="polite" style="line-height: 1.6">{items}</div>'


def _error_html(error: Exception) -> str:
    text = escape(f"{type(error).__name__}: {error}")
    advice = "The picture still shows the last settings that worked; move a control or press Reset."
    return f'<div role="alert"><b>These settings cannot be shown.</b> {text}. {advice}</div>'


def _range_of(control: ipywidgets.Widget) -> str:
    if hasattr(control, "options"):
        return "one of " + ", ".join(map(str, control.options))
    low, high = control.min, control.max
    if isinstance(control, ipywidgets.FloatLogSlider):
        low, high = control.base**low, control.base**high
    return f"{low:g} to {high:g}"
