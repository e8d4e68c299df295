"""Tells whether a text denies what it seems to say: *Adam does not guarantee convergence*.

Rules of thumb on words, no grammar. They look at one sentence, so *Some say that Adam always
converges. That is a myth.* is taken for the misconception itself.
"""

from itertools import pairwise

from .matching import Match, Text
from .words import Word, split_words, word_set

#: Words that turn around what follows them in their clause, or what they stand in the middle of.
_NEGATORS = word_set(
    "not no never neither nor none nobody nothing hardly rarely avoid avoids avoiding instead "
    "unlike contrary"
)
#: After these, "not", "no" and the like negate nothing: *not only*, *no matter*.
_NO_NEGATION = {
    "not": frozenset({"only", "just", "merely", "surprisingly"}),
    "no": frozenset({"matter", "longer", "doubt"}),
    "nothing": frozenset({"but", "else"}),
}
#: Words that call the rest of their sentence wrong, wherever they stand in it.
_REFUTERS = word_set(
    "myth myths misconception misconceptions fallacy untrue wrong wrongly incorrect incorrectly "
    "mistake mistaken mistakenly misunderstanding"
)
#: What says, after a thing, that it does not matter; each follows *is not*, *not* or stands alone.
_DISMISSED_WITH_NOT = frozenset(
    {"needed", "necessary", "required", "important", "matter", "relevant"}
)
_DISMISSED = frozenset({"unnecessary", "superfluous", "irrelevant", "needless", "redundant"})
_REACH = 8
_REACH_OF_DISMISSAL = 5


def is_denied(text: Text, match: Match) -> bool:
    """Tell whether a misconception that a pattern found is denied in its sentence.

    Parameters
    ----------
    text : Text
        Where it was found.
    match : Match
        What was found. Negations that the pattern itself asks for do not count.

    Returns
    -------
    bool
    """
    matched = match.indices()
    first, last = min(matched), max(matched)
    sentence = text.words[first].sentence
    around = [*_backwards(text, first, sentence), *_onwards(text, last, sentence)]
    around += range(first, last + 1)
    if any(text.words[index].form in _REFUTERS for index in around):
        return True
    return is_negated(text, match) or _is_negated_after(text, last)


def is_negated(text: Text, match: Match) -> bool:
    """Tell whether a negation in its clause turns around what a pattern found.

    Parameters
    ----------
    text : Text
        Where it was found.
    match : Match
        What was found. Negations that the pattern itself asks for do not count.

    Returns
    -------
    bool
    """
    words, matched = text.words, match.indices()
    return any(
        before not in matched and _negates(words, before)
        for index in matched
        for before in range(max(0, index - _REACH), index)
        if words[before].clause == words[index].clause
    )


def is_dismissed_or_negated(text: Text, match: Match) -> bool:
    """Tell whether a text denies what a pattern found, or says that it is not needed.

    Parameters
    ----------
    text : Text
        Where it was found.
    match : Match
        What was found.

    Returns
    -------
    bool
    """
    return is_negated(text, match) or is_dismissed(text, match)


def holds_negation(sentence: str) -> bool:
    """Tell whether a sentence denies something, or says that it is less.

    Parameters
    ----------
    sentence : str
        Any text.

    Returns
    -------
    bool
    """
    words = split_words(sentence)
    return any(word.form in ("less", "without") for word in words) or any(
        _negates(words, index) for index in range(len(words))
    )


def is_dismissed(text: Text, match: Match) -> bool:
    """Tell whether a text says of what a pattern found that it is not needed.

    Parameters
    ----------
    text : Text
        Where it was found.
    match : Match
        What was found.

    Returns
    -------
    bool
        True for *stratification is not needed* and *no need to stratify*.
    """
    matched = match.indices()
    first, last = min(matched), max(matched)
    if any(_negates(text.words, index) for index in matched):
        return False
    words, place = text.words, text.words[last].place
    after = [
        index
        for index in _onwards(text, last, words[last].sentence)
        if words[index].clause == words[last].clause
        and words[index].place - place <= _REACH_OF_DISMISSAL
    ]
    denied = False
    for index in after:
        denied = denied or words[index].form == "not"
        if words[index].form in _DISMISSED or (denied and words[index].form in _DISMISSED_WITH_NOT):
            return True
    forms = [word.form for word in words[max(0, first - 4) : first]]
    pairs = set(pairwise(forms))
    return bool(pairs & {("no", "need"), ("not", "need"), ("need", "not")})


def _is_negated_after(text: Text, last: int) -> bool:
    """Tell whether a negation follows at once: *finds nothing*, *is no established loss*."""
    words = text.words
    return any(
        words[index].clause == words[last].clause and _negates(words, index)
        for index in range(last + 1, min(last + 3, len(words)))
    )


def _negates(words: list[Word], index: int) -> bool:
    form = words[index].form
    follower = words[index + 1].form if index + 1 < len(words) else ""
    return form in _NEGATORS and follower not in _NO_NEGATION.get(form, ())


def _backwards(text: Text, index: int, sentence: int, reach: int = 40) -> list[int]:
    found: list[int] = []
    while index > 0 and len(found) < reach and text.words[index - 1].sentence == sentence:
        index -= 1
        found.append(index)
    return found


def _onwards(text: Text, index: int, sentence: int, reach: int = 40) -> list[int]:
    found: list[int] = []
    while (
        index + 1 < len(text.words)
        and len(found) < reach
        and text.words[index + 1].sentence == sentence
    ):
        index += 1
        found.append(index)
    return found
