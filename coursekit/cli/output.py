"""How every command speaks: one table style, plain text in a pipe, one JSON document."""

import json
import math
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

# Sequences that colour, move the cursor or set a title; a lone ESC goes with what does not print.
_STEERING = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
)
_JOINERS = "\u200c\u200d"  # they print nothing, but Persian words and many emoji need them


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


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], below: Sequence[str] = ()
) -> None:
    """Print rows under column names: drawn on a terminal, plain aligned text in a pipe.

    Parameters
    ----------
    columns : sequence of str
        The names of the columns.
    rows : iterable of sequence
        One value for each column.
    below : sequence of str
        The columns with long texts: on a terminal that is too narrow for a row, they stand
        below it.
    """
    from rich.console import Console

    if sys.stdout.isatty():
        _draw_table(Console(), columns, [[str(value) for value in row] for row in rows], below)
        return
    # In a pipe a row is a line, however long: `grep` and `cut` work on it.
    console = Console(width=100_000, color_system=None)
    with console.capture() as captured:
        console.print(_table(columns, [[_one_line(value) for value in row] for row in rows], ""))
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def print_text(text: str, indent: str = "", further: str | None = None) -> None:
    """Print a text: broken between words on a terminal, line by line as it is in a pipe.

    Parameters
    ----------
    text : str
        One line or several.
    indent, further : str
        What stands before the first line, and before each further one; the same by default.
    """
    further = indent if further is None else further
    lines = text.strip().splitlines() or [""]
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        indents = [indent, *[further] * (len(lines) - 1)]
        lines = [
            wrapped
            for line, first in zip(lines, indents, strict=True)
            for wrapped in wrap(line, width, first, further)
        ]
        sys.stdout.write("\n".join(lines) + "\n")
        return
    sys.stdout.write(indent + f"\n{further}".join(lines) + "\n")


def wrap(text: str, width: int, indent: str = "", further: str | None = None) -> list[str]:
    """Break a text between words into lines for a terminal, without what could steer it.

    Parameters
    ----------
    text : str
        Its own line breaks count as spaces.
    width : int
        No line is longer; a longer word is broken.
    indent, further : str
        What stands before the first line, and before each further one; the same by default.

    Returns
    -------
    list of str
        At least one.
    """
    lines = textwrap.wrap(
        printable(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_on_hyphens=False,
    )
    return lines or [""]


def printable(text: str) -> str:
    r"""Leave out what could steer a terminal, and make one line of the rest.

    Parameters
    ----------
    text : str
        Such as what a learner typed or pasted.

    Returns
    -------
    str

    Examples
    --------
    >>> printable("mo\x1b[31mmentum\n\x07!")
    'momentum  !'
    """
    quiet = _STEERING.sub("", text)
    return "".join(sign if sign.isprintable() or sign in _JOINERS else " " for sign in quiet)


def print_error(message: str) -> None:
    """Print what is wrong on standard error."""
    sys.stderr.write(f"coursekit: {message}\n")


def print_note(message: str) -> None:
    """Print a remark on standard error, where it spoils no table and no JSON."""
    sys.stderr.write(f"{message}\n")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], style: str) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style=style, padding=(0, 2, 0, 0), pad_edge=False)
    for place, column in enumerate(columns):
        # Names stay whole, to be copied; the rest may break, but nothing is cut off.
        table.add_column(column, no_wrap=place == 0, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _draw_table(
    console: Any, columns: Sequence[str], rows: Sequence[Sequence[str]], below: Sequence[str]
) -> None:
    from rich.measure import Measurement

    table = _table(columns, rows, "bold")
    widest = Measurement.get(console, console.options.update(width=10_000), table).maximum
    if below and widest > console.width:
        _draw_stacked(console, columns, rows, below)
    else:
        console.print(table)


def _draw_stacked(
    console: Any, columns: Sequence[str], rows: Sequence[Sequence[str]], below: Sequence[str]
) -> None:
    """Draw each row as a line, with its long texts indented under it."""
    from rich.padding import Padding
    from rich.text import Text

    places = [place for place, column in enumerate(columns) if column not in below]
    widths = [max(len(row[place]) for row in (columns, *rows)) for place in places]

    def line(row: Sequence[str]) -> str:
        cells = (row[place].ljust(width) for place, width in zip(places, widths, strict=True))
        return "  ".join(cells).rstrip()

    console.print(Text(line(columns), style="bold"))
    for row in rows:
        console.print(Text(line(row)))
        for column, value in zip(columns, row, strict=True):
            if column in below and value:
                console.print(Padding(Text(value), (0, 0, 0, 4)))


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
