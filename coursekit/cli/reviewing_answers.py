"""The command that reviews a written answer."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.output import CommandError, print_json, print_note, printable, wrap
from coursekit.cli.reading import JsonOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coursekit.practice.reviewing import PointFound, Review
    from coursekit.practice.spans import Span

_WIDTH = 80
_MOST_WORDS_SHOWN = 6
_MOST_LINES_SHOWN = 60
_SIGNS_AROUND = 150  # about two lines before and after a match


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
        points = (*reviewed.mentioned, *reviewed.stated)
        _print_answer(answer, [span for point in points for span in point.spans])
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
            shown = " | ".join(printable(word) for word in point.words[:_MOST_WORDS_SHOWN])
            more = " | ..." if len(point.words) > _MOST_WORDS_SHOWN else ""
            _print_wrapped(f"matched: {shown}{more}", "      ", "      ")
    typer.echo("")


def _print_answer(answer: str, spans: "Sequence[Span]") -> None:
    """Print the answer with its matches marked; of a long one, only what is around them."""
    from coursekit.practice.spans import mark

    lines = wrap(mark(answer, spans, write=printable), _WIDTH, "  ")
    if len(lines) <= _MOST_LINES_SHOWN:
        title = "Your answer, matched words in brackets"
    else:
        title = "Your answer around the matched words, which are in brackets"
        lines = _lines_around(answer, spans)
    typer.echo("\n".join([title, *lines, ""]))


def _lines_around(answer: str, spans: "Sequence[Span]") -> list[str]:
    from coursekit.practice.spans import join, mark

    lines: list[str] = []
    parts = join((_start_before(answer, start), _end_after(answer, end)) for start, end in spans)
    for n_shown, (start, end) in enumerate(parts):
        if len(lines) >= _MOST_LINES_SHOWN:
            more = f"({len(parts) - n_shown} more parts with matches: --json names every place)"
            return [*lines, *wrap(more, _WIDTH, "  ")]
        inside = [(first - start, last - start) for first, last in spans if start <= first < end]
        before, after = "... " if start else "", " ..." if end < len(answer) else ""
        shown = mark(answer[start:end].rstrip(), inside, write=printable)
        lines += wrap(f"{before}{shown}{after}", _WIDTH, "  ")
    return lines or wrap("(a long text without a match)", _WIDTH, "  ")


def _start_before(answer: str, start: int) -> int:
    """Give where the words begin that are shown before a match."""
    first = max(0, start - _SIGNS_AROUND)
    return first if first == 0 else answer.find(" ", first, start) + 1 or first


def _end_after(answer: str, end: int) -> int:
    last = min(len(answer), end + _SIGNS_AROUND)
    space = answer.rfind(" ", end, last)
    return last if last == len(answer) or space < 0 else space


def _print_wrapped(text: str, indent: str = "", further: str | None = None) -> None:
    typer.echo("\n".join(wrap(text, _WIDTH, indent, further)))
