"""Stores a lesson's outputs in its notebook: small, clean, and the same on every machine."""

import copy
import hashlib
import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from coursekit.cli.executing import Execution, code_cells
from coursekit.files import replacing

_KEPT_CELL_METADATA = {"coursekit", "deletable", "editable", "jupyter", "nbgrader", "tags"}
_TRANSIENT_TAGS = {"injected-parameters", "papermill-error-cell-tag", "papermill-error-cell"}
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_IMAGE_DATA = re.compile(r"base64,[A-Za-z0-9+/=\s]+")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_HOMES_AND_PACKAGES = r"/home/|/Users/|[A-Z]:\\\\?Users\\|site-packages|dist-packages|ipykernel_\d"


def save_outputs(execution: Execution, path: Path) -> None:
    """Write an execution's outputs into the lesson's file.

    Parameters
    ----------
    execution : Execution
        One that did not fail and has no blemishes.
    path : Path
        The lesson.
    """
    notebook = clean_notebook(execution.notebook, execution.seconds)
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"
    with replacing(path) as file:
        file.write(text.encode())


def find_blemishes(notebook: nbformat.NotebookNode) -> list[str]:
    """Find what must not be stored in a lesson: warnings, errors, traces of the machine.

    Parameters
    ----------
    notebook : NotebookNode
        An executed lesson.

    Returns
    -------
    list of str
        One sentence each, with the cell's number; empty when all is clean.
    """
    return [
        f"cell [{cell.execution_count}] {blemish}"
        for cell in code_cells(notebook)
        for output in cell.outputs
        for blemish in _blemishes(output)
    ]


def clean_notebook(notebook: nbformat.NotebookNode, seconds: float) -> nbformat.NotebookNode:
    """Keep of an executed notebook what a reader needs and every run repeats.

    Parameters
    ----------
    notebook : NotebookNode
        An executed lesson; it is not changed.
    seconds : float
        Its run time in seconds, stored as ``measured_seconds``.

    Returns
    -------
    NotebookNode
        With minimal metadata, execution counts from 1, streams merged, no widget state.
    """
    cleaned = copy.deepcopy(notebook)
    facts = {
        **notebook.metadata.get("coursekit", {}),
        "measured_seconds": math.ceil(seconds),
        "code_sha256": code_fingerprint([cell.source for cell in code_cells(notebook)]),
    }
    cleaned.metadata = nbformat.from_dict(
        {
            "coursekit": facts,
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    cleaned.nbformat, cleaned.nbformat_minor = 4, 5
    for place, cell in enumerate(cleaned.cells):
        cell.metadata = _clean_metadata(cell.metadata)
        cell.setdefault("id", _stable_id(place, cell.source))
    _clean_outputs(cleaned)
    nbformat.validate(cleaned)
    return cleaned


def code_fingerprint(sources: Sequence[str]) -> str:
    """Give a fingerprint of a notebook's code, by which stale outputs are found.

    Parameters
    ----------
    sources : sequence of str
        The sources of the code cells, in order.

    Returns
    -------
    str
        A SHA-256 in hexadecimal digits.
    """
    return hashlib.sha256(json.dumps(list(sources)).encode()).hexdigest()


def _clean_metadata(metadata: dict[str, Any]) -> nbformat.NotebookNode:
    kept = {key: value for key, value in metadata.items() if key in _KEPT_CELL_METADATA}
    tags = [tag for tag in kept.pop("tags", []) if tag not in _TRANSIENT_TAGS]
    return nbformat.from_dict({**kept, "tags": tags} if tags else kept)


def _stable_id(place: int, source: str) -> str:
    """Give an id to a cell that has none: the same at every run."""
    return hashlib.sha256(f"{place}:{source}".encode()).hexdigest()[:8]


def _clean_outputs(notebook: nbformat.NotebookNode) -> None:
    count = 0
    for cell in code_cells(notebook):
        ran = cell.execution_count is not None
        count += ran
        cell.execution_count = count if ran else None
        cell.outputs = list(_merged(filter(None, map(_clean_output, cell.outputs))))
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def _clean_output(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """Drop the widget view, whose model dies with the kernel, and what only named it."""
    data = output.get("data", {})
    if data.pop(_WIDGET_VIEW, None) is not None and set(data) <= {"text/plain"}:
        return None
    return output


def _merged(outputs: Iterator[nbformat.NotebookNode]) -> Iterator[nbformat.NotebookNode]:
    """Merge neighbouring pieces of one stream: how print is cut into pieces is chance."""
    before: nbformat.NotebookNode | None = None
    for output in outputs:
        if before and output.output_type == "stream" and before.get("name") == output.name:
            before.text += output.text
            continue
        if before:
            yield before
        before = output
    if before:
        yield before


def _blemishes(output: nbformat.NotebookNode) -> Iterator[str]:
    if output.output_type == "error":
        yield f"raises {output.ename}: {output.evalue}"
        return
    text = _readable_text(output)
    if output.get("name") == "stderr":
        yield f"writes to standard error: {_excerpt(text, 0)}"
        return
    for pattern, what in ((_machine_paths(), "a path of this machine"), (_ADDRESS, "an address")):
        if found := pattern.search(text):
            yield f"shows {what}: {_excerpt(text, found.start())}"


def _readable_text(output: nbformat.NotebookNode) -> str:
    """Give all text of an output without its pictures."""
    if output.output_type == "stream":
        return str(output.text)
    parts = [
        value if isinstance(value, str) else json.dumps(value)
        for kind, value in output.get("data", {}).items()
        if kind not in ("image/png", "image/jpeg", _WIDGET_VIEW)
    ]
    return _IMAGE_DATA.sub("base64,", "\n".join(parts))


def _machine_paths() -> re.Pattern[str]:
    """Match the folders of this user and this machine, and what such folders look like."""
    folders = {str(Path.home()), tempfile.gettempdir(), sys.prefix, os.getcwd()} - {"/", "/usr"}
    own = "|".join(re.escape(folder) for folder in sorted(folders, key=len, reverse=True))
    return re.compile(rf"(?<![\w.-])(?:(?:{own})(?![\w-])|{_HOMES_AND_PACKAGES})")


def _excerpt(text: str, start: int) -> str:
    lines = text[start:].strip().splitlines()
    return lines[0][:120] if lines else "(an empty line)"
