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
    "rather unlike contrary"
)
#: After these, "not", "no" and the like negate nothing: *not only*, *no matter*.
_NO_NEGATION = {
    "not": frozenset({"only", "just", "merely", "simply", "surprisingly"}),
    "no": frozenset({"matter", "longer", "doubt"}),
    "nothing": frozenset({"but", "else"}),
}
#: These turn around what follows at once: *to avoid leakage I scale* denies no scaling.
_SHORT_NEGATORS = word_set("avoid avoids avoiding")
#: Words that call the rest of their sentence wrong, or warn of it, wherever they stand in it.
_REFUTERS = word_set(
    "myth myths misconception misconceptions fallacy untrue wrong wrongly incorrect incorrectly "
    "mistake mistaken mistakenly misunderstanding leak leaks leaking leakage otherwise cheating "
    "trap pitfall fail fails failing misleading misleads understates underestimates "
    "overstates overestimates"
)
#: After these, within a few words, a refuter refutes nothing: *so that nothing leaks*.
_PREVENTERS = word_set("prevent prevents preventing against without stop stops")
#: *Only* before one of these limits what was said before it: *fine only under MCAR*.
_LIMITS = word_set("under for if when on up where with in as")
#: What follows one of these is set against what stands before it.
_CONTRASTS = word_set("while whereas although though but however")
#: What says, after a thing, that it does not matter; each follows *is not*, *not* or stands alone.
_DISMISSED_WITH_NOT = frozenset(
    {"needed", "necessary", "required", "important", "matter", "relevant"}
)
_DISMISSED = frozenset({"unnecessary", "superfluous", "irrelevant", "needless", "redundant"})
_REACH = 8
_SHORT_REACH = 2
_REACH_OF_PREVENTION = 4
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
    if any(index not in matched and _refutes(text.words, index) for index in around):
        return True
    return (
        is_negated(text, match)
        or _is_negated_after(text, last)
        or _is_limited(text.words, last)
        or _is_set_against(text.words, match)
    )


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
    # *They have no parameters and make no assumptions*: what a pattern denies itself is not denied
    # by another *no* inside it.
    denies = any(_negates(words, index) for index in matched)
    start = min(matched) if denies else len(words)
    return any(
        before not in matched
        and (before < start or words[before].form != "no")
        and _negates(words, before, matched)
        and index - before <= _reach(words[before])
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


def _negates(words: list[Word], index: int, matched: frozenset[int] = frozenset()) -> bool:
    form = words[index].form
    follower = words[index + 1].form if index + 1 < len(words) else ""
    if form == "rather":
        return follower == "than"
    # *I do not just delete* denies a pattern that asks for *just delete*.
    return form in _NEGATORS and (
        index + 1 in matched or follower not in _NO_NEGATION.get(form, ())
    )


def _reach(negator: Word) -> int:
    return _SHORT_REACH if negator.form in _SHORT_NEGATORS else _REACH


def _refutes(words: list[Word], index: int) -> bool:
    before = range(max(0, index - _REACH_OF_PREVENTION), index)
    return words[index].form in _REFUTERS and not any(
        _negates(words, other) or words[other].form in _PREVENTERS
        for other in before
        if words[other].clause == words[index].clause
    )


def _is_limited(words: list[Word], last: int) -> bool:
    """Tell whether *only under*, *only for* and the like follow in the clause."""
    return any(
        words[index].form == "only"
        and words[index].clause == words[last].clause
        and words[index + 1].form in _LIMITS
        for index in range(last + 1, min(last + 1 + _REACH_OF_DISMISSAL, len(words) - 1))
    )


def _is_set_against(words: list[Word], match: Match) -> bool:
    """Tell whether a contrast stands between the phrases, or a comparison before one of them."""
    matched = match.indices()
    between = range(min(matched), max(matched))
    return any(
        index not in matched
        and (words[index].form in _CONTRASTS or _compares(words, index, matched))
        for index in between
    )


def _compares(words: list[Word], index: int, matched: frozenset[int]) -> bool:
    return words[index].form == "than" and index + 1 in matched


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
