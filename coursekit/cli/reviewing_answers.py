"""The command that reviews a written answer."""

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.output import CommandError, print_json, print_note
from coursekit.cli.reading import JsonOption

if TYPE_CHECKING:
    from coursekit.practice.reviewing import PointFound, Review

_WIDTH = 80
_MOST_WORDS_SHOWN = 6


def register(app: typer.Typer) -> None:
    """Add the command of this group."""
    app.command("review")(review_answer)


def review_answer(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="Such as DL-25, or 'MT-4 (regression)'.")
    ],
    text: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT]", help="Your answer; - or nothing reads standard input."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Read the answer from a file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which key points an answer mentions.

    It is a checklist, never a verdict: it finds words, and cannot tell whether they are used
    rightly.
    """
    from coursekit.practice.reviewing import QuestionNotFoundError, find_question, review

    try:
        found = find_question(question)
    except QuestionNotFoundError as error:
        raise CommandError(str(error), exit_status=2) from None
    answer = _read_answer(text, file)
    reviewed = review(found, answer)
    if as_json:
        print_json(reviewed.to_json())
    else:
        _print_review(reviewed, found.question, answer)


def _read_answer(text: str | None, file: Path | None) -> str:
    if text is not None and file is not None:
        raise CommandError("give the answer as TEXT or with --file, not both", exit_status=2)
    try:
        if file is not None:
            return file.read_text(encoding="utf-8-sig")
        if text is not None and text != "-":
            return text
        if sys.stdin.isatty():
            print_note("Type your answer; end it with Ctrl-D (Windows: Ctrl-Z, Enter).")
        return sys.stdin.read()
    except UnicodeDecodeError:
        name = str(file) if file is not None else "standard input"
        raise CommandError(f"{name} is not text in UTF-8: save it as UTF-8 and try again") from None


def _print_review(reviewed: "Review", question: str, answer: str) -> None:
    from coursekit.practice.reviewing import CHECKLIST_NOTE

    _print_wrapped(f"{reviewed.question}  {question}")
    typer.echo("")
    _print_points("Key points mentioned", "[x]", reviewed.mentioned)
    _print_points("Key points not found", "[ ]", reviewed.missed)
    _print_points("Misconceptions that it may state", "[!]", reviewed.stated)
    if answer.strip():
        typer.echo("Your answer, matched words in brackets")
        _print_wrapped(_marked(answer, (*reviewed.mentioned, *reviewed.stated)), "  ")
        typer.echo("")
    n_found, n_points = len(reviewed.mentioned), len(reviewed.key_points)
    _print_wrapped(
        f"{n_found} of {n_points} key points, {reviewed.coverage:.0%} by weight; "
        f"{reviewed.n_words} words; suggested rating: {reviewed.suggested_rating}"
    )
    _print_wrapped(CHECKLIST_NOTE)


def _print_points(title: str, mark: str, points: "tuple[PointFound, ...]") -> None:
    if not points:
        return
    typer.echo(title)
    for point in points:
        _print_wrapped(f"{mark} {point.text}", "  ", "      ")
        if point.words:
            shown = " | ".join(_printable(word) for word in point.words[:_MOST_WORDS_SHOWN])
            more = " | ..." if len(point.words) > _MOST_WORDS_SHOWN else ""
            _print_wrapped(f"matched: {shown}{more}", "      ", "      ")
    typer.echo("")


def _marked(answer: str, points: "tuple[PointFound, ...]") -> str:
    parts, done = [], 0
    for start, end in _joined(sorted(span for point in points for span in point.spans)):
        parts += [answer[done:start], "[", answer[start:end], "]"]
        done = end
    return _printable("".join([*parts, answer[done:]]))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap: two points may have matched the same words."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _printable(text: str) -> str:
    """Leave out what could steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _print_wrapped(text: str, indent: str = "", further: str | None = None) -> None:
    typer.echo(
        textwrap.fill(
            text,
            width=_WIDTH,
            initial_indent=indent,
            subsequent_indent=indent if further is None else further,
            break_on_hyphens=False,
        )
    )
