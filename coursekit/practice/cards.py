"""The cards: every question of the bank, what is due, and what is weak."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from coursekit.questions import Question, load_bank

from .coverage import weighted_share
from .database import connect, transact
from .reviews import CardReview, add_reviews, bring_back, new_id, read_memories, read_reviews
from .scheduling import RATINGS, Memory, RatingName, limited_due, start_of
from .settings import Settings, read_settings

_HORIZON = timedelta(days=7)
_UNSEEN = 0.5


@dataclass(frozen=True)
class Card:
    """A question and what its reviews say.

    Parameters
    ----------
    question : Question
    due : datetime or None
        In UTC, never beyond the interview; None for a new card.
    is_due : bool
        Whether that time has come.
    recall : float or None
        The predicted probability of recall now (FSRS retrievability); None for a new card.
    weakness : float
        One minus the recall predicted for the interview (or in a week), times the weighted share
        of key points mentioned last time; 0.5 for a new card, of which nothing is known.
    is_weak : bool
        Whether it was last rated again or hard, or with a key point missed, or is recalled now
        less surely than the retention that is wanted.
    stability : float or None
        In days.
    reviews : tuple of CardReview
        In the order of time.
    """

    question: Question
    due: datetime | None = None
    is_due: bool = False
    recall: float | None = None
    weakness: float = _UNSEEN
    is_weak: bool = False
    stability: float | None = None
    reviews: tuple[CardReview, ...] = ()

    @property
    def label(self) -> str:
        """Give the question's label."""
        return self.question.label

    @property
    def is_new(self) -> bool:
        """Tell whether it was never reviewed."""
        return not self.reviews

    @property
    def missed(self) -> tuple[str, ...]:
        """Give the key points that were missed last time, as far as the question still has them."""
        last = self.reviews[-1].missed if self.reviews else ()
        return tuple(point.text for point in self.question.key_points if point.text in last)


class UnknownCardError(LookupError):
    """Raised for a label that no question of the bank has; the message says what to do."""


def all_cards(
    questions: Sequence[Question] | None = None, now: datetime | None = None
) -> tuple[Card, ...]:
    """Give every question of the bank as a card.

    Parameters
    ----------
    questions : sequence of Question, optional
        Instead of the whole bank.
    now : datetime, optional
        With a time zone; the present moment if left out.

    Returns
    -------
    tuple of Card
        In the order of the bank.
    """
    moment = in_a_zone(now)
    with connect() as database:
        settings = read_settings(database)
        memories, reviews = read_memories(database), read_reviews(database)
    return tuple(
        _card(question, memories.get(question.label), reviews, settings, moment)
        for question in (load_bank() if questions is None else questions)
    )


def due(questions: Sequence[Question] | None = None, now: datetime | None = None) -> list[Card]:
    """Give the cards whose time has come, the least surely recalled first.

    New cards are not among them: :func:`~coursekit.practice.budgets.daily_budget` says how many to
    begin.

    Parameters
    ----------
    questions : sequence of Question, optional
        Instead of the whole bank.
    now : datetime, optional
        With a time zone; the present moment if left out.

    Returns
    -------
    list of Card
    """
    cards = [card for card in all_cards(questions, now) if card.is_due]
    return sorted(cards, key=lambda card: card.recall or 0.0)


def weak(questions: Sequence[Question] | None = None, now: datetime | None = None) -> list[Card]:
    """Give the weak cards, the weakest first.

    Parameters
    ----------
    questions : sequence of Question, optional
        Instead of the whole bank.
    now : datetime, optional
        With a time zone; the present moment if left out.

    Returns
    -------
    list of Card
    """
    cards = [card for card in all_cards(questions, now) if card.is_weak]
    return sorted(cards, key=lambda card: -card.weakness)


def weaknesses(
    questions: Sequence[Question] | None = None, now: datetime | None = None
) -> dict[str, float]:
    """Give each card's weakness by label.

    Parameters
    ----------
    questions : sequence of Question, optional
        Instead of the whole bank.
    now : datetime, optional
        With a time zone; the present moment if left out.

    Returns
    -------
    dict of str to float
        From 0 to 1; 0.5 for a card never seen.
    """
    return {card.label: card.weakness for card in all_cards(questions, now)}


def rate(
    label: str,
    rating: RatingName,
    *,
    missed: Iterable[str] = (),
    seconds: float | None = None,
    questions: Sequence[Question] | None = None,
    now: datetime | None = None,
) -> Card:
    """Log a review and schedule the card anew.

    Where the card's last review lies after now, the clock was set ahead then: that review is taken
    as made now, so that the new schedule begins today.

    Parameters
    ----------
    label : str
        The question's label.
    rating : {"again", "hard", "good", "easy"}
    missed : iterable of str
        The texts of the key points that the answer missed.
    seconds : float, optional
        How long it took.
    questions : sequence of Question, optional
        Instead of the whole bank.
    now : datetime, optional
        With a time zone; the present moment if left out.

    Returns
    -------
    Card
        As it is now.

    Raises
    ------
    UnknownCardError
        If no question has the label.
    ValueError
        If the rating is none of the four.
    """
    if rating not in RATINGS:
        raise ValueError(f"{rating!r} is no rating: give one of {', '.join(RATINGS)}")
    moment, question = in_a_zone(now), _question(label, questions)
    review = CardReview(new_id(), label, moment.astimezone(UTC), rating, seconds, tuple(missed))

    def save(database: sqlite3.Connection) -> Card:
        settings = read_settings(database)
        bring_back(database, label, review.reviewed_at)
        add_reviews(database, [review], settings.retention)
        memory = read_memories(database)[label]
        return _card(question, memory, read_reviews(database, label), settings, moment)

    return transact(save)


def share_mentioned(question: Question, missed: Iterable[str]) -> float:
    """Give the weighted share of a question's key points that are not among those missed."""
    left_out = set(missed)
    return weighted_share(
        (point.weight, point.text not in left_out) for point in question.key_points
    )


def _card(
    question: Question,
    memory: Memory | None,
    reviews: dict[str, tuple[CardReview, ...]],
    settings: Settings,
    now: datetime,
) -> Card:
    card = Card(question, reviews=reviews.get(question.label, ()))
    if memory is None or card.is_new:
        return Card(question)
    recall = memory.recall(now.astimezone(UTC))
    lasting = memory.recall(_horizon(settings, now))
    limit = limited_due(memory, settings.interview_date, now)
    return replace(
        card,
        due=limit,
        is_due=limit <= now,
        recall=recall,
        weakness=1 - lasting * share_mentioned(question, card.missed),
        is_weak=card.reviews[-1].rating in ("again", "hard")
        or bool(card.missed)
        or recall < settings.retention,
        stability=memory.stability,
    )


def _horizon(settings: Settings, now: datetime) -> datetime:
    date = settings.interview_date
    if date is None or date < now.date():
        return (now + _HORIZON).astimezone(UTC)
    return start_of(date + timedelta(days=1), now)


def _question(label: str, questions: Sequence[Question] | None) -> Question:
    for question in load_bank() if questions is None else questions:
        if question.label == label:
            return question
    raise UnknownCardError(f"there is no card {label!r}: `coursekit questions` lists the labels")


def in_a_zone(now: datetime | None) -> datetime:
    """Give a moment in a time zone: the learner's own if none is said."""
    moment = datetime.now(UTC) if now is None else now
    return moment.astimezone() if now is None or now.tzinfo is None else moment
