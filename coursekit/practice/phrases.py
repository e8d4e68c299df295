"""Turns the bank's patterns into phrases that match synonyms and other endings too."""

from collections.abc import Iterator
from functools import lru_cache

from coursekit.questions.patterns import parse_pattern

from .synonyms import EVERYDAY, TERMS
from .words import split_words, stem, word_set

#: Words that a window does not count, and that a pattern's phrase need not have.
ARTICLES = frozenset({"a", "an", "the"})
#: Words that may stand inside a phrase: *then split* is also found in *then I split the*.
FILLERS = ARTICLES | word_set("this that these its it their our your my i we you all")
#: A form to look for: its letters, and whether any ending may follow.
Form = tuple[str, bool]
#: Forms that must follow each other.
Run = tuple[Form, ...]
#: For each word of a phrase, what may stand for it: how many of its words a run stands for.
Phrase = tuple[tuple[tuple[int, Run], ...], ...]


@lru_cache(maxsize=10_000)
def compile_pattern(pattern: str, *, everyday: bool) -> tuple[tuple[Phrase, ...], int]:
    """Compile a pattern into its phrases, each with all that may stand for it.

    Parameters
    ----------
    pattern : str
        In the language of :mod:`coursekit.questions.patterns`.
    everyday : bool
        Whether everyday words have synonyms too, and not the terms of the field alone.

    Returns
    -------
    tuple of (tuple of Phrase, int)
        The phrases and the window, 0 for a single phrase.

    Raises
    ------
    PatternError
        If the pattern cannot be read.
    """
    parsed = parse_pattern(pattern)
    return tuple(_compile_phrase(phrase, everyday) for phrase in parsed.phrases), parsed.window


def _compile_phrase(phrase: tuple[tuple[str, ...], ...], everyday: bool) -> Phrase:
    # Where a pattern writes an article, the answer may leave it out.
    phrase = tuple(word for word in phrase if not ARTICLES.issuperset(word)) or phrase
    words = [tuple(run for choice in choices for run in _runs(choice)) for choices in phrase]
    compiled = []
    for at, runs in enumerate(words):
        edges = [(1, run) for run in runs]
        for group in _groups(everyday):
            for member in group:
                n_words = _words_of(member, words[at:])
                if n_words:
                    edges += [(n_words, other) for other in group if other != member]
        compiled.append(tuple(dict.fromkeys(edges)))
    return tuple(compiled)


def _words_of(member: Run, words: list[tuple[Run, ...]]) -> int:
    """Give how many words of a phrase a synonym stands for, or 0."""
    done = 0
    for number, runs in enumerate(words, start=1):
        fits = [run for run in runs if _same(run, member[done : done + len(run)])]
        if not fits:
            return 0
        done += len(fits[0])
        if done == len(member):
            return number
    return 0


def _same(run: Run, other: Run) -> bool:
    """Tell whether a run of a pattern names a synonym; a stem names what it is nearly all of."""
    return len(run) == len(other) and all(
        mine[0] == theirs[0] or (mine[1] and _is_stem_of(mine[0], theirs[0]))
        for mine, theirs in zip(run, other, strict=True)
    )


def _is_stem_of(beginning: str, form: str) -> bool:
    """Tell whether a verb's beginning names a verb or its noun: ``validat*`` and *validation*."""
    return len(beginning) >= 4 and form in (stem(beginning), f"{beginning}ion", f"{beginning}z")


def _runs(written: str) -> Iterator[Run]:
    """Yield the forms of one word as a pattern writes it: a compound in parts, and as one word."""
    any_ending = written.endswith("*")
    forms = [word.form for word in split_words(written.removesuffix("*"))]
    *parts, last = forms
    yield (*((stem(part), False) for part in parts), _form(last, any_ending))
    if parts and "".join(forms).isalpha():
        yield (_form("".join(forms), any_ending),)


def _form(letters: str, any_ending: bool) -> Form:
    return (letters, True) if any_ending else (stem(letters), False)


@lru_cache(maxsize=2)
def _groups(everyday: bool) -> tuple[tuple[Run, ...], ...]:
    return tuple(
        tuple(tuple((stem(word.form), False) for word in split_words(member)) for member in line)
        for line in ((*TERMS, *EVERYDAY) if everyday else TERMS)
    )
