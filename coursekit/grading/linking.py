"""Links each lesson to the one before and the one after; derived, so that no list is kept."""

import json
from pathlib import Path

from coursekit.course import Lesson, lessons, neighbours
from coursekit.files import replacing

NAVIGATION_TAG = "navigation"


def navigation(lesson: Lesson) -> str:
    """Write the links of a lesson as Markdown.

    Parameters
    ----------
    lesson : Lesson

    Returns
    -------
    str
        Links to the lesson before, to the start, and to the lesson after, where they exist.
    """
    previous, following = neighbours(lesson)
    links = [f"← {_link(previous)}"] if previous and previous.number else []
    links += ["[Start](00_start_here.ipynb)"] if lesson.number else []
    links += [f"{_link(following)} →"] if following else []
    return " · ".join(links)


def link_lessons(root: Path | None = None, *, write: bool = True) -> list[Path]:
    """Refresh the navigation cells of all lessons.

    Parameters
    ----------
    root : Path, optional
        The course's folder; the current course by default.
    write : bool
        Whether to write; otherwise the lessons are only compared.

    Returns
    -------
    list of Path
        The notebooks whose links were out of date.
    """
    stale = []
    for lesson in lessons(root):
        notebook = json.loads(lesson.notebook.read_text(encoding="utf-8"))
        cells = [c for c in notebook["cells"] if NAVIGATION_TAG in c["metadata"].get("tags", ())]
        links = navigation(lesson)
        if all("".join(cell["source"]) == links for cell in cells):
            continue
        stale.append(lesson.notebook)
        for cell in cells:
            cell["source"] = [links]
        if write:
            text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
            with replacing(lesson.notebook) as file:
                file.write(text.encode())
    return stale


def _link(lesson: Lesson) -> str:
    return f"[{lesson.number:02} · {lesson.title}]({lesson.notebook.name})"
