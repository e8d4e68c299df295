"""Writes tables that a spreadsheet can open without running anything in them."""

import csv
import io
from collections.abc import Iterable, Sequence

# What spreadsheets take for the start of a formula; the wide forms count in East Asian ones.
_FORMULA_SIGNS = frozenset("=+-@＝＋－＠")
_CONTROL_SIGNS = frozenset("\t\r\n")
Cell = str | int | float | None


def safe_cell(value: Cell) -> str | int | float:
    """Write a value so that no spreadsheet takes it for a formula.

    A text that could be one gets an apostrophe before it, which spreadsheets show or swallow;
    lines are joined; numbers stay numbers.

    Parameters
    ----------
    value : str, int, float or None
        None becomes an empty cell.

    Returns
    -------
    str, int or float

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell(-1.5), safe_cell(2.0), safe_cell(None)
    ("'=1+1", -1.5, 2, '')
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        number = round(value, 6)
        return int(number) if number == int(number) else number
    # A NUL or half a surrogate pair would end the cell, or the file, for some readers.
    text = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    # One line: a second one could start a row of its own for programs that read line by line.
    text = " ".join(text.splitlines())
    shown = text.lstrip().lstrip("\ufeff\u200b\u200c\u200d\u2060").lstrip()
    # A dash alone is how platforms write "nothing".
    starts_formula = shown[:1] in _FORMULA_SIGNS and text != "-"
    return f"'{text}" if starts_formula or text[:1] in _CONTROL_SIGNS else text


def table_text(rows: Iterable[Sequence[Cell]], *, delimiter: str = ",") -> str:
    """Write rows as CSV, every cell safe for a spreadsheet.

    Parameters
    ----------
    rows : iterable of sequences
    delimiter : str

    Returns
    -------
    str
        Lines end as RFC 4180 wants it.
    """
    buffer = io.StringIO(newline="")
    # Texts in quotes stay one cell even where a spreadsheet expects another separator.
    writer = csv.writer(
        buffer, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def bytes_for_spreadsheets(text: str) -> bytes:
    """Encode as UTF-8 with a mark at the start, without which Excel garbles accents."""
    return text.encode("utf-8-sig")
