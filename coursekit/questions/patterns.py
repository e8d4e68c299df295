"""The little language in which the bank says how a key point sounds.

A pattern is a *phrase* or ``near(phrase, phrase, ..., n)``: all phrases within ``n`` words of each
other, in any order. A phrase is one or more words; each word may be a choice (``mean|average``)
and may end in ``*``, which stands for any ending (``regulari*``). Case never matters.
"""

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_][\w'+./^%-]*\*?|\d+(\.\d+)?%?")
_NEAR = re.compile(r"near\((?P<phrases>.+),\s*(?P<window>\d+)\s*\)")


class PatternError(ValueError):
    """Raised for a pattern that cannot be read; the message shows the pattern."""


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern.

    Parameters
    ----------
    phrases : tuple of phrases
        Each phrase is a tuple of words; each word is a tuple of the choices for it.
    window : int
        The number of words within which all phrases must occur; 0 for a single phrase.
    """

    phrases: tuple[tuple[tuple[str, ...], ...], ...]
    window: int = 0


def parse_pattern(text: str) -> Pattern:
    """Parse one pattern.

    Parameters
    ----------
    text : str
        For instance ``"bias correct*"`` or ``"near(variance, average*|mean, 6)"``.

    Returns
    -------
    Pattern

    Raises
    ------
    PatternError
        If the text is empty, a word has characters that no word has, or ``near`` lacks two
        phrases and a window.
    """
    text = text.strip().lower()
    if not text.startswith("near("):
        return Pattern((_parse_phrase(text, text),))
    match = _NEAR.fullmatch(text)
    if match is None:
        raise PatternError(f"{text!r}: write near(phrase, phrase, number of words)")
    phrases = tuple(_parse_phrase(part, text) for part in match["phrases"].split(","))
    if len(phrases) < 2 or int(match["window"]) < 1:
        raise PatternError(f"{text!r}: near() needs two phrases and a window of one word or more")
    return Pattern(phrases, int(match["window"]))


def _parse_phrase(phrase: str, text: str) -> tuple[tuple[str, ...], ...]:
    words = tuple(tuple(word.split("|")) for word in phrase.split())
    if not words:
        raise PatternError(f"{text!r}: a phrase is empty")
    for choice in (choice for word in words for choice in word):
        if not _WORD.fullmatch(choice):
            raise PatternError(f"{text!r}: {choice!r} is not a word (letters, digits, a final *)")
    return words
