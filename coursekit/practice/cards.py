"""The cards: every question of the bank, what is due, what is weak, and what today asks."""

import math
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median

from coursekit.questions import Question, load_bank

from .database import connect, transact
from .reviews import Review, add_reviews, new_id, read_memories, read_reviews
from .scheduling import RATINGS, Memory, RatingName, limited_due, start_of
from .settings import Settings, read_settings

_HORIZON = timedelta(days=7)
_SECONDS_A_CARD = 60.0
# A card that lay open over lunch, or was rated by a script, tells nothing about the next one.
_SHORTEST_SECONDS, _LONGEST_SECONDS = 5.0, 600.0
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
    reviews : tuple of Review
        In the order of time.
    """

    question: Question
    due: datetime | None = None
    is_due: bool = False
    recall: float | None = None
    weakness: float = _UNSEEN
    is_weak: bool = False
    stability: float | None = None
    reviews: tuple[Review, ...] = ()

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


@dataclass(frozen=True)
class Budget:
    """What today asks, so that every card is seen before the interview.

    Parameters
    ----------
    days_left : int or None
        Days before the interview, today among them, and 1 on its own day; None without a date
        to come.
    due, new : int
        Reviews that come due today, and new cards to begin today.
    minutes : float
        What they will take, by the learner's own median time for a card.
    """

    days_left: int | None
    due: int
    new: int
    minutes: float


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
    moment = _aware(now)
    with connect() as database:
        settings = read_settings(database)
        memories, reviews = read_memories(database), read_reviews(database)
    return tuple(
        _card(question, memories.get(question.label), reviews, settings, moment)
        for question in (load_bank() if questions is None else questions)
    )


def due(questions: Sequence[Question] | None = None, now: datetime | None = None) -> list[Card]:
    """Give the cards whose time has come, the least surely recalled first.

    New cards are not among them: :func:`daily_budget` says how many to begin.
    """
    cards = [card for card in all_cards(questions, now) if card.is_due]
    return sorted(cards, key=lambda card: card.recall or 0.0)


def weak(questions: Sequence[Question] | None = None, now: datetime | None = None) -> list[Card]:
    """Give the weak cards, the weakest first."""
    cards = [card for card in all_cards(questions, now) if card.is_weak]
    return sorted(cards, key=lambda card: -card.weakness)


def weaknesses(
    questions: Sequence[Question] | None = None, now: datetime | None = None
) -> dict[str, float]:
    """Give each card's weakness by label, from 0 to 1; 0.5 for a card never seen."""
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
    moment, question = _aware(now), _question(label, questions)
    review = Review(new_id(), label, moment.astimezone(UTC), rating, seconds, tuple(missed))

    def save(database: sqlite3.Connection) -> Card:
        settings = read_settings(database)
        add_reviews(database, [review], settings.retention)
        memory = read_memories(database)[label]
        return _card(question, memory, read_reviews(database, label), settings, moment)

    return transact(save)


def daily_budget(
    questions: Sequence[Question] | None = None, now: datetime | None = None
) -> Budget:
    """Compute what today asks.

    With an interview date, the cards not yet begun are spread evenly over the days before it;
    without one, ``new_per_day`` are begun a day. What was begun today counts.

    Returns
    -------
    Budget
    """
    moment = _aware(now)
    with connect() as database:
        settings = read_settings(database)
    cards = all_cards(questions, moment)
    today = start_of(moment.date(), moment)
    tomorrow = start_of(moment.date() + timedelta(days=1), moment)
    begun = sum(1 for card in cards if card.reviews and card.reviews[0].reviewed_at >= today)
    unseen = sum(1 for card in cards if card.is_new)
    days_left = _days_left(settings, moment)
    share = settings.new_per_day if days_left is None else math.ceil((unseen + begun) / days_left)
    new = min(unseen, max(0, share - begun))
    n_due = sum(1 for card in cards if card.due is not None and card.due < tomorrow)
    return Budget(days_left, n_due, new, round((n_due + new) * _usual_seconds(cards) / 60, 1))


def share_mentioned(question: Question, missed: Iterable[str]) -> float:
    """Give the weighted share of a question's key points that are not among those missed."""
    left_out = set(missed)
    kept = sum(point.weight for point in question.key_points if point.text not in left_out)
    return kept / sum(point.weight for point in question.key_points)


def _card(
    question: Question,
    memory: Memory | None,
    reviews: dict[str, tuple[Review, ...]],
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


def _days_left(settings: Settings, now: datetime) -> int | None:
    if settings.interview_date is None or settings.interview_date < now.date():
        return None
    return max(1, (settings.interview_date - now.date()).days)


def _usual_seconds(cards: Iterable[Card]) -> float:
    taken = [
        review.seconds
        for card in cards
        for review in card.reviews
        if review.seconds and _SHORTEST_SECONDS <= review.seconds <= _LONGEST_SECONDS
    ]
    return median(taken) if taken else _SECONDS_A_CARD


def _question(label: str, questions: Sequence[Question] | None) -> Question:
    for question in load_bank() if questions is None else questions:
        if question.label == label:
            return question
    raise UnknownCardError(f"there is no card {label!r}: `coursekit questions` lists the labels")


def _aware(now: datetime | None) -> datetime:
    """Give a moment in a time zone: the learner's own if none is said."""
    moment = datetime.now(UTC) if now is None else now
    return moment.astimezone() if now is None or now.tzinfo is None else moment
