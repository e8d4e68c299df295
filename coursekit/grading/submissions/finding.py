"""Finds every submission in a folder or an archive, in any layout that is usual."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from coursekit.course import lessons

from ..records import Submission
from .archives import ArchiveError
from .handed_in import HandedIn, look_into, no_notebook
from .naming import (
    StudentKey,
    clean,
    is_lesson,
    short_hash,
    student_of,
    unique_names,
)

_WRAPPERS = {"submissions", "submitted", "uploads"}
_MOST_SHOWN = 300
_NEVER = sys.maxsize
#: Of one student; what goes beyond is reported in one row.
MOST_NOTEBOOKS = 100


class SourceError(FileNotFoundError):
    """Raised when there is nothing to grade in what was named; the message says what to do."""


class _Find(NamedTuple):
    key: StudentKey
    item: HandedIn
    problem: str


def find_submissions(source: Path) -> Iterator[Submission]:
    """Find what was handed in.

    These layouts are known, in a folder or in a zip archive: ``student/assignment/any.ipynb``,
    ``student/any.ipynb``, ``14_optimizers/student.ipynb``, ``student_14_optimizers.ipynb``, and
    the downloads of Moodle and Canvas. Archives are looked into, to the second; no symbolic link
    is followed. A student who handed in something, but no notebook, is found too, with a problem.
    All notebooks of a student are found, also several of one lesson.

    Parameters
    ----------
    source : Path
        A folder, a notebook or a zip archive.

    Returns
    -------
    iterator of Submission
        Sorted by student and place. No two students share a name, not even but for its case.

    Raises
    ------
    SourceError
        If there is no such folder, or the file is neither a notebook nor a zip archive.
    """
    lesson_names = tuple(lesson.name for lesson in lessons() if lesson.exercise or lesson.solution)
    try:
        root = look_into(source)
    except ArchiveError as error:
        raise SourceError(f"{source}: {error}") from error
    if root.kind == "other":
        raise SourceError(f"{source} is no notebook: give a folder, a notebook or a zip archive")
    uploads = [(_key(root, lesson_names), root)]
    if root.kind == "folder":
        uploads = list(_uploads(_unwrapped(root, lesson_names), lesson_names))
    return iter(_submissions(list(_finds(uploads))))


def _unwrapped(root: HandedIn, lesson_names: tuple[str, ...]) -> HandedIn:
    """Step into a folder that only wraps the class, as programs that make archives add it."""
    while len(root.children) == 1 and root.children[0].kind == "folder":
        only = root.children[0]
        is_wrapper = only.name.casefold() in _WRAPPERS | {root.path.stem.casefold()}
        if not is_wrapper and not _holds_class(only, lesson_names, least=2):
            break
        root = only
    return root


def _uploads(
    folder: HandedIn, lesson_names: tuple[str, ...]
) -> Iterator[tuple[StudentKey, HandedIn]]:
    """Give what lies in the folder of a class, each with its student."""
    keys = [(_key(item, lesson_names), item) for item in folder.children]
    classes = [item for key, item in keys if _is_class(key, item, folder, lesson_names)]
    own = [(key, item) for key, item in keys if item not in classes and _is_upload(key, item)]
    yield from own
    here = {key for key, _ in own}
    for item in classes:
        for key, upload in _uploads(item, lesson_names):
            # Whoever hands in a folder of files with others' names must not replace theirs.
            apart = StudentKey(f"{key.name} (in {item.name})", key.number, key.telling)
            yield (apart if key in here else key), upload


def _is_upload(key: StudentKey, item: HandedIn) -> bool:
    return item.kind != "other" or key.telling or item.may_be_upload


def _is_class(
    key: StudentKey, item: HandedIn, folder: HandedIn, lesson_names: tuple[str, ...]
) -> bool:
    """Tell whether something in a folder is itself the folder, or the archive, of a class."""
    if item.kind != "folder" or key.telling:
        return False
    # Beside what students handed in, an archive is one student's too, unless a platform made it.
    is_beside = any(_key(each, lesson_names).telling for each in folder.children)
    least = _NEVER if item.is_archive and is_beside else 3
    return is_lesson(item.stem, lesson_names) or _holds_class(item, lesson_names, least)


def _holds_class(folder: HandedIn, lesson_names: tuple[str, ...], least: int) -> bool:
    """Tell whether the names in a folder are those of several students."""
    keys = {_key(item, lesson_names) for item in folder.children}
    return any(key.number for key in keys) or sum(key.telling for key in keys) >= least


def _key(item: HandedIn, lesson_names: tuple[str, ...]) -> StudentKey:
    return student_of(item.stem, lesson_names)


def _finds(uploads: list[tuple[StudentKey, HandedIn]]) -> Iterator[_Find]:
    """Give each student's notebooks, and what looks like one and cannot be read."""
    by_student: dict[StudentKey, list[HandedIn]] = {}
    for key, item in uploads:
        by_student.setdefault(key, []).append(item)
    for key, items in by_student.items():
        files = [file for item in items for file in item.files()]
        found = [file for file in files if file.kind == "notebook" or file.is_worth_a_row]
        for file in found[:MOST_NOTEBOOKS]:
            yield _Find(key, file, file.problem)
        if len(found) > MOST_NOTEBOOKS:
            yield _Find(key, found[MOST_NOTEBOOKS], _too_many(len(found)))
        if not found:
            yield _Find(key, items[0], no_notebook(files))


def _submissions(finds: list[_Find]) -> list[Submission]:
    names = unique_names({find.key for find in finds})
    submissions = []
    places: set[tuple[str, str]] = set()
    for find in sorted(finds, key=lambda find: (names[find.key].casefold(), find.item.parts)):
        student, shown = names[find.key], _shown(find.item)
        if (student, shown) in places:  # two names that differ in what is not shown
            shown += f" ({short_hash(repr(find.item.parts))})"
        places.add((student, shown))
        member, problem = find.item.member, find.problem or None
        submissions.append(Submission(student, find.item.path, member, shown, problem))
    return submissions


def _too_many(n_notebooks: int) -> str:
    return (
        f"here and after it lie more notebooks of one student ({n_notebooks} in all, at most "
        f"{MOST_NOTEBOOKS} are graded): if it is the folder of a class, grade that folder"
    )


def _shown(item: HandedIn) -> str:
    return clean("/".join(clean(part) for part in item.parts), _MOST_SHOWN)
