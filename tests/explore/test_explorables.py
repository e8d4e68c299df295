"""What holds for every explorable, those still to be written included."""

import base64
import io
import statistics
import time

import numpy as np
import pytest
from PIL import Image

from coursekit.explore.canvas import Canvas


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_every_control_can_go_everywhere(explorer, sweep_controls):
    assert len(list(sweep_controls(explorer))) >= 3 * len(explorer.controls)


def test_every_control_changes_what_is_shown_from_some_preset(explorer, ends_and_middle):
    for name, control in explorer.controls.items():
        shown = []
        for preset in explorer.presets.values():
            stops = [{**preset, name: value} for value in ends_and_middle(control)]
            shown.append({(str(explorer.show(stop)), explorer.image.value) for stop in stops})
        assert max(map(len, shown)) > 1, f"{name} does nothing"


def test_same_settings_give_the_same_pixels(explorer):
    first = explorer.image.value
    for preset in explorer.presets.values():
        explorer.show(preset)
    explorer.reset()
    assert np.array_equal(pixels(first), pixels(explorer.image.value))


def test_presets_show_different_pictures(explorer):
    pictures = []
    for preset in explorer.presets.values():
        explorer.show(preset)
        pictures.append(explorer.image.value)
    assert len(set(pictures)) == len(pictures) >= 3


def test_stored_form_has_a_small_readable_strip_and_a_line_of_text(explorer):
    bundle, metadata = explorer._repr_mimebundle_()
    png = base64.b64decode(bundle["image/png"])
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert len(png) < 120_000
    assert 700 < Image.open(io.BytesIO(png)).width <= 900
    assert explorer.alt in bundle["text/plain"]
    assert metadata["image/png"]["alt"] == explorer.alt


def test_nothing_fixed_is_cut_off_at_the_edge(explorer):
    narrow = Canvas(
        explorer._setup, explorer._draw, size=explorer._preview_size, font_size=8.5
    ).figure
    for figure in (explorer._canvas.figure, narrow):
        box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
        assert box.x0 >= -0.02, "left"
        assert box.y0 >= -0.02, "bottom"
        assert box.x1 <= width + 0.02, "right"
        assert box.y1 <= height + 0.02, "top"


def test_the_picture_answers_within_half_a_second(explorer):
    def seconds(preset):
        start = time.process_time()  # a busy machine makes no picture slower to compute
        explorer.show(preset)
        return time.process_time() - start

    assert statistics.median([seconds(p) for p in list(explorer.presets.values()) * 2]) < 0.5


def test_controls_are_labelled_and_the_picture_described(explorer):
    labels = [control.description for control in explorer.controls.values()]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert explorer.image.tooltip == explorer.alt
    assert len(explorer.alt) > 50


def test_the_right_guess_is_among_the_options_and_not_shown_before(explorer):
    if explorer.prediction is None:
        pytest.skip("asks for no prediction")
    question = explorer.prediction._prediction
    before = explorer.image.value
    answer = question.answer(explorer.show(question.settings))
    assert answer in question.options
    assert explorer.image.value != before


def test_update_is_pure(explorer):
    settings = explorer.settings
    first, second = explorer._update(**settings), explorer._update(**settings)
    assert first.facts == second.facts == explorer.facts
    assert explorer.settings == settings


def test_presets_name_settings_that_exist(explorer):
    assert all(preset.keys() <= explorer.controls.keys() for preset in explorer.presets.values())


def test_jupyter_finds_the_picture_by_itself(explorer):
    from IPython.core.interactiveshell import InteractiveShell

    data, _ = InteractiveShell.instance().display_formatter.format(explorer)
    assert base64.b64decode(data["image/png"].strip()) == explorer.film_strip
    assert data["text/plain"].startswith(f"[explorable: {explorer.title}")
