"""Reads what a teacher decides by hand: ``adjustments.csv``, which no run ever overwrites.

The file has four columns and one line a decision:

``student``
    As the gradebook names the learner.
``exercise``
    An exercise such as ``14_adam_step``: the points *take the place* of what was found, which is
    how checks for review and answers in words are decided. Or a lesson such as ``14_optimizers``:
    the points are *added* to its total, or taken off with a minus.
``points``
    A number, or nothing for a comment alone.
``comment``
    Shown to the learner on the page of feedback.
"""

import csv
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .output_folder import cannot_write

FILE_NAME = "adjustments.csv"
COLUMNS = ("student", "exercise", "points", "comment")


class AdjustmentError(ValueError):
    """Raised when the file of adjustments cannot be understood; the message names the lines."""


@dataclass(frozen=True)
class Adjustment:
    """One decision of a person.

    Attributes
    ----------
    line : int
        Its line in the file, from 1.
    student : str
    exercise : str
        An exercise, whose points it sets, or a lesson, to which it adds points.
    points : float or None
        None if there is only a comment.
    comment : str
    """

    line: int
    student: str
    exercise: str
    points: float | None
    comment: str = ""


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same but for case, spaces and the way accents are stored."""
    return plain_name(one) == plain_name(other)


def plain_name(name: str) -> str:
    """Give a name in the form in which names are compared."""
    text = unicodedata.normalize("NFKC", name).casefold()
    # The gradebook puts an apostrophe before what a spreadsheet would take for a formula.
    return " ".join(text.split()).removeprefix("'")


def read_adjustments(output: Path) -> tuple[Adjustment, ...]:
    """Read the adjustments in a folder of results; make the file, empty, if there is none.

    Parameters
    ----------
    output : Path
        Folder that results go into.

    Returns
    -------
    tuple of Adjustment
        In the order of the file.

    Raises
    ------
    AdjustmentError
        If a line cannot be understood, or two lines decide the same; every such line is named.
    OutputError
        If the file is not there and cannot be made.
    """
    path = output / FILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # "x": a file that is there is never touched.
        with open(path, "x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerow(COLUMNS)
    except FileExistsError:
        return tuple(_read(path))
    except OSError as error:
        raise cannot_write(path, error) from error
    return ()


def _read(path: Path) -> list[Adjustment]:
    faults: list[str] = []
    found: list[Adjustment] = []
    for line, row in _rows(path):
        try:
            found.append(_adjustment(line, row))
        except ValueError as error:
            faults.append(f"line {line}: {error}")
    faults += _contradictions(found)
    if faults:
        raise AdjustmentError(f"{path}: " + "; ".join(faults))
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AdjustmentError(f"{path} is not UTF-8: save it as 'CSV UTF-8'") from error
    except NotADirectoryError as error:
        told = f"{path.parent} is no folder: choose another one with --output"
        raise AdjustmentError(told) from error
    except OSError as error:
        raise AdjustmentError(f"{path} cannot be read: {error.strerror}") from error
    lines = text.splitlines(keepends=True)
    # Where the comma writes decimals, spreadsheets separate by semicolons.
    delimiter = max(",;\t", key=(lines or [","])[0].count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            if not header:
                header = _header(cells, path)
            elif any(cell.strip() for cell in cells):
                yield start, dict(zip(header, cells, strict=False))
            start = reader.line_num + 1
    except csv.Error as error:
        raise AdjustmentError(f"{path}: line {start}: not valid CSV: {error}") from error


def _header(cells: list[str], path: Path) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    missing = [name for name in COLUMNS[:3] if name not in header]
    if missing:
        raise AdjustmentError(
            f"{path}: line 1: no column {', '.join(missing)}; "
            f"the first line must be: {','.join(COLUMNS)}"
        )
    return header


def _adjustment(line: int, row: dict[str, str]) -> Adjustment:
    student, exercise, points, comment = (row.get(name, "").strip() for name in COLUMNS)
    if not student:
        raise ValueError("no student")
    if not exercise:
        raise ValueError("no exercise; to add points to a lesson's total, name the lesson")
    if not points and not comment:
        raise ValueError("neither points nor a comment")
    return Adjustment(line, student, exercise, _number(points) if points else None, comment)


def _number(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"points are {text!r}, which is no number") from None
    if not math.isfinite(number):
        raise ValueError(f"points are {text!r}, which is no number")
    return number


def _contradictions(found: list[Adjustment]) -> Iterator[str]:
    seen: dict[tuple[str, str], int] = {}
    for each in found:
        key = (plain_name(each.student), each.exercise)
        if key in seen:
            yield (
                f"lines {seen[key]} and {each.line} are both about {each.student!r} and "
                f"{each.exercise!r}: join them"
            )
        seen.setdefault(key, each.line)
