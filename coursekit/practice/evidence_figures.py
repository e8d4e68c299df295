"""Finds the figure of a lesson that stands behind each of its claims."""

import base64
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# As `coursekit.evidence` stores it, which this room does not import.
CLAIM_MIME_TYPE = "application/vnd.coursekit.claim+json"
MAX_WIDTH = 900


class EvidenceError(ValueError):
    """Raised for a lesson whose stored outputs cannot be read; the message names the file."""


@dataclass(frozen=True)
class Evidence:
    """A claim that holds, and the figure that its lesson shows for it.

    Attributes
    ----------
    claim : str
        Its id, such as ``"DL-25.adam-leads-early"``.
    statement : str
        What it states.
    figure : bytes or None
        A PNG: the nearest one at or before the claim's cell, in the same section of the lesson.
    n_cells_between : int
        How many cells before the claim the figure stands; 0 without a figure.
    """

    claim: str
    statement: str
    figure: bytes | None = None
    n_cells_between: int = 0


@dataclass(frozen=True)
class Picture:
    """A PNG to pack, named after its content: the same name never means another picture."""

    name: str
    content: bytes
    width: int
    height: int


def read_evidence(notebook: Path) -> dict[str, Evidence]:
    """Read the claims that hold from a lesson's stored outputs, each with its figure.

    A figure never crosses a heading of the second level: the picture of another section shows
    another experiment.

    Parameters
    ----------
    notebook : Path
        A lesson with stored outputs; read as plain JSON.

    Returns
    -------
    dict of str to Evidence
        By the claim's id, in the order of the cells. A claim that was made twice counts once, as
        it was made last.

    Raises
    ------
    EvidenceError
        If the file is no notebook, or a figure in it is no base64.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return {found.claim: found for found in _walk(cells)}
    except OSError as error:
        raise EvidenceError(f"{notebook} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvidenceError(f"{notebook}: not a notebook that can be read: {error!r}") from error


def choose_evidence(claims: Iterable[str], found: dict[str, Evidence]) -> Evidence | None:
    """Choose the claim that shows a question's answer best: the one closest to its figure.

    Parameters
    ----------
    claims : iterable of str
        The question's claims, the most important one first.
    found : dict of str to Evidence
        What :func:`read_evidence` found.

    Returns
    -------
    Evidence or None
        The first of the closest; without any figure the first claim that holds; None without one.
    """
    there = [found[claim] for claim in claims if claim in found]
    shown = [evidence for evidence in there if evidence.figure is not None]
    if shown:
        return min(shown, key=lambda evidence: evidence.n_cells_between)
    return there[0] if there else None


def make_picture(figure: bytes, max_width: int = MAX_WIDTH) -> Picture:
    """Make a figure small enough for a card.

    Parameters
    ----------
    figure : bytes
        A PNG.
    max_width : int
        In pixels; a wider figure is shrunk to it.

    Returns
    -------
    Picture

    Raises
    ------
    EvidenceError
        If the bytes are no picture.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(figure)) as image:
            image.load()
            if image.width > max_width:
                figure, image = _shrink(image, max_width)
            name = f"coursekit-{hashlib.sha256(figure).hexdigest()[:20]}.png"
            return Picture(name, figure, image.width, image.height)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise EvidenceError(f"a figure is no PNG that can be read: {error}") from error


def _walk(cells: list[dict[str, Any]]) -> Iterable[Evidence]:
    figure: tuple[int, str] | None = None
    for place, cell in enumerate(cells):
        if cell["cell_type"] == "markdown" and _text(cell["source"]).startswith("## "):
            figure = None
        outputs = [output.get("data", {}) for output in cell.get("outputs", [])]
        for data in outputs:
            if "image/png" in data:
                figure = (place, _text(data["image/png"]))
        for data in outputs:
            record = data.get(CLAIM_MIME_TYPE)
            if record and record["holds"]:
                yield _evidence(record, place, figure)


def _evidence(record: dict[str, Any], place: int, figure: tuple[int, str] | None) -> Evidence:
    if figure is None:
        return Evidence(record["id"], record["statement"])
    there, text = figure
    return Evidence(record["id"], record["statement"], base64.b64decode(text), place - there)


def _text(value: str | list[str]) -> str:
    """Join what the notebook format lets stand as one string or as its lines."""
    return value if isinstance(value, str) else "".join(value)


def _shrink(image: Any, width: int) -> tuple[bytes, Any]:
    from PIL import Image

    # A palette cannot be blended, so a picture with one gets its colours back first.
    full = image.convert("RGBA") if image.mode in ("P", "PA") else image
    small = full.resize(
        (width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS
    )
    file = io.BytesIO()
    small.save(file, format="PNG", optimize=True)
    return file.getvalue(), small
