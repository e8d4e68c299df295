"""Reads the list of a class that Canvas or Moodle exports, and finds each learner in it."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .adjustments import plain_name

# Columns that name a person, as the two platforms head them; the first that fits decides.
_KEYS = (
    "id",
    "identifier",
    "sis user id",
    "sis login id",
    "id number",
    "username",
    "email address",
    "email",
)
_NAMES = ("student", "full name", "student name", "name")


class RosterError(ValueError):
    """Raised when a list of a class cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Roster:
    """The list of a class.

    Attributes
    ----------
    header : tuple of str
    rows : tuple of tuple of str
        As many cells each as the header; rows that name nobody are left out.
    delimiter : str
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","

    def column(self, name: str) -> int | None:
        """Find a column by its heading, whatever its case."""
        headings = [heading.strip().casefold() for heading in self.header]
        return headings.index(name.casefold()) if name.casefold() in headings else None

    def cell(self, row: tuple[str, ...], name: str) -> str:
        """Give the cell of a row under a heading; nothing, if there is no such column."""
        place = self.column(name)
        return row[place].strip() if place is not None else ""

    def match(self, students: Iterable[str]) -> dict[str, int]:
        """Find learners by id, login, address or name.

        Names are compared without case, and in either order ("Lee, Ann" is "Ann Lee"). Who fits
        several rows is not found, nor are two who fit the same row: nobody may get the grade of
        somebody else.

        Parameters
        ----------
        students : iterable of str

        Returns
        -------
        dict of str to int
            The row of each that was found.
        """
        known = self._known()
        fitting = {student: _rows_of(student, known) for student in students}
        found = {student: next(iter(rows)) for student, rows in fitting.items() if len(rows) == 1}
        claims = Counter(found.values())
        return {student: row for student, row in found.items() if claims[row] == 1}

    def _known(self) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
        """Give the rows of every key, and those of every name: a key is surer than a name."""
        keys: dict[str, set[int]] = defaultdict(set)
        names: dict[str, set[int]] = defaultdict(set)
        for number, row in enumerate(self.rows):
            for heading in _KEYS:
                for form in _key_forms(self.cell(row, heading)):
                    keys[form].add(number)
            for form in self._names(row):
                names[form].add(number)
        return keys, names

    def _names(self, row: tuple[str, ...]) -> Iterator[str]:
        for heading in _NAMES:
            yield from forms(self.cell(row, heading))
        first, last = self.cell(row, "first name"), self.cell(row, "last name")
        yield from forms(f"{first} {last}".strip() if first and last else "")


def _rows_of(student: str, known: Iterable[dict[str, set[int]]]) -> set[int]:
    """Give the rows that fit a learner, by the surest way that fits any."""
    for way in known:
        rows = set().union(*(way.get(form, set()) for form in forms(student)))
        if rows:
            return rows
    return set()


def _key_forms(key: str) -> set[str]:
    """Give the forms of a key: a login also without its domain, a participant's bare number."""
    plain = plain_name(key)
    number = re.fullmatch(r"\D+ (\d+)", plain)
    return {plain, plain.split("@")[0], number[1] if number else plain} - {""}


def forms(name: str) -> set[str]:
    """Give the forms in which a name may be written.

    A number in brackets is what tells students of one name apart: that of the platform.
    """
    numbered = re.fullmatch(r"(?P<name>.+) \((?P<number>\d+)\)", name)
    if numbered:
        return {numbered["number"], *forms(numbered["name"])}
    plain = plain_name(name.replace("_", " "))
    last, comma, first = plain.partition(",")
    # Canvas names files by the letters of the last and the first name, without a space.
    together = re.sub(r"\W", "", plain)
    turned = f"{first.strip()} {last.strip()}" if comma else plain
    return {plain_name(name), plain, turned, together} - {""}


def read_roster(path: Path) -> Roster:
    """Read the list of a class.

    Parameters
    ----------
    path : Path
        What Canvas ("Grades", "Export") or Moodle ("Download grading worksheet") gives.

    Returns
    -------
    Roster

    Raises
    ------
    RosterError
        If it cannot be read, or no column names people.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RosterError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RosterError(f"{path} is not UTF-8: export it again, or save it as UTF-8") from error
    first = text.splitlines()[:1]
    delimiter = max(",;\t", key=(first or [""])[0].count)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error as error:
        raise RosterError(f"{path} is not valid CSV: {error}") from error
    return _roster(path, rows, delimiter)


def _roster(path: Path, rows: list[list[str]], delimiter: str) -> Roster:
    header = tuple(rows[0]) if rows else ()
    roster = Roster(header, (), delimiter)
    if not any(roster.column(name) is not None for name in (*_KEYS, *_NAMES, "first name")):
        raise RosterError(
            f"{path} has no column that names people, such as {_NAMES[0]!r}, {_NAMES[1]!r} or "
            f"{_KEYS[0]!r}: its first line is {', '.join(header) or 'empty'}"
        )
    padded = [tuple([*row, *[""] * len(header)][: len(header)]) for row in rows[1:]]
    named = [row for row in padded if any(roster._names(row)) or _has_key(roster, row)]
    people = tuple(row for row in named if "points possible" not in row[0].casefold())
    return Roster(header, people, delimiter)


def _has_key(roster: Roster, row: tuple[str, ...]) -> bool:
    return any(roster.cell(row, heading) for heading in _KEYS)
