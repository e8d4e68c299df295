"""Rids texts of learners of what would garble a page, a table or a terminal."""

import re

_TERMINAL_CODES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])")
# Control signs, halves of surrogate pairs, and signs that turn the direction of what follows.
_GARBLING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)

# Taken once: whoever patches modules later patches nothing here.
_substitute_codes, _substitute_garbling = _TERMINAL_CODES.sub, _GARBLING.sub


def legible(text: str) -> str:
    r"""Take terminal codes and signs that garble out of a text.

    Of a line that was written over, as progress bars do, the last state stays.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        With ``"\n"`` between its lines; a sign that could not stay is ``"\ufffd"``.

    Examples
    --------
    >>> legible("\x1b[31m 50 %\r100 %\x1b[0m\r\n")
    '100 %\n'
    """
    lines = _substitute_codes("", text).split("\n")
    shown = "\n".join([line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines])
    return _substitute_garbling("\ufffd", shown)
