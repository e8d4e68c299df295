"""What the pages for learners and for the teacher share: templates, safe text, signs, paths.

Every text on a page may come from a learner. It is escaped by the templates without exception,
rid of signs that would garble the page, and the page itself forbids the browser everything but
its own style and pictures.
"""

import itertools
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from coursekit.checks import outcomes

from ..legible import legible
from ..submissions.naming import folder_name
from .grades import Grade

if TYPE_CHECKING:
    from jinja2 import Environment

FEEDBACK = "feedback"
#: The signs and colours of a check, and those of what a person decides.
SIGNS = {**outcomes.SIGNS, "review": "?", "manual": "✎"}
COLOURS = {**outcomes.COLOURS, "review": "#8f6400", "manual": "#6a4c93"}
_LESSON = re.compile(r"\d{2}(_[a-z0-9]+)*")
_TEMPLATES = Path(__file__).parent / "templates"


def shortened(text: str, most: int) -> str:
    """Cut a text that is too long to be read, and say how much was left out."""
    if len(text) <= most:
        return text
    return f"{text[:most]}\n… {len(text) - most:,} more characters left out"


def points_text(points: float | None) -> str:
    """Write points: 3 and not 3.0; a dash as long as nobody has decided."""
    return "–" if points is None else f"{round(points, 2):g}"


def change_text(points: float) -> str:
    """Write points that are added or taken off, with a sign."""
    noun = "point" if abs(points) == 1 else "points"
    return f"{'−' if points < 0 else '+'}{points_text(abs(points))} {noun}"


def one_or_many(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> one_or_many(1, "check"), one_or_many(2, "check")
    ('1 check', '2 checks')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def page(template: str, **facts: Any) -> str:
    """Fill a template; every text in `facts` is cleaned and escaped."""
    return _environment().get_template(template).render(**facts)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def finalize(value: Any) -> Any:
        return legible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"change": change_text, "points": points_text, "shortened": shortened}
    environment.globals |= {"signs": SIGNS, "one_or_many": one_or_many}
    return environment


@cache
def lesson_title(name: str) -> str:
    """Give a lesson's number and title, its name where the course does not know it."""
    from coursekit.course import CourseError, find_lesson

    if not _LESSON.fullmatch(name):
        return name
    try:
        lesson = find_lesson(name)
    except CourseError:
        return name
    title = lesson.title.removeprefix(f"{lesson.number:02d}").lstrip(" ·.:")
    return f"{lesson.number:02d} · {title}"


def feedback_paths(grades: Sequence[Grade]) -> list[PurePosixPath]:
    """Say where the page of each submission is, from the folder of results.

    Parameters
    ----------
    grades : sequence of Grade

    Returns
    -------
    list of PurePosixPath
        ``feedback/<learner>/<lesson>.html``; files that do not count have a number. No two are
        the same, even where case does not matter.
    """
    folders = _folders(grades)
    taken: set[str] = set()
    paths: dict[int, PurePosixPath] = {}
    # The file that counts comes first, so that it has the plain name.
    for number in sorted(range(len(grades)), key=lambda number: not grades[number].counts):
        result = grades[number].result
        stem = f"{folders[result.student]}/{folder_name(result.lesson or 'unreadable')}"
        paths[number] = PurePosixPath(FEEDBACK, _free(stem, taken) + ".html")
    return [paths[number] for number in range(len(grades))]


def _folders(grades: Sequence[Grade]) -> dict[str, str]:
    """Give each learner a folder; names that become the same get a number."""
    taken: set[str] = set()
    students = sorted({grade.result.student for grade in grades})
    return {student: _free(folder_name(student), taken) for student in students}


def _free(name: str, taken: set[str]) -> str:
    """Give the name, or the name with a number if it is taken, and take it."""
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    free = next(each for each in itertools.chain([name], numbered) if each.casefold() not in taken)
    taken.add(free.casefold())
    return free


def link(path: PurePosixPath) -> str:
    """Write a path as a relative link."""
    return quote(str(path), safe="/")
