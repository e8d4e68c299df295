"""What today asks: the cards that come due, the new ones to begin, and the time it takes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from coursekit.questions import Question

from .cards import Card, all_cards, in_a_zone
from .database import connect
from .scheduling import start_of
from .settings import Settings, read_settings

_SECONDS_A_CARD = 60.0
# A card that lay open over lunch, or was rated by a script, tells nothing about the next one.
_SHORTEST_SECONDS, _LONGEST_SECONDS = 5.0, 600.0


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


def daily_budget(
    questions: Sequence[Question] | None = None, now: datetime | None = None
) -> Budget:
    """Compute what today asks.

    With an interview date, the cards not yet begun are spread evenly over the days before it;
    without one, ``new_per_day`` are begun a day. What was begun today counts.

    Parameters
    ----------
    questions : sequence of Question, optional
        Instead of the whole bank.
    now : datetime, optional
        With a time zone; the present moment if left out.

    Returns
    -------
    Budget
    """
    moment = in_a_zone(now)
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
