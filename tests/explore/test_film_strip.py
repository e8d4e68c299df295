"""Film strips: captioned frames in rows."""

import io

import numpy as np
from PIL import Image

from coursekit.explore.film_strip import Frame, compose_strip, small_png


def frame(color, settings="rate 0.1"):
    return Frame(color, settings, Image.new("RGB", (200, 100), color))


def test_frames_stand_in_rows_of_two():
    strip = np.asarray(compose_strip([frame("red"), frame("green"), frame("blue")]))
    height = strip.shape[0]
    assert 400 < strip.shape[1] < 420
    assert tuple(strip[height // 2 - 30, 100]) == (255, 0, 0)
    assert tuple(strip[height // 2 - 30, 310]) == (0, 128, 0)
    assert tuple(strip[-30, 100]) == (0, 0, 255)
    assert tuple(strip[-30, 310]) == (255, 255, 255)


def test_captions_differ_when_settings_do():
    one, two = (compose_strip([frame("red", text)]) for text in ("rate 0.1", "rate 0.2"))
    assert one.size == two.size
    assert one.tobytes() != two.tobytes()


def test_long_settings_are_wrapped_and_stay_over_their_frame():
    settings = ", ".join(f"setting {number} at 0.5" for number in range(6))
    short = compose_strip([frame("red"), frame("red")])
    long = compose_strip([frame("red", settings), frame("red", "a 1")])
    assert long.height > short.height
    right_caption = np.asarray(long)[20 : long.height - 110, 202:]
    assert (right_caption[20:] == 255).all()


def test_small_png_keeps_flat_colours():
    picture = compose_strip([frame("red"), frame("blue")])
    stored = Image.open(io.BytesIO(small_png(picture))).convert("RGB")
    assert np.abs(np.asarray(stored).astype(int) - np.asarray(picture)).max() < 8
