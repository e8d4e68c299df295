"""Takes the question bank to other programs for flash cards."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from coursekit import course
from coursekit.cli.output import CommandError, print_json
from coursekit.cli.reading import JsonOption, LessonOption

SUFFIXES = {"apkg": (".apkg",), "tsv": (".tsv", ".txt")}

cards = typer.Typer(
    help="Take the question bank to other programs for flash cards.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(cards, name="cards")


@cards.callback()
def _cards() -> None:
    """Take the question bank to other programs for flash cards."""


@cards.command("export")
def export_cards(
    file: Annotated[Path, typer.Argument(help="The file to write, such as prove-it.apkg.")],
    file_format: Annotated[
        Literal["apkg", "tsv"] | None,
        typer.Option("--format", help="A deck for Anki, or a table; by FILE's ending if left out."),
    ] = None,
    lesson: LessonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write every question as a flash card.

    In Anki: File, Import. After an update of the course export to the same file and import it
    again: questions that changed are updated, and your reviews stay. The table (tsv) has no
    pictures.
    """
    from coursekit.practice.anki_deck import write_anki_deck
    from coursekit.practice.card_table import write_card_table
    from coursekit.practice.flash_cards import make_flash_cards
    from coursekit.questions import find_questions

    chosen = _format(file, file_format)
    _refuse_bad_place(file)
    lessons = course.lessons() if lesson is None else (course.find_lesson(lesson),)
    questions = find_questions(lesson=None if lesson is None else lessons[0].name)
    if not questions:
        where = "the bank" if lesson is None else f"lesson {lessons[0].name}"
        raise CommandError(f"{where} has no questions: `coursekit questions` lists them")
    made = make_flash_cards(questions, {each.name: each.notebook for each in lessons})
    write = write_anki_deck if chosen == "apkg" else write_card_table
    write(file, made)
    n_pictures = sum(card.picture is not None for card in made) if chosen == "apkg" else 0
    report = {"file": str(file), "format": chosen, "cards": len(made), "pictures": n_pictures}
    if as_json:
        print_json({**report, "bytes": file.stat().st_size})
    else:
        pictures = f", {n_pictures} of them with a picture," if n_pictures else ""
        megabytes = file.stat().st_size / 1e6
        typer.echo(f"wrote {len(made)} cards{pictures} to {file} ({megabytes:.1f} MB)")


def _refuse_bad_place(file: Path) -> None:
    if not file.parent.is_dir():
        raise CommandError(f"there is no folder {file.parent}: make it first", exit_status=2)
    if file.is_dir():
        raise CommandError(f"{file} is a folder: name a file in it", exit_status=2)


def _format(file: Path, wanted: str | None) -> str:
    """Choose the format, and refuse a name under which the program would not open the file."""
    suffix = file.suffix.lower()
    by_suffix = next((name for name, known in SUFFIXES.items() if suffix in known), None)
    chosen = wanted or by_suffix or "apkg"
    if suffix not in SUFFIXES[chosen]:
        known = " or ".join(SUFFIXES[chosen])
        raise CommandError(
            f"{file} must end in {known} to be opened as {chosen}: "
            f"name it {file.with_suffix(SUFFIXES[chosen][0]) if file.name else 'cards.apkg'}",
            exit_status=2,
        )
    return chosen
