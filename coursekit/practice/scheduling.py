"""When a card is due: the FSRS scheduler over a card's reviews, and the interview as the limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import fsrs

RatingName = Literal["again", "hard", "good", "easy"]
RATINGS: tuple[RatingName, ...] = get_args(RatingName)


@dataclass(frozen=True)
class Memory:
    """What FSRS holds of one card.

    Parameters
    ----------
    state : int
        1 learning, 2 review, 3 relearning.
    step : int or None
        The learning step.
    stability : float
        Days until recall falls to 90 %.
    difficulty : float
        From 1 to 10.
    due, last_review : datetime
        In UTC; ``due`` knows nothing of the interview.
    """

    state: int
    step: int | None
    stability: float
    difficulty: float
    due: datetime
    last_review: datetime

    def recall(self, moment: datetime) -> float:
        """Predict the probability of recall at a moment, by FSRS."""
        return float(_scheduler(0.9).get_card_retrievability(_card(self), moment))


def remember(reviews: Iterable[tuple[datetime, RatingName]], retention: float) -> Memory:
    """Run a card's reviews through FSRS.

    Its random spread of intervals is off: on every machine the same reviews give the same dates,
    so that merged histories agree.

    Parameters
    ----------
    reviews : iterable of (datetime, str)
        In the order of time, at least one; moments in UTC.
    retention : float
        The desired retention.

    Returns
    -------
    Memory
    """
    from fsrs import Card, Rating

    scheduler, card = _scheduler(retention), Card(card_id=0)
    for moment, rating in reviews:
        card, _ = scheduler.review_card(card, Rating[rating.title()], moment)
    return Memory(
        int(card.state), card.step, card.stability, card.difficulty, card.due, card.last_review
    )


def limited_due(memory: Memory, interview_date: date | None, now: datetime) -> datetime:
    """Give when a card is due, at the latest as the day of the interview begins.

    What is reviewed on that day itself is due at the end of it. An interview that has passed
    limits nothing. A card whose last review lies after now was rated with a clock set ahead: it is
    due now, for nobody knows when its time comes.

    Parameters
    ----------
    memory : Memory
    interview_date : date or None
        In the time zone of ``now``.
    now : datetime
        With a time zone: the learner's.

    Returns
    -------
    datetime
        In UTC.
    """
    if memory.last_review > now:
        return now.astimezone(UTC)
    if interview_date is None or interview_date < now.date():
        return memory.due
    begin = start_of(interview_date, now)
    limit = begin if memory.last_review < begin else begin + timedelta(hours=23, minutes=59)
    return min(memory.due, limit)


def start_of(day: date, now: datetime) -> datetime:
    """Give the UTC moment at which a day begins in the time zone of ``now``."""
    return datetime.combine(day, time(), tzinfo=now.tzinfo).astimezone(UTC)


@cache
def _scheduler(retention: float) -> "fsrs.Scheduler":
    from fsrs import Scheduler

    return Scheduler(desired_retention=retention, enable_fuzzing=False)


def _card(memory: Memory) -> "fsrs.Card":
    from fsrs import Card, State

    return Card(
        card_id=0,
        state=State(memory.state),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last_review,
    )
