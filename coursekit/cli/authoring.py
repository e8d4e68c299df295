"""Commands for those who write the course."""

from typing import Annotated

import typer

from coursekit import course
from coursekit.cli.output import CommandError, print_json, print_table
from coursekit.cli.reading import JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("release")(release_exercises)


def release_exercises(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Lessons; all that have a solution by default.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is out of date; exit status 1.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Derive the exercises, and the links between lessons.

    An exercise is its solution with the answers taken out.
    """
    from coursekit.grading import link_lessons

    chosen = [course.find_lesson(key) for key in lessons] if lessons else _with_solutions()
    states = [(lesson, _release(lesson, write=not check)) for lesson in chosen]
    relinked = [path.stem for path in link_lessons(write=not check)]
    if as_json:
        exercises = [{"lesson": each.name, "state": state} for each, state in states]
        print_json({"exercises": exercises, "relinked": relinked})
    else:
        print_table(("lesson", "exercise"), ((each.name, state) for each, state in states))
        if relinked:
            print(f"links {'out of date' if check else 'refreshed'} in: {', '.join(relinked)}")
    if check and (relinked or any(state != "same" for _, state in states)):
        raise CommandError("what is derived is out of date: run `coursekit release`")


def _with_solutions() -> list[course.Lesson]:
    found = [lesson for lesson in course.lessons() if lesson.solution]
    if not found:
        raise CommandError(
            f"there are no solutions in {course.course_root()}: only the repository holds them",
            exit_status=2,
        )
    return found


def _release(lesson: course.Lesson, *, write: bool) -> str:
    """Compare a lesson's exercise with its solution, and write it where they differ."""
    from coursekit.grading import ReleaseError, released_text, write_release

    if lesson.solution is None:
        raise ReleaseError(f"lesson {lesson.name} has no notebook in solutions/")
    text = released_text(lesson.solution)
    if lesson.exercise is None:
        state = "missing"
    elif lesson.exercise.read_text(encoding="utf-8") == text:
        return "same"
    else:
        state = "differs"
    if not write:
        return state
    write_release(lesson)
    return "written"
