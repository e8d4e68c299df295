"""Commands that show progress, set the interview date, and move progress between machines."""

from dataclasses import asdict
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.output import CommandError, print_json, print_table, wrap
from coursekit.cli.progress_notes import notes_on_progress
from coursekit.cli.reading import JsonOption

if TYPE_CHECKING:
    from datetime import date as date_type

    from coursekit.practice.progress import Progress, WeakSpot

progress = typer.Typer(help="Show what you know and what to do next.")


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(progress, name="progress")


@progress.callback(invoke_without_command=True)
def _progress(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show what you know, what is due, where you are weak, and what to do next."""
    if context.invoked_subcommand is None:
        show(as_json)


@progress.command("show")
def show(as_json: JsonOption = False) -> None:
    """Show what you know, what is due, where you are weak, and what to do next."""
    from coursekit.practice.progress import show_progress

    with notes_on_progress():
        found = show_progress()
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)


@progress.command("set")
def change_settings(
    interview: Annotated[
        str | None,
        typer.Option("--interview", metavar="DATE", help="The day, as 2027-01-29, or none."),
    ] = None,
    retention: Annotated[
        float | None,
        typer.Option("--retention", help="The share to recall when due: 0.7 to 0.99."),
    ] = None,
    new_per_day: Annotated[
        int | None, typer.Option("--new", help="New cards a day without an interview date.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Set the day of the interview, and how cards are scheduled.

    No card is due later than the interview, and the new cards are spread over the days before it.
    """
    from coursekit.practice.settings import SettingError, load_settings, save_settings

    wanted = {"retention": retention, "new_per_day": new_per_day}
    changes: dict[str, object] = {name: each for name, each in wanted.items() if each is not None}
    if interview is not None:
        changes["interview_date"] = _date(interview)
    with notes_on_progress():
        try:
            settings = save_settings(**changes) if changes else load_settings()
        except SettingError as error:
            raise CommandError(str(error), exit_status=2) from error
    date = settings.interview_date.isoformat() if settings.interview_date else None
    if as_json:
        print_json({**asdict(settings), "interview_date": date})
        return
    typer.echo(f"interview: {date or 'no date'}")
    typer.echo(f"retention: {settings.retention:.0%}")
    typer.echo(f"new cards a day without a date: {settings.new_per_day}")


@progress.command("export")
def export_to(
    file: Annotated[Path, typer.Argument(help="The file to write, such as progress.json.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write all progress to a JSON file, to be imported on another machine."""
    from coursekit.practice.progress_files import export_progress

    if file.exists() and not force:
        raise CommandError(f"{file} is there already: --force replaces it", exit_status=2)
    with notes_on_progress():
        export_progress(file)
    typer.echo(f"wrote {file}")


@progress.command("import")
def import_from(
    file: Annotated[Path, typer.Argument(help="What `progress export` wrote elsewhere.")],
    as_json: JsonOption = False,
) -> None:
    """Merge an exported file into the progress of this machine.

    Nothing is lost and nothing doubled: importing a file again adds nothing.
    """
    from coursekit.practice.database import is_saved
    from coursekit.practice.progress_files import import_progress

    with notes_on_progress():
        added = asdict(import_progress(file))
    if not is_saved():
        raise CommandError("nothing was kept: progress cannot be saved here")
    if as_json:
        print_json(added)
        return
    counts = [f"{name.replace('_', ' ')} {number}" for name, number in added.items() if number]
    typer.echo(f"added: {', '.join(counts)}" if counts else "added nothing: all of it was here")


def _date(text: str) -> object:
    if text.lower() == "none":
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise CommandError(f"{text!r} is no date: write it as 2027-01-29", exit_status=2) from None
    if day < datetime.now().date():
        raise CommandError(f"{day} has passed: give the day of your next interview", exit_status=2)
    return day


def _print(found: "Progress") -> None:
    budget, date = found.budget, found.settings.interview_date
    n_solved = sum(len(lesson.solved) for lesson in found.lessons)
    n_exercises = sum(len(lesson.exercises) for lesson in found.lessons)
    typer.echo(f"Exercises solved  {n_solved} of {n_exercises}")
    typer.echo(f"Cards seen        {found.n_seen} of {found.n_cards}, {found.n_due} due now")
    typer.echo(f"Mock interviews   {found.n_mock_interviews} finished")
    typer.echo(f"Interview         {_when(date)}")
    typer.echo(
        f"Today             {budget.due} due, {budget.new} new, about {ceil(budget.minutes)} min\n"
    )
    by_name = {spot.topic: spot for spot in found.weak_spots}
    print_table(
        ("lesson", "exercises", "seen", "due", "weak", "recall", "points"),
        (
            (
                lesson.lesson,
                f"{len(lesson.solved)}/{len(lesson.exercises)}",
                f"{lesson.n_seen}/{lesson.n_cards}",
                *_spot_cells(by_name[lesson.lesson]),
            )
            for lesson in found.lessons
        ),
    )
    missed = [each for spot in found.weak_spots for each in spot.missed][:5]
    if missed:
        typer.echo("\nKey points missed last time")
        for label, text in missed:
            typer.echo("\n".join(wrap(f"{label}: {text}", 80, "  ", "    ")))
    typer.echo(f"\nNext: {found.next_step.reason}\n  {found.next_step.command}")


def _when(date: "date_type | None") -> str:
    if date is None:
        return "no date set"
    days = (date - datetime.now().date()).days
    if days < 0:
        return f"{date} has passed: `coursekit progress set --interview` takes the next"
    return f"{date}, {('today', 'tomorrow')[days] if days < 2 else f'in {days} days'}"


def _spot_cells(spot: "WeakSpot") -> tuple[object, ...]:
    recall = "-" if spot.recall is None else f"{spot.recall:.0%}"
    points = "-" if spot.mentioned is None else f"{spot.mentioned:.0%}"
    return spot.n_due, spot.n_weak, recall, points
