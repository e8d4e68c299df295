"""Puts the groups of commands together, and says errors in one line."""

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from coursekit import __version__, kernels
from coursekit.cli import (
    authoring,
    exporting_cards,
    grading,
    interviewing,
    progressing,
    quizzing,
    reading,
    reviewing_answers,
    running,
    setting_up,
)
from coursekit.cli.output import CommandError, print_error
from coursekit.course import LessonNotFoundError

GROUPS = (
    setting_up,
    reading,
    running,
    quizzing,
    interviewing,
    reviewing_answers,
    progressing,
    exporting_cards,
    grading,
    authoring,
)


class _CourseCommands(TyperGroup):
    """Says an error in one line, with what to do, instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print_error("stopped")
            raise typer.Exit(130) from None  # what shells give for Ctrl-C
        except Exception as error:
            if isinstance(error, BrokenPipeError) or not _is_told(error):
                raise
            print_error(_sentence(error))
            raise typer.Exit(_exit_status(error)) from None


app = typer.Typer(
    cls=_CourseCommands,
    name="coursekit",
    help="Prove It: machine-learning interview answers that you can run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in GROUPS:
    group.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"coursekit {__version__}")
        raise typer.Exit


@app.callback()
def _course(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Prove It: machine-learning interview answers that you can run."""


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter still reads on
    kernels.defer_grammar()  # before any command imports nbformat, which would take seconds
    try:
        app()
    except BrokenPipeError:
        # The reader, `head` say, has what it wanted. Python flushes stdout once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _is_told(error: Exception) -> bool:
    """Tell whether to print the error as one line: all but what the shell and typer handle."""
    if os.environ.get("COURSEKIT_TRACEBACK"):
        return _is_ours(error)
    return _is_ours(error) or type(error).__module__.split(".")[0] not in ("typer", "click")


def _is_ours(error: Exception) -> bool:
    return isinstance(error, CommandError) or type(error).__module__.startswith("coursekit.")


def _exit_status(error: Exception) -> int:
    """Give 2 for a wrong call, as typer does, and 1 for the rest."""
    if isinstance(error, CommandError):
        return error.exit_status
    return 2 if isinstance(error, LessonNotFoundError) else 1


def _sentence(error: Exception) -> str:
    if _is_ours(error):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return (
        f"unexpected {type(error).__name__}: {error} "
        "(a fault of coursekit: set COURSEKIT_TRACEBACK=1 to see where)"
    )
