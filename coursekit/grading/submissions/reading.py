"""Reads a submitted notebook with plain json, forgives what does no harm, and says what it forgave.

Whether a notebook is valid in every detail is no matter here: only cells and their marks are used.
"""

import codecs
import json
import os
import re
import stat
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from ..records import Submission
from .archives import MOST_BYTES, ArchiveError, read_member

CellKind = Literal["code", "markdown", "raw"]
_MOST_CELLS, _MOST_CODE, _MOST_PIECES = 5_000, 5 * 2**20, 8_000_000
_AGAIN = "ask for it again, opened and saved in Jupyter"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)


class UnreadableError(ValueError):
    """Raised when a submission cannot be graded.

    Attributes
    ----------
    reason : str
        Why, and what to do, in a plain sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class StudentCell:
    """One cell of a submitted notebook.

    Attributes
    ----------
    number : int
        Its place, all kinds counted, from 1.
    kind : {"code", "markdown", "raw"}
    source : str
    grade_id : str
        nbgrader's id; empty if there is none.
    tags : tuple of str
    """

    number: int
    kind: CellKind
    source: str
    grade_id: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class StudentNotebook:
    """What was read of a submitted notebook.

    Attributes
    ----------
    cells : tuple of StudentCell
    course_facts : Mapping
        What its metadata holds under ``coursekit``.
    notes : tuple of str
        What was forgiven, in plain sentences.
    """

    cells: tuple[StudentCell, ...]
    course_facts: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def read_cells(submission: Submission) -> StudentNotebook:
    """Read the cells of a submitted notebook.

    Parameters
    ----------
    submission : Submission

    Returns
    -------
    StudentNotebook

    Raises
    ------
    UnreadableError
        If the file cannot be read, is too large, or is no notebook; nothing else is raised.
    """
    if submission.problem:
        raise UnreadableError(submission.problem)
    notes: list[str] = []
    try:
        notebook = _parsed(_text(_content(submission), notes), notes)
        cells = _cells(_as_version_4(notebook, notes), notes)
    except MemoryError as error:
        raise UnreadableError(
            "it is too large for this machine: ask for it again with outputs cleared"
        ) from (error)
    metadata = notebook.get("metadata")
    facts = metadata.get("coursekit") if isinstance(metadata, dict) else None
    return StudentNotebook(cells, facts if isinstance(facts, dict) else {}, tuple(notes))


def _content(submission: Submission) -> bytes:
    if submission.member is None:
        return _file_content(submission.path)
    try:
        return read_member(submission.path, submission.member)
    except ArchiveError as error:
        raise UnreadableError(str(error)) from error


def _file_content(path: Path) -> bytes:
    # What was a file when it was found may have become a link or a pipe since.
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        number = os.open(path, flags)
    except (OSError, ValueError) as error:  # ValueError: its name holds what no name may hold
        why = getattr(error, "strerror", None) or error
        raise UnreadableError(f"it cannot be opened: {why}") from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise UnreadableError("it is a pipe, a device or a folder, not a file")
    with os.fdopen(number, "rb") as file:
        try:
            content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise UnreadableError(f"it cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        limit = MOST_BYTES // 2**20
        raise UnreadableError(
            f"it is larger than {limit} MB: ask for it again with outputs cleared"
        )
    return content


def _text(content: bytes, notes: list[str]) -> str:
    if not content.strip(b" \t\r\n\0"):
        what = "holds nothing but NUL bytes" if content.strip() else "is empty"
        raise UnreadableError(f"the file {what}: ask for it again")
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise UnreadableError(f"the file is damaged ({encoding}): {_AGAIN}") from None
        text = content.decode("cp1252", "replace")
        notes.append("The file is not UTF-8: it was read as Windows-1252; accents may be wrong.")
    if "\0" in text:
        notes.append("The file holds NUL bytes: they were dropped.")
        text = text.replace("\0", "")
    return text


def _parsed(text: str, notes: list[str]) -> dict[str, Any]:
    # Two characters may become a hundred bytes: texts and brackets are counted first.
    if text.count('"') // 2 + text.count("{") + text.count("[") > _MOST_PIECES:
        raise UnreadableError(
            "its outputs are too many to read: ask for it again with outputs cleared"
        )
    try:
        notebook = _loads(text, notes)
    except RecursionError:
        raise UnreadableError(f"its JSON is nested too deeply: {_AGAIN}") from None
    except ValueError as error:
        raise UnreadableError(_why_no_json(text, error)) from None
    if not isinstance(notebook, dict) or not {"cells", "worksheets"} & notebook.keys():
        raise UnreadableError("it is JSON, but not a notebook: ask for the .ipynb file")
    return notebook


def _loads(text: str, notes: list[str]) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer of more digits than Python converts
        notes.append("It holds a number of thousands of digits: it was read as 0.")
        return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 99 else 0)


def _why_no_json(text: str, error: ValueError) -> str:
    start = text[:500].lstrip().casefold()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        return "it is a web page, not a notebook: ask for the .ipynb file itself"
    if re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
        return "it holds the marks of an unresolved git merge: ask for it again"
    place = (
        f" at line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
    )
    return f"it is damaged: not valid JSON{place}. Ask for it again"


def _as_version_4(notebook: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    if "worksheets" in notebook and "cells" not in notebook:
        return _converted(notebook, notes)
    if notebook.get("nbformat") != 4:
        notes.append("It does not say that it is of notebook format 4: it was read as if it did.")
    return notebook


def _converted(notebook: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """Convert a format that Jupyter has not written since 2015."""
    import nbformat  # costs more than all else here, and is hardly ever needed

    version = notebook.get("nbformat")
    version = version if version in (2, 3) else 3
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old = nbformat.reader.reads(json.dumps(notebook | {"nbformat": version}))
            converted = nbformat.convert(old, 4)
    except Exception as error:
        reason = f"its old notebook format cannot be converted ({type(error).__name__}): {_AGAIN}"
        raise UnreadableError(reason) from error
    notes.append(f"It is of the old notebook format {version}: it was converted.")
    return dict(converted)


def _cells(notebook: dict[str, Any], notes: list[str]) -> tuple[StudentCell, ...]:
    cells = notebook["cells"]
    if not isinstance(cells, list):
        raise UnreadableError(f"it holds no list of cells: {_AGAIN}")
    if len(cells) > _MOST_CELLS:
        raise UnreadableError(f"it holds {len(cells)} cells; more than {_MOST_CELLS} are not read")
    read = tuple(
        _cell(number, cell, notes)
        for number, cell in enumerate(cells, start=1)
        if isinstance(cell, dict)
    )
    if len(read) < len(cells):
        notes.append(f"{len(cells) - len(read)} of its cells are no cells: they were left out.")
    if sum(len(cell.source) for cell in read) > _MOST_CODE:
        megabytes = _MOST_CODE // 2**20
        raise UnreadableError(
            f"its cells hold more than {megabytes} MB of text, far more than anyone writes"
        )
    return read


def _cell(number: int, cell: dict[str, Any], notes: list[str]) -> StudentCell:
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict):
        notes.append(f"The metadata of cell {number} is damaged: it was left out.")
        metadata = {}
    mark = metadata.get("nbgrader")
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    tags = metadata.get("tags")
    return StudentCell(
        number=number,
        kind=_kind(number, cell, notes),
        source=_source(number, cell, notes),
        grade_id=grade_id if isinstance(grade_id, str) else "",
        tags=tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else (),
    )


def _kind(number: int, cell: dict[str, Any], notes: list[str]) -> CellKind:
    kind = cell.get("cell_type")
    if kind in ("code", "markdown", "raw"):
        return cast(CellKind, kind)
    guess: CellKind = "code" if {"outputs", "execution_count"} & cell.keys() else "raw"
    what = "was read as code" if guess == "code" else "is not run"
    notes.append(f"Cell {number} is neither code nor text by its type: it {what}.")
    return guess


def _source(number: int, cell: dict[str, Any], notes: list[str]) -> str:
    source = next((cell[name] for name in ("source", "input") if name in cell), None)
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        notes.append(f"The text of cell {number} is damaged or missing: what is text was kept.")
        lines = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    text = "".join(lines)
    if _LONE_SURROGATE.search(text):
        notes.append(f"Cell {number} holds half a character: it was replaced.")
        text = _LONE_SURROGATE.sub("\ufffd", text)
    return text
