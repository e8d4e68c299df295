"""Writes grades as Canvas, Moodle or Gradescope reads them, and says what to look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .canvas import write_canvas
from .grades import Grade
from .gradescope import write_gradescope
from .moodle import write_moodle
from .rosters import Roster

FORMATS = ("canvas", "moodle", "gradescope")


@dataclass(frozen=True)
class Written:
    """The files of one format, and what the teacher should know about them."""

    paths: tuple[Path, ...]
    remarks: tuple[str, ...] = ()


def write_format(
    name: str, output: Path, grades: Sequence[Grade], roster: Roster | None = None
) -> Written:
    """Write the grades as a platform reads them.

    A grade that is not final stays empty everywhere, never 0.

    Parameters
    ----------
    name : {"canvas", "moodle", "gradescope"}
        How to upload what is written says the module of that name.
    output : Path
        Folder that results go into.
    grades : sequence of Grade
    roster : Roster, optional
        The list of the class that the platform exported; learners who are not on it are still
        written, and named in the remarks.

    Returns
    -------
    Written

    Raises
    ------
    ValueError
        If there is no such format.
    RosterError
        If the roster does not fit the format.
    OutputError
        If a file cannot be written.
    """
    counted = [grade for grade in grades if grade.counts]
    if name == "canvas":
        path, strangers = write_canvas(output, counted, roster)
        return Written((path,), (*_strangers(strangers, roster), *_waiting(counted)))
    if name == "moodle":
        paths, strangers, remarks = write_moodle(output, counted, roster)
        return Written(tuple(paths), (*_strangers(strangers, roster), *remarks, *_waiting(counted)))
    if name == "gradescope":
        return Written(write_gradescope(output, counted), tuple(_waiting(counted)))
    raise ValueError(f"there is no format {name!r}: choose one of {', '.join(FORMATS)}")


def _strangers(strangers: Sequence[str], roster: Roster | None) -> Iterator[str]:
    if roster and strangers:
        yield (
            f"{len(strangers)} not found on the roster, or there more than once; give them their "
            f"grades by hand: {', '.join(strangers)}"
        )


def _waiting(grades: Sequence[Grade]) -> Iterator[str]:
    waiting = sorted({grade.result.student for grade in grades if not grade.is_final})
    if waiting:
        yield f"{len(waiting)} without a grade until you decide: {', '.join(waiting)}"
