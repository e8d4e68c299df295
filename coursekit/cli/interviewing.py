"""The command that holds a mock interview in the terminal."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coursekit.cli.output import CommandError, print_json, print_note
from coursekit.cli.progress_notes import notes_on_progress
from coursekit.cli.reading import JsonOption

if TYPE_CHECKING:
    from coursekit.cli.interview_screen import InterviewScreen
    from coursekit.practice.mock_interviews import MockInterview

LEFT = "Left. `coursekit mock --resume` goes on; the time stands still until then."


class _ClosedError(Exception):
    """Raised when the terminal is closed, or the program is asked to end; holds the signal."""


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("mock")(hold_mock_interview)


def hold_mock_interview(
    minutes: Annotated[float, typer.Option("--minutes", help="How long it lasts.")] = 20,
    lessons: Annotated[
        str | None,
        typer.Option("--lessons", metavar="LESSONS", help="Such as 13-19 or 2,14; else all."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Draws the same questions again.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the interview that was left last.")
    ] = False,
    spoken: Annotated[
        bool, typer.Option("--spoken", help="Speak, and say which key points you had.")
    ] = False,
    debrief: Annotated[
        bool, typer.Option("--debrief", help="Show the debrief of the last interview again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Hold a mock interview: timed questions, follow-ups, and a debrief.

    Weak questions come more often. End an answer with an empty line; Ctrl-C leaves, and --resume
    goes on. With --json, the debrief is one JSON document on standard output.
    """
    with notes_on_progress():
        if debrief:
            _show_last_debrief(as_json)
            return
        interview = _resumed() if resume else _started(minutes, lessons, seed, spoken)
        if not _hold(interview, as_json):
            print_note(LEFT)
            raise typer.Exit(1 if as_json else 0)  # a program that waits for a debrief gets none
        _show_debrief(interview, as_json)


def _started(
    minutes: float, lessons: str | None, seed: int | None, spoken: bool
) -> "MockInterview":
    from coursekit.practice.mock_questions import MockInterviewError
    from coursekit.practice.mock_store import start_interview, unfinished_since
    from coursekit.questions import load_bank

    try:
        interview = start_interview(load_bank(), minutes, lessons, seed, spoken=spoken)
    except MockInterviewError as error:
        raise CommandError(str(error), exit_status=2) from error
    if since := unfinished_since():
        print_note(
            f"The interview of {since.astimezone():%d %b %Y, %H:%M} is unfinished: "
            "when this one is over, `coursekit mock --resume` goes on with it."
        )
    return interview


def _resumed() -> "MockInterview":
    from coursekit.practice.mock_store import resume_interview
    from coursekit.questions import load_bank

    interview = resume_interview(load_bank())
    if interview is None:
        raise CommandError("no interview was left unfinished: `coursekit mock` starts one")
    return interview


def _hold(interview: "MockInterview", as_json: bool) -> bool:
    """Hold the interview to its end; tell whether it came to it, or was left."""
    from coursekit.cli.interview_screen import InterviewLeftError, InterviewScreen
    from coursekit.practice.mock_store import save_interview

    screen = InterviewScreen(interview, sys.stderr if as_json else sys.stdout, save_interview)
    try:
        with _closing_leaves():
            _run(screen)
    except (InterviewLeftError, KeyboardInterrupt):
        screen.say("")
    except _ClosedError as closed:
        raise typer.Exit(128 + closed.args[0]) from None  # as shells give for a signal
    finally:
        interview.pause()
        save_interview(interview)
    return interview.is_over


def _run(screen: "InterviewScreen") -> None:
    screen.open()
    while not screen.interview.is_over:
        screen.ask()
    screen.close()


@contextmanager
def _closing_leaves() -> Iterator[None]:
    """Let a closed terminal, or a polite kill, end the block by an exception, to be saved."""

    def leave(number: int, _frame: Any) -> None:
        raise _ClosedError(number)

    numbers = [getattr(signal, name, None) for name in ("SIGHUP", "SIGTERM")]
    before = {number: signal.signal(number, leave) for number in numbers if number is not None}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show_debrief(interview: "MockInterview", as_json: bool) -> None:
    from coursekit.practice.mock_store import debrief_of

    _print_debrief(debrief_of(interview), as_json)


def _show_last_debrief(as_json: bool) -> None:
    from coursekit.practice.mock_store import last_debrief
    from coursekit.questions import load_bank

    found = last_debrief(load_bank())
    if found is None:
        raise CommandError("no interview has ended yet: `coursekit mock` starts one")
    _print_debrief(found, as_json)


def _print_debrief(found: Any, as_json: bool) -> None:
    from coursekit.cli.interview_screen import debrief_as_text, width

    if as_json:
        print_json(found.to_json())
    else:
        _print_marked(debrief_as_text(found, width()))


def _print_marked(text: str) -> None:
    """Print a text; on a terminal, titles and [matched words] are bold as well."""
    from rich.console import Console
    from rich.text import Text

    shown = Text(text)
    if sys.stdout.isatty():
        for pattern in (r"\[[^\]\n]+\]", r"(?m)^(DEBRIEF|NEXT|\d+\. )"):
            shown.highlight_regex(pattern, "bold")
    Console(file=sys.stdout, soft_wrap=True, highlight=False).print(shown)
