"""Commands that run notebooks: lessons with their claims, exercises with their checks."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coursekit import course
from coursekit.cli.output import CommandError, print_json, print_note, print_table
from coursekit.cli.reading import JsonOption, claim_record, observed_line

if TYPE_CHECKING:
    from coursekit.cli.executing import Execution
    from coursekit.cli.exercise_runs import CheckResult, ExerciseRun


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("run")(run_lesson)
    app.command("check")(check_exercise)


def run_lesson(
    lesson: Annotated[str, typer.Argument(help="A lesson's number, name or notebook.")],
    as_json: JsonOption = False,
    save: Annotated[
        bool, typer.Option("--save", help="Store clean outputs in the lesson's notebook.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds that one cell may take.", show_default=True)
    ] = 600,
) -> None:
    """Run a lesson and print its claims.

    Each with its verdict and observed numbers, then the time. The exit status is 1 when a claim
    does not hold or a cell fails.
    """
    from coursekit.cli.executing import code_cells, execute, read_notebook
    from coursekit.evidence import CLAIM_MIME_TYPE

    found = course.find_lesson(lesson)
    n_cells = len(code_cells(read_notebook(found.notebook)))
    with _progress(f"Running {found.name}", n_cells) as show:
        execution = execute(found.notebook, timeout=timeout, on_cell=show)
    claims = [
        claim_record({"lesson": found.name, **record})
        for record in execution.records(CLAIM_MIME_TYPE)
    ]
    fault = _fault(execution, claims)
    if save and fault is None:
        fault = _save(execution, found.notebook)
    if as_json:
        print_json(_run_document(found.name, execution, claims, fault))
    else:
        _print_run(found, execution, claims)
    if fault is not None:
        raise CommandError(fault)


def check_exercise(
    exercise: Annotated[
        str, typer.Argument(help="An exercise notebook, or its lesson's number or name.")
    ],
    as_json: JsonOption = False,
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds that one cell may take.", show_default=True)
    ] = 300,
) -> None:
    """Run the checks of an exercise notebook.

    The exit status is 0 only when every check says right.
    """
    from coursekit.cli.exercise_runs import run_checks

    notebook = _exercise_notebook(exercise)
    with _progress(f"Checking {notebook.name}", None):
        run = run_checks(notebook, timeout=timeout)
    if as_json:
        print_json(_check_document(notebook, run))
    else:
        _print_checks(run)
    if not run.all_right:
        raise typer.Exit(1)


def _exercise_notebook(name: str) -> Path:
    """Give the notebook that a path names, else the exercise of a lesson."""
    path = Path(name)
    if path.suffix == ".ipynb" or path.exists():
        return path
    lesson = course.find_lesson(name)
    if lesson.exercise is None:
        raise CommandError(f"lesson {lesson.name} has no exercise", exit_status=2)
    return lesson.exercise


@contextlib.contextmanager
def _progress(title: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """Show a bar while a person watches; in a pipe show nothing."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    count = [MofNCompleteColumn(), TextColumn("cells")] if total else []
    columns = [TextColumn("{task.description}"), BarColumn(), *count, TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)


def _fault(execution: "Execution", claims: list[dict[str, Any]]) -> str | None:
    """Say what went wrong, if anything did."""
    if failure := execution.failure:
        where = f"cell [{failure.cell}] failed" if failure.cell else "no cell ran"
        source = "".join(f"\n    {line}" for line in failure.source.splitlines())
        return f"{where}: {failure.error}{source}"
    broken = [claim["id"] for claim in claims if not claim["holds"]]
    return f"does not hold: {', '.join(broken)}" if broken else None


def _save(execution: "Execution", path: Path) -> str | None:
    """Save clean outputs, or say why they are not fit to be stored."""
    from coursekit.cli.saving import find_blemishes, save_outputs

    if blemishes := find_blemishes(execution.notebook):
        listed = "".join(f"\n    {blemish}" for blemish in blemishes)
        return f"not saved, the outputs of {path.name} are not clean:{listed}"
    save_outputs(execution, path)
    print_note(f"saved the outputs in {path}")
    return None


def _run_document(
    name: str, execution: "Execution", claims: list[dict[str, Any]], fault: str | None
) -> dict[str, Any]:
    document = {"lesson": name, "seconds": round(execution.seconds, 2), "claims": claims}
    if failure := execution.failure:
        document["failure"] = {
            "cell": failure.cell,
            "source": failure.source,
            "error": failure.error,
        }
    if fault is not None:
        document["error"] = fault
    return document


def _print_run(lesson: course.Lesson, execution: "Execution", claims: list[dict[str, Any]]) -> None:
    if claims:
        print_table(
            ("holds", "claim", "verdict", "observed"),
            (
                (
                    "yes" if claim["holds"] else "NO",
                    claim["id"],
                    claim["verdict"],
                    observed_line(claim),
                )
                for claim in claims
            ),
            below=("observed",),
        )
    n_held = sum(claim["holds"] for claim in claims)
    stated = f" (stated: {lesson.seconds} s)" if lesson.seconds else ""
    typer.echo(
        f"{lesson.name}: {n_held} of {len(claims)} claims hold, {execution.seconds:.1f} s{stated}"
    )


def _check_document(notebook: Path, run: "ExerciseRun") -> dict[str, Any]:
    return {
        "notebook": str(notebook),
        "all_right": run.all_right,
        "earned": run.earned,
        "points": run.points,
        "exercises": [_check_record(result) for result in run.results],
        "errors": [{"cell": cell, "error": error} for cell, error in run.errors],
    }


def _check_record(result: "CheckResult") -> dict[str, Any]:
    return {
        "exercise": result.exercise,
        "points": result.points,
        "earned": result.earned,
        "outcome": result.outcome,
        "message": result.message,
        "mistake": result.mistake,
        "misunderstanding": result.misunderstanding,
    }


def _print_checks(run: "ExerciseRun") -> None:
    print_table(
        ("exercise", "points", "outcome", "message"),
        (
            (
                result.exercise,
                f"{_points(result.earned)}/{_points(result.points)}",
                result.outcome,
                "\n".join(filter(None, (result.message, result.misunderstanding))),
            )
            for result in run.results
        ),
        below=("message",),
    )
    for cell, error in run.errors:
        typer.echo(f"cell [{cell}] raised {error}")
    n_right = sum(result.outcome == "right" for result in run.results)
    typer.echo(
        f"{n_right} of {len(run.results)} right, "
        f"{_points(run.earned)} of {_points(run.points)} points"
    )


def _points(value: float) -> str:
    return f"{value:g}"
