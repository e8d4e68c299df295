"""Film strips: a few captioned states of an explorable in one still picture.

A strip stands in for the live explorable wherever no kernel answers: on GitHub, in the book, in
a stored notebook.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

_LINE = 17  # pixels: height of a line of a caption
_GAP = 12  # pixels between frames
_INK = "#262626"
_MUTED = "#595959"


class Frame(NamedTuple):
    """One state: what it is called, its settings in words, its picture."""

    title: str
    settings: str
    picture: Image.Image


def compose_strip(frames: Sequence[Frame], n_columns: int = 2) -> Image.Image:
    """Arrange captioned frames of one size in rows.

    Parameters
    ----------
    frames : sequence of Frame
        At least one.
    n_columns : int
        Frames in a row.

    Returns
    -------
    PIL.Image.Image
        An RGB picture on white.
    """
    width, height = frames[0].picture.size
    captions = [_wrap(frame, width) for frame in frames]
    caption_height = _LINE * max(len(lines) for lines in captions) + 6
    n_rows = -(-len(frames) // n_columns)
    cell_width, cell_height = width + _GAP, height + caption_height + _GAP
    strip = Image.new("RGB", (n_columns * cell_width - _GAP, n_rows * cell_height - _GAP), "white")
    for index, (frame, lines) in enumerate(zip(frames, captions, strict=True)):
        row, column = divmod(index, n_columns)
        left, top = column * cell_width, row * cell_height
        _write(strip, lines, (left + 6, top + 2))
        strip.paste(frame.picture, (left, top + caption_height))
    return strip


def small_png(picture: Image.Image, n_colors: int = 256) -> bytes:
    """Encode a picture as PNG with few colours, small rather than quick."""
    buffer = io.BytesIO()
    picture.quantize(n_colors).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def _wrap(frame: Frame, width: int) -> list[str]:
    """Break the settings into lines between one setting and the next."""
    lines = [frame.title, ""]
    for setting in frame.settings.split(", "):
        longer = f"{lines[-1]}, {setting}" if lines[-1] else setting
        if _font("normal", 12).getlength(longer) <= width - 16:
            lines[-1] = longer
        else:
            lines[-1] += ","
            lines.append(setting)
    return lines


def _write(strip: Image.Image, lines: Sequence[str], corner: tuple[int, int]) -> None:
    pen, (left, top) = ImageDraw.Draw(strip), corner
    pen.text((left, top), lines[0], fill=_INK, font=_font("bold", 13))
    for row, line in enumerate(lines[1:], start=1):
        pen.text((left, top + row * _LINE), line, fill=_MUTED, font=_font("normal", 12))


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    # Matplotlib ships DejaVu Sans, so the captions look the same on every machine.
    properties = font_manager.FontProperties(family="DejaVu Sans", weight=weight)
    return ImageFont.truetype(font_manager.findfont(properties), size)
