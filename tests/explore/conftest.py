"""What every test of an explorable needs: all explorables, and a hand on every control."""

import io
import math

import ipywidgets
import pytest
from PIL import Image

import coursekit.explore
from coursekit.explore import Explorer, controls


def _explorables():
    """Find the factories by the stub: an explorable is tested as soon as it is listed there."""
    public = {name: getattr(coursekit.explore, name) for name in coursekit.explore.__all__}
    return {name: thing for name, thing in public.items() if not isinstance(thing, type)}


@pytest.fixture(params=sorted(_explorables()))
def explorer(request):
    """Every explorable in turn."""
    return _explorables()[request.param]()


def stops_of(control):
    """Return the lowest, the middle and the highest value of a control, or all its choices."""
    if isinstance(control, ipywidgets.SelectionSlider):
        options = list(control.options)
        return [options[0], options[len(options) // 2], options[-1]]
    if hasattr(control, "options"):
        return list(control.options)
    if isinstance(control, ipywidgets.FloatLogSlider):
        middle = (control.min + control.max) / 2
        return [control.base**power for power in (control.min, middle, control.max)]
    middle = type(control.value)((control.min + control.max) / 2)
    return [control.min, middle, control.max]


def sweep(explorer: Explorer):
    """Move every control to its ends and middle, and all of them at once to one end.

    Yields the settings and the facts of each stop, after checking that it shows a picture and
    finite numbers. Use it for the bounds that theory sets on an explorable's facts.
    """
    stops = {name: stops_of(control) for name, control in explorer.controls.items()}
    changes = [{name: value} for name, values in stops.items() for value in values]
    changes += [{name: values[end] for name, values in stops.items()} for end in (0, -1)]
    for change in changes:
        facts = explorer.show(change)
        assert explorer.error is None, f"{change}: {explorer.error!r}"
        assert facts, change
        for label, fact in facts.items():
            assert isinstance(fact, str) or math.isfinite(fact), f"{change}: {label} = {fact}"
        Image.open(io.BytesIO(explorer.image.value)).verify()
        yield explorer.settings, facts


@pytest.fixture
def ends_and_middle():
    """The `stops_of` above."""
    return stops_of


@pytest.fixture
def sweep_controls():
    """The `sweep` above."""
    return sweep


@pytest.fixture
def tiny():
    """A maker of the smallest possible explorable: a line as high as its slider."""

    def make(update=None, **options):
        class Height:
            def __init__(self, height):
                self.facts = {"height (m)": float(height)}

        def setup(figure):
            axes = figure.subplots()
            axes.set(xlim=(0, 1), ylim=(0, 10))
            return {"line": axes.plot([0, 1], [0, 0])[0]}

        def draw(artists, data):
            artists["line"].set_ydata([data.facts["height (m)"]] * 2)

        settings = {
            "title": "A <line>",
            "alt": "A line at a height.",
            "controls": {"height": controls.slider("height (m)", 3, 0, 10)},
            "presets": {"Low": {"height": 1}, "High": {"height": 9}},
            "step": "height",
            **options,
        }
        return Explorer(setup=setup, update=update or Height, draw=draw, **settings)

    return make
