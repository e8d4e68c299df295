"""Spans, the places of a text that matched: joined, and marked in the text."""

from collections.abc import Callable, Iterable

Span = tuple[int, int]


def join(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap, so that nothing is marked twice.

    Spans that only touch stay apart: each is a match of its own.

    Parameters
    ----------
    spans : iterable of (int, int)
        From and before, in any order.

    Returns
    -------
    tuple of (int, int)
        In order.

    Examples
    --------
    >>> join([(4, 9), (0, 5), (9, 12)])
    ((0, 9), (9, 12))
    """
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def mark(
    text: str,
    spans: Iterable[Span],
    before: str = "[",
    after: str = "]",
    write: Callable[[str], str] = str,
) -> str:
    """Put each span of a text between two marks.

    Parameters
    ----------
    text : str
    spans : iterable of (int, int)
        Character offsets, from and before, in any order; those that overlap are joined.
    before, after : str
        The marks, as they are.
    write : callable
        Writes each piece of the text, such as ``html.escape``.

    Returns
    -------
    str

    Examples
    --------
    >>> mark("Adam adds momentum.", [(10, 18)])
    'Adam adds [momentum].'
    """
    pieces, done = [], 0
    for start, end in join(spans):
        pieces += [write(text[done:start]), before, write(text[start:end]), after]
        done = end
    return "".join([*pieces, write(text[done:])])
