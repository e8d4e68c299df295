"""The shared explorer, on the smallest explorable there is."""

import subprocess
import sys

import pytest

from coursekit.explore import Prediction, controls
from coursekit.explore.explorer import format_fact


def buttons(explorer):
    row = explorer.widget.children[2]
    return {button.description: button for button in row.children}


def test_moving_a_control_redraws_and_says_the_number(tiny):
    explorer = tiny()
    before = explorer.image.value
    explorer.controls["height"].value = 7
    assert explorer.image.value != before
    assert explorer.facts == {"height (m)": 7.0}
    assert "height (m): <b>7</b>" in explorer.status.value
    assert 'role="status"' in explorer.status.value


def test_set_moves_many_controls_with_one_redraw(tiny):
    calls = []

    class Area:
        def __init__(self, width, height):
            calls.append((width, height))
            self.facts = {"height (m)": width * height}

    sliders = {name: controls.slider(name, 1, 0, 3) for name in ("width", "height")}
    explorer = tiny(Area, controls=sliders, presets={}, step=None)
    assert explorer.set(width=2, height=3) == {"height (m)": 6}
    assert calls == [(1, 1), (2, 3)]


def test_unknown_setting_is_refused_with_the_known_ones(tiny):
    with pytest.raises(ValueError, match="unknown setting 'width': choose from height"):
        tiny().set(width=1)


@pytest.mark.parametrize("value", [11, -1, "high", None])
def test_value_outside_the_control_is_refused_and_nothing_moves(tiny, value):
    explorer = tiny()
    with pytest.raises(ValueError, match=r"height=.* is outside its control: 0 to 10"):
        explorer.set(height=value)
    assert explorer.settings == {"height": 3}
    assert explorer.facts == {"height (m)": 3.0}


def test_choice_outside_the_list_is_refused_with_the_list(tiny):
    class Word:
        def __init__(self, word):
            self.facts = {"height (m)": len(word)}

    word = controls.choice("word", "one", ("one", "three"))
    explorer = tiny(Word, controls={"word": word}, presets={}, step=None)
    with pytest.raises(ValueError, match="word='two' is outside its control: one of one, three"):
        explorer.set(word="two")
    assert explorer.set(word="three") == {"height (m)": 5}


def test_presets_are_buttons_and_start_from_the_initial_settings(tiny):
    explorer = tiny()
    buttons(explorer)["High"].click()
    assert explorer.settings == {"height": 9}
    assert buttons(explorer)["High"].tooltip == "height (m) 9"


def test_reset_button_returns_to_the_start(tiny):
    explorer = tiny()
    first = explorer.image.value
    explorer.set(height=10)
    buttons(explorer)["Reset"].click()
    assert explorer.settings == {"height": 3}
    assert explorer.image.value == first


def test_step_button_goes_on_and_begins_again_after_the_end(tiny):
    explorer = tiny(step_label="Higher")
    buttons(explorer)["Higher"].click()
    assert explorer.settings == {"height": 4}
    explorer.set(height=10)
    buttons(explorer)["Higher"].click()
    assert explorer.settings == {"height": 0}


def test_step_without_a_step_control_says_so(tiny):
    explorer = tiny(step=None)
    assert "Step" not in buttons(explorer)
    with pytest.raises(ValueError, match="has no step control"):
        explorer.step()


def test_stops_slider_steps_through_its_stops():
    slider = controls.stops_slider("models tried", 5, (1, 2, 5))
    assert controls.next_value(slider) == 1
    slider.value = 1
    assert controls.next_value(slider) == 2


def test_control_without_steps_cannot_be_the_step_control():
    import ipywidgets

    with pytest.raises(TypeError, match="Text 'name' has no steps to take"):
        controls.next_value(ipywidgets.Text(description="name"))


def failing_above_5(height):
    class Height:
        facts = {"height (m)": float(height)}  # noqa: RUF012

    if height > 5:
        raise ArithmeticError("too <high>")
    return Height()


def test_error_in_update_is_said_under_the_last_picture_and_passes(tiny):
    explorer = tiny(failing_above_5, presets={"Low": {"height": 1}})
    picture = explorer.image.value
    explorer.controls["height"].value = 8
    assert isinstance(explorer.error, ArithmeticError)
    assert "ArithmeticError: too &lt;high&gt;" in explorer.status.value
    assert 'role="alert"' in explorer.status.value
    assert explorer.image.value == picture
    assert explorer.facts == {}
    assert explorer.reset() == {"height (m)": 3.0}
    assert explorer.error is None


def test_title_and_facts_are_escaped(tiny):
    class Word:
        def __init__(self, height):
            self.facts = {"a<b": "<script>", "height (m)": 1.0}

    explorer = tiny(Word)
    assert "A &lt;line&gt;" in explorer.widget.children[0].value
    assert "a&lt;b: <b>&lt;script&gt;</b>" in explorer.status.value


@pytest.mark.parametrize(
    ("fact", "words"),
    [(0.123456, "0.1235"), (True, "yes"), (False, "no"), (2000, "2000"), ("never", "never")],
)
def test_facts_in_words(fact, words):
    assert format_fact(fact) == words


@pytest.fixture
def guessing(tiny):
    prediction = Prediction(
        question="Higher than 5 & why?",
        options=("higher", "lower"),
        settings={"height": 9},
        answer=lambda facts: "higher" if facts["height (m)"] > 5 else "lower",
        because="The preset is.",
    )
    return tiny(prediction=prediction)


@pytest.mark.parametrize(
    ("guess", "verdict"), [("higher", "✔ Yes"), ("lower", "✘ You said “lower”. It is")]
)
def test_a_guess_shows_its_settings_and_reveals_the_answer(guessing, guess, verdict):
    assert guessing.prediction.reveal.value == ""
    guessing.prediction.guesses.value = guess
    assert guessing.settings == {"height": 9}
    assert verdict in guessing.prediction.reveal.value
    assert "<b>higher</b>. The preset is." in guessing.prediction.reveal.value


def test_reset_takes_the_guess_back(guessing):
    guessing.prediction.guesses.value = "lower"
    guessing.reset()
    assert guessing.prediction.guesses.value is None
    assert guessing.prediction.reveal.value == ""
    assert guessing.settings == {"height": 3}


def test_the_readers_matplotlib_settings_do_not_change_the_picture(tiny):
    import matplotlib

    plain = tiny().image.value
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "black"}):
        assert tiny().image.value == plain


def test_an_explorable_needs_neither_pyplot_nor_tensorflow():
    code = (
        "import sys; from coursekit.explore import coin_flip_winners; coin_flip_winners();"
        "print([m for m in ('matplotlib.pyplot', 'tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_room_is_free():
    code = (
        "import sys, coursekit.explore;"
        "print([m for m in ('matplotlib', 'ipywidgets', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
