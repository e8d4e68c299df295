"""How every command speaks: one table style, plain text in a pipe, one JSON document."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

_LONGEST_LIST = 4


class CommandError(Exception):
    """Raised to end a command with one line on standard error.

    Parameters
    ----------
    message : str
        What is wrong and what to do.
    exit_status : int
        2 for a wrong call, 1 for anything else.
    """

    def __init__(self, message: str, exit_status: int = 1) -> None:
        super().__init__(message)
        self.exit_status = exit_status


def print_json(document: Any) -> None:
    """Print one JSON document.

    Letters outside ASCII are escaped, so that no terminal or pipe can spoil them; numbers that
    JSON does not know become the strings ``"nan"``, ``"inf"`` and ``"-inf"``.
    """
    sys.stdout.write(json.dumps(_plain(document), indent=2, allow_nan=False) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under column names: drawn on a terminal, plain aligned text in a pipe."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    on_terminal = sys.stdout.isatty()
    style = "bold" if on_terminal else ""
    table = Table(box=None, header_style=style, padding=(0, 2, 0, 0), pad_edge=False)
    for place, column in enumerate(columns):
        # Names stay whole, to be copied; the rest may break, but nothing is cut off.
        table.add_column(column, no_wrap=place == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(value) if on_terminal else _one_line(value)) for value in row))
    if on_terminal:
        Console().print(table)
        return
    # In a pipe a row is a line, however long: `grep` and `cut` work on it.
    console = Console(width=100_000, color_system=None)
    with console.capture() as captured:
        console.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def print_error(message: str) -> None:
    """Print what is wrong on standard error."""
    sys.stderr.write(f"coursekit: {message}\n")


def print_note(message: str) -> None:
    """Print a remark on standard error, where it spoils no table and no JSON."""
    sys.stderr.write(f"{message}\n")


def format_observed(value: object) -> str:
    """Format what a claim observed: four digits of a number, the range of a long list.

    Parameters
    ----------
    value : object
        A number, a list of numbers, or a word.

    Returns
    -------
    str
    """
    if isinstance(value, list | tuple):
        if len(value) <= _LONGEST_LIST or not all(isinstance(item, int | float) for item in value):
            return "[" + ", ".join(format_observed(item) for item in value) + "]"
        low, high = format_observed(min(value)), format_observed(max(value))
        return f"{low} to {high} ({len(value)} values)"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
