"""Reviews a written answer against the bank: which key points it mentions, which myths it states.

A review is a checklist, never a verdict. It finds words, not meaning: a fluent answer that uses the
right words wrongly looks good to it (``python -m benchmarks.answer_review`` measures how often).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

from coursekit.questions import Question, load_bank

from .coverage import weighted_share
from .matching import Match, Text
from .negations import holds_negation, is_denied, is_dismissed, is_dismissed_or_negated
from .spans import join

Rating = Literal["again", "hard", "good", "easy"]
#: The share of the key points, by weight, from which on a rating is suggested.
RATING_FROM: tuple[tuple[float, Rating], ...] = ((0.8, "easy"), (0.55, "good"), (0.25, "hard"))
#: Four minutes of speech. In more words most key points turn up by accident, whatever the subject,
#: so no more than "hard" is suggested.
MOST_WORDS = 600
CHECKLIST_NOTE = (
    "A checklist, not a verdict: it finds words, and cannot tell whether they are used rightly. "
    "Compare with the model answer, and rate yourself."
)


class QuestionNotFoundError(LookupError):
    """Raised for a question that the bank has not, or that a bare id leaves open."""


@dataclass(frozen=True)
class PointFound:
    """A key point or a red flag, and what of a text matched it.

    Parameters
    ----------
    text : str
        The key point or the misconception, as the bank states it.
    weight : int
        How much it matters, 1 to 3; 1 for a red flag.
    mentioned : bool
        Whether a pattern matched.
    words : tuple of str
        The words that matched, each once, in the order of the text.
    spans : tuple of (int, int)
        Where they stand: character offsets into the text, from and before; in order and apart.
    """

    text: str
    weight: int
    mentioned: bool
    words: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Review:
    """What a text mentions of a question's key points and misconceptions.

    Parameters
    ----------
    question : str
        The question's label.
    key_points, red_flags : tuple of PointFound
        In the order of the bank.
    coverage : float
        The share of the key points that the text mentions, by weight, 0 to 1.
    n_words : int
        The length of the text.
    suggested_rating : str
        ``"again"``, ``"hard"``, ``"good"`` or ``"easy"``: a proposal for the learner to confirm.
    """

    question: str
    key_points: tuple[PointFound, ...]
    red_flags: tuple[PointFound, ...]
    coverage: float
    n_words: int
    suggested_rating: Rating

    @cached_property
    def mentioned(self) -> tuple[PointFound, ...]:
        """Give the key points that the text mentions."""
        return tuple(point for point in self.key_points if point.mentioned)

    @cached_property
    def missed(self) -> tuple[PointFound, ...]:
        """Give the key points that the text does not mention."""
        return tuple(point for point in self.key_points if not point.mentioned)

    @cached_property
    def stated(self) -> tuple[PointFound, ...]:
        """Give the misconceptions that the text seems to state."""
        return tuple(flag for flag in self.red_flags if flag.mentioned)

    def to_json(self) -> dict[str, Any]:
        """Give the review as what JSON can hold, with the note that it is a checklist."""
        return {"schema": 1, **asdict(self), "note": CHECKLIST_NOTE}


def review(question: Question | str, text: str) -> Review:
    """Review an answer: which key points and which misconceptions its words point to.

    Parameters
    ----------
    question : Question or str
        A question, or its label such as ``"DL-25"`` or ``"MT-4 (regression)"``.
    text : str
        The answer, of any length.

    Returns
    -------
    Review

    Raises
    ------
    QuestionNotFoundError
        If the bank has no such question, or the id has several parts.
    """
    if isinstance(question, str):
        question = find_question(question)
    answer = Text(text)
    key_points = tuple(
        _look(answer, point.text, point.patterns, _voids(point.text), weight=point.weight)
        for point in question.key_points
    )
    red_flags = tuple(
        _look(answer, flag.text, flag.patterns, is_denied, strictly=True)
        for flag in question.red_flags
    )
    coverage = weighted_share((point.weight, point.mentioned) for point in key_points)
    return Review(
        question=question.label,
        key_points=key_points,
        red_flags=red_flags,
        coverage=coverage,
        n_words=answer.n_words,
        suggested_rating=_suggest(coverage, red_flags, answer.n_words),
    )


def find_question(label: str) -> Question:
    """Find one question by its label.

    Parameters
    ----------
    label : str
        Such as ``"DL-25"`` or ``"MT-4 (regression)"``; case and spaces do not matter.

    Returns
    -------
    Question

    Raises
    ------
    QuestionNotFoundError
        If the bank has no such question, or the id has several parts.
    """
    wanted = "".join(label.split()).casefold()
    bank = load_bank()
    for question in bank:
        if wanted == "".join(question.label.split()).casefold():
            return question
    parts = [question.label for question in bank if question.id.casefold() == wanted]
    if len(parts) > 1:
        quoted = " or ".join(repr(part) for part in parts)
        raise QuestionNotFoundError(f"{label} is split between lessons: ask for {quoted}")
    if parts:
        raise QuestionNotFoundError(f"{label} has the full name {parts[0]!r}: ask for that")
    raise QuestionNotFoundError(f"there is no question {label!r}: `coursekit questions` lists them")


def _voids(point: str) -> Callable[[Text, Match], bool]:
    """Choose what makes a match void: a point that is itself a denial may be said with *not*."""
    return is_dismissed if holds_negation(point) else is_dismissed_or_negated


def _look(
    answer: Text,
    text: str,
    patterns: Sequence[str],
    is_void: Callable[[Text, Match], bool],
    *,
    weight: int = 1,
    strictly: bool = False,
) -> PointFound:
    runs = join(
        phrase
        for pattern in patterns
        for match in answer.find(pattern, strictly=strictly)
        if not is_void(answer, match)
        for phrase in match.phrases
    )
    return PointFound(
        text=text,
        weight=weight,
        mentioned=bool(runs),
        words=tuple(dict.fromkeys(answer.words_between(*run) for run in runs)),
        spans=tuple(dict.fromkeys(answer.span(*run) for run in runs)),
    )


def _suggest(coverage: float, red_flags: Sequence[PointFound], n_words: int) -> Rating:
    rating: Rating = next((name for start, name in RATING_FROM if coverage >= start), "again")
    is_doubtful = n_words > MOST_WORDS or any(flag.mentioned for flag in red_flags)
    return "hard" if is_doubtful and rating in ("good", "easy") else rating
