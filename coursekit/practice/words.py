"""Splits an answer into words that can be compared, and keeps where each stands in the text.

Spelling differs between writers more than meaning does. So *cross-validated*, *cross validated* and
*crossvalidated* become the same words, *doesn't* becomes *does not*, *optimisation* is also
*optimization*, R² and R^2 are r2, β is *beta*, and *63.2 %* is one word.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


def word_set(words: str) -> frozenset[str]:
    """Give the words of a list that is written as one text."""
    return frozenset(words.split())


# Bounded, and with no two ways to read one letter: hostile text costs no more than other text.
_NUMBER = r"\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+"
_WORD = re.compile(
    rf"(?P<number>(?<![^\W_])(?:{_NUMBER})(?![^\W_])(?P<percent>\s?(?:%|percent\b|per\scent\b))?)"
    r"|(?P<word>[^\W_]+(?:(?<=\w)\.(?=\d)\d+)?(?:[\^'’][^\W_]+)*)"
    r"|(?P<stop>[.!?](?=\s|$)|;|\n[ \t]*(?:[-*•]|\r?\n))"
    r"|(?P<pause>[,:()]|\s[-–—]\s|—)",
    re.IGNORECASE,
)
_JOINTS = frozenset("-_/.‐‑–")
_LONGEST_COMPOUND = 4
_LONGEST_WORD = 64
_BRITISH_ISE = re.compile(r"(?<=\w{3})(i|y)s(?=(?:e|es|ed|er|ers|ing|able|ation|ations)?$)")
_BRITISH_OUR = re.compile(r"(?<=behavi)our|(?<=neighb)our|(?<=col|fav|lab)our")
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta",
    "λ": "lambda", "μ": "mu", "σ": "sigma", "τ": "tau",
}  # fmt: skip
#: Where one name is made of several words: ``EarlyStopping``, but not ``AdamW`` or ``RMSprop``.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z]{3})")
_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "is are was were been being am", "choose": "chose chosen", "learn": "learnt",
        "find": "found", "keep": "kept", "hold": "held", "take": "took taken", "give": "gave given",
        "grow": "grew grown", "shrink": "shrank shrunk", "rise": "rose risen",
        "fall": "fell fallen",
        "draw": "drew drawn", "see": "saw seen", "know": "knew known",
        "lose": "lost", "get": "got gotten", "go": "goes went gone", "do": "does did done",
        "have": "has had", "build": "built", "make": "made", "lead": "led", "leave": "left",
    }.items()
    for form in forms.split()
}  # fmt: skip
_NOT_BRITISH = word_set(
    "noise raise raised raises precise exercise exercises otherwise likewise compromise promise "
    "advise revise revised supervise supervised surprise surprised disguise disguised comprise "
    "concise premise expertise praise"
)
_CLAUSE_STARTS = word_set("because since so but while whereas although though however")
_NO_ENDING = word_set(
    "bias means meaning setting settings nothing something anything during string thing things "
    "bring need seed speed feed indeed exceed embed red bed this less"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Parameters
    ----------
    form : str
        In small letters, without accents.
    start, end : int
        Where it stands: character offsets into the text.
    place : int
        Its number among the words as a reader counts them; the parts of *one-hot* share one.
    sentence, clause : int
        The numbers of its sentence and of its part between commas.
    """

    form: str
    start: int
    end: int
    place: int
    sentence: int
    clause: int


def split_words(text: str) -> list[Word]:
    """Split a text into words.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of Word
        In the order of the text. A contraction gives several words with the same offsets.
    """
    words: list[Word] = []
    place, sentence, clause, last_end = -1, 0, 0, -1
    for match in _WORD.finditer(text):
        if match["stop"] or match["pause"]:
            sentence += bool(match["stop"])
            clause += 1
            continue
        place += not _is_joined(text, last_end, match.start())
        last_end = match.end()
        for form, start, end in _forms(match):
            clause += form in _CLAUSE_STARTS
            words.append(Word(form, start, end, place, sentence, clause))
    return words


def compounds(words: list[Word]) -> Iterator[tuple[str, int, int]]:
    """Yield what words of one place make when written together: ``holdout`` of *hold-out*.

    Parameters
    ----------
    words : list of Word
        The words of a text.

    Yields
    ------
    tuple of (str, int, int)
        The form, the index of its first word, and the index after its last one.
    """
    for first, word in enumerate(words):
        form = word.form
        for last in range(first + 1, min(first + _LONGEST_COMPOUND, len(words))):
            if words[last].place != word.place or words[last].start == words[last - 1].start:
                break
            form += words[last].form
            yield form, first, last + 1


@lru_cache(maxsize=20_000)
def spellings(form: str) -> tuple[str, ...]:
    """Give a form as it stands and, where it differs, in American spelling.

    Parameters
    ----------
    form : str
        A word, or the beginning of one.

    Returns
    -------
    tuple of str
    """
    american = form
    if form not in _NOT_BRITISH:
        american = _BRITISH_ISE.sub(r"\1z", form)
    american = _BRITISH_OUR.sub("or", american)
    american = "center" + form[6:] if form.startswith("centre") else american
    return (form,) if american == form else (form, american)


@lru_cache(maxsize=20_000)
def stem(form: str) -> str:
    """Take the ending of a plural, of *-ing* and of *-ed* off a word.

    Parameters
    ----------
    form : str
        A word in small letters.

    Returns
    -------
    str
        Not always a word, but the same for all forms of one.
    """
    form = _IRREGULAR.get(form, spellings(form)[-1])
    if form in _NO_ENDING or len(form) < 4 or not form.isalpha():
        return form
    if form.endswith("ies"):
        form = form[:-3] + "y"
    elif form.endswith(("sses", "xes", "ches", "shes")):
        form = form[:-2]
    elif form.endswith("s") and not form.endswith(("ss", "us", "is")):
        form = form[:-1]
    for ending in ("ing", "ed"):
        root = form.removesuffix(ending)
        if root != form and len(root) >= 3 and re.search("[aeiouy]", root):
            form = root
            break
    form = form[:-1] if form.endswith("e") and len(form) > 3 else form
    return form[:-1] if len(form) > 3 and form[-1] == form[-2] else form


def _is_joined(text: str, last_end: int, start: int) -> bool:
    return last_end >= 0 and start - last_end == 1 and text[last_end] in _JOINTS


def _forms(match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    start, end = match.span()
    if match["number"]:
        number = match["number"].removesuffix(match["percent"] or "")
        number = f"0{number}" if number.startswith(".") else number
        yield f"{number}%" if match["percent"] else number, start, end
        return
    for part in _CAMEL.split(match["word"]):
        for form in _plain_forms(part[:_LONGEST_WORD]):
            yield form, start, start + len(part)
        start += len(part)


@lru_cache(maxsize=20_000)
def _plain_forms(word: str) -> tuple[str, ...]:
    form = unicodedata.normalize("NFKD", word.replace("’", "'")).casefold()
    form = "".join(_GREEK.get(sign, sign) for sign in form if sign.isalnum() or sign in "'.")
    if form == "cannot":
        return ("can", "not")
    if form.endswith("n't"):
        base = {"ca": "can", "wo": "will", "sha": "shall"}.get(form[:-3], form[:-3])
        return (base, "not")
    return (form.split("'")[0] or form.replace("'", "") or word,)
