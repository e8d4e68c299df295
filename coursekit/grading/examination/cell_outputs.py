"""What a cell put out, within bounds: texts and pictures, and nothing that a browser would run."""

import base64
import binascii
import io
from typing import Any

from ..legible import legible

MOST_TEXT = 64 << 10  # characters of one cell
MOST_IMAGES = 20
MOST_IMAGE_BYTES = 2 << 20
MOST_OUTPUTS = 200
_CUT_NOTE = "\n[The output is cut here: it is too long.]"
_IMAGE_NOTE = "[A picture is left out: there are too many, or it is too large.]"
_PNG_START = b"\x89PNG\r\n\x1a\n"

_encode, _decode = base64.b64encode, base64.b64decode


def clean_text(text: Any, most: int = MOST_TEXT) -> str:
    """Make a text safe to store: no control characters, no broken Unicode, not too long."""
    return legible(text[:most]) if type(text) is str else ""


class CellOutputs:
    """Collects the outputs of one cell."""

    def __init__(self) -> None:
        self._outputs: list[dict[str, str]] = []
        self._texts: list[str] = []
        self._n_characters = 0
        self._n_images = 0

    def add_text(self, text: str) -> None:
        """Add a text, as far as there is room."""
        if self._n_characters > MOST_TEXT:
            return
        room = MOST_TEXT - self._n_characters
        self._n_characters += len(text)
        self._texts.append(text if len(text) <= room else text[:room] + _CUT_NOTE)
        if len(self._texts) > 1000:  # many small writes would take much more than their characters
            self._texts = ["".join(self._texts)]

    def add_png(self, picture: bytes | str) -> None:
        """Add a picture, as bytes or in base64."""
        encoded = _encode(picture).decode() if isinstance(picture, bytes) else str(picture)
        self._n_images += 1
        if self._n_images > MOST_IMAGES or len(encoded) > MOST_IMAGE_BYTES * 4 // 3 + 4:
            if self._n_images <= MOST_IMAGES + 1:
                self.add_text(_IMAGE_NOTE + "\n")
            return
        self._end_text()
        self._outputs.append({"png": encoded.replace("\n", "")})

    def add_bundle(self, data: dict[str, Any]) -> None:
        """Add what a rich display gives: its picture if it has one, else its text."""
        if isinstance(data.get("image/png"), bytes | str):
            self.add_png(data["image/png"])
        elif isinstance(data.get("text/plain"), str):
            self._break_line()
            self.add_text(data["text/plain"] + "\n")

    def _break_line(self) -> None:
        if self._texts and not self._texts[-1].endswith("\n"):
            self.add_text("\n")

    def _end_text(self) -> None:
        text = "".join(self._texts)
        self._texts = []
        if text:
            self._outputs.append({"text": text})

    def take(self) -> list[dict[str, str]]:
        """Give all outputs, and begin anew."""
        self._end_text()
        outputs = self._outputs[:MOST_OUTPUTS]
        self.__init__()  # type: ignore[misc]
        return outputs


class CapturedStream(io.TextIOBase):
    """Standard output or error of a learner's process."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, outputs: CellOutputs, name: str) -> None:
        self._add_text = outputs.add_text
        self.name = name

    def write(self, text: str) -> int:
        """Keep a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._add_text(text)
        return len(text)

    def writable(self) -> bool:
        """Tell that it takes texts."""
        return True


def checked_outputs(outputs: Any) -> tuple[dict[str, str], ...]:
    """Keep of the outputs that a learner's process sent what they may be.

    Returns
    -------
    tuple of dict
        Each ``{"text": ...}`` or ``{"png": base64}``.
    """
    kept: list[dict[str, str]] = []
    n_images = 0
    for output in outputs[:MOST_OUTPUTS] if type(outputs) is list else ():
        text, picture = (
            output.get(key) if type(output) is dict else None for key in ("text", "png")
        )
        if type(text) is str:
            kept.append({"text": clean_text(text, MOST_TEXT + len(_CUT_NOTE))})
        elif type(picture) is str and n_images < MOST_IMAGES and _is_png(picture):
            n_images += 1
            kept.append({"png": picture})
    return tuple(kept)


def _is_png(picture: str) -> bool:
    if len(picture) > MOST_IMAGE_BYTES * 4 // 3 + 4:
        return False
    try:
        return _decode(picture, validate=True).startswith(_PNG_START)
    except (binascii.Error, ValueError):
        return False
