"""A picture with fixed axes in which only the moving parts are redrawn."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from coursekit.plotting.style import PALETTE

Artists = Mapping[str, Any]
"""The moving parts of a picture by name: matplotlib artists that ``setup`` made."""

_NAMES = ["blue", "orange", "green", "red", "pink", "brown", "rose", "grey", "yellow", "sky"]

COLORS = dict(zip(_NAMES, PALETTE, strict=True)) | {"ink": "#262626"}
"""The course's colour-blind palette by name, and the colour of text."""

_STYLE = {
    "axes.edgecolor": "#8c8c8c",
    "axes.labelcolor": COLORS["ink"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "legend.frameon": False,
    "legend.fontsize": "small",
    "legend.handlelength": 2.4,
    "xtick.color": "#595959",
    "xtick.labelsize": "small",
    "ytick.color": "#595959",
    "ytick.labelsize": "small",
}


class Canvas:
    """Draw data into a figure whose background was drawn once (blitting, without pyplot).

    The reader's own matplotlib settings do not change it: the same data gives the same pixels.
    Method: https://matplotlib.org/stable/users/explain/animations/blitting.html

    Parameters
    ----------
    setup : callable
        Fills a figure with axes and returns its moving artists by name. Every axis limit is set
        here and never changes again; moving artists outside the axes get no room of their own.
    draw : callable
        Moves the artists to show the data.
    size : tuple of float
        Width and height in inches.
    font_size : float
        Size of the text in points.
    """

    dpi = 100

    def __init__(
        self,
        setup: Callable[[Figure], Artists],
        draw: Callable[[Artists, Any], None],
        *,
        size: tuple[float, float],
        font_size: float = 10,
    ) -> None:
        self._draw = draw
        with matplotlib.style.context(["default", {**_STYLE, "font.size": font_size}]):
            self.figure = Figure(figsize=size, dpi=self.dpi, layout="constrained")
            self._agg = FigureCanvasAgg(self.figure)
            self.artists = setup(self.figure)
            for artist in self.artists.values():
                artist.set_animated(True)
                artist.set_in_layout(False)  # where it starts must not shape the axes
            self._agg.draw()
        self._background = self._agg.copy_from_bbox(self.figure.bbox)

    def render(self, data: Any) -> Image.Image:
        """Return the RGB picture of the data."""
        self._draw(self.artists, data)
        self._agg.restore_region(self._background)
        for artist in sorted(self.artists.values(), key=lambda artist: artist.get_zorder()):
            artist.axes.draw_artist(artist)
        return Image.fromarray(np.asarray(self._agg.buffer_rgba())[..., :3])


def png_bytes(picture: Image.Image) -> bytes:
    """Encode a picture as PNG, quickly rather than small."""
    buffer = io.BytesIO()
    picture.save(buffer, "png", compress_level=1)
    return buffer.getvalue()
