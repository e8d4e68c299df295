"""Where the learner stands: exercises, cards, weak spots, and the next thing to do."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil
from statistics import fmean
from typing import Any, Literal

from coursekit.questions import Question, load_bank

from .budgets import Budget, daily_budget
from .cards import Card, all_cards, share_mentioned
from .database import connect, is_saved
from .rows import in_utc, parse_row
from .settings import Settings, load_settings

Topic = Literal["lesson", "tag"]


@dataclass(frozen=True)
class WeakSpot:
    """How well the cards of one lesson or tag are known.

    Parameters
    ----------
    topic : str
    n_cards, n_seen, n_due, n_weak : int
    recall : float or None
        The mean predicted recall of the cards seen (FSRS retrievability).
    mentioned : float or None
        The mean weighted share of key points mentioned last time, in the quiz or in an interview.
    missed : tuple of (str, str)
        Label and text of each key point missed last time, there or there.
    weakness : float
        The mean weakness of the cards.
    """

    topic: str
    n_cards: int
    n_seen: int
    n_due: int
    n_weak: int
    recall: float | None
    mentioned: float | None
    missed: tuple[tuple[str, str], ...]
    weakness: float


@dataclass(frozen=True)
class LessonProgress:
    """What is done of one lesson: exercises that were once right, exercises tried, cards seen."""

    lesson: str
    exercises: tuple[str, ...]
    solved: tuple[str, ...]
    tried: tuple[str, ...]
    n_cards: int
    n_seen: int


@dataclass(frozen=True)
class NextStep:
    """The next thing to do, why, and the command that begins it."""

    reason: str
    command: str


@dataclass(frozen=True)
class Progress:
    """Where the learner stands now.

    Parameters
    ----------
    lessons : tuple of LessonProgress
        In the order of the course.
    settings : Settings
        The interview date and how cards are scheduled.
    budget : Budget
        What today asks.
    n_cards, n_seen, n_due : int
        Cards in all, reviewed at least once, and due now.
    weak_spots, weak_tags : tuple of WeakSpot
        By lesson and by tag, the weakest first.
    n_mock_interviews : int
        Those that were finished.
    next_step : NextStep
        What to do now.
    saved : bool
        Whether progress is kept in the file, and not in memory alone.
    """

    lessons: tuple[LessonProgress, ...]
    settings: Settings
    budget: Budget
    n_cards: int
    n_seen: int
    n_due: int
    weak_spots: tuple[WeakSpot, ...]
    weak_tags: tuple[WeakSpot, ...]
    n_mock_interviews: int
    next_step: NextStep
    saved: bool

    def to_json(self) -> dict[str, Any]:
        """Give the machine-readable record."""
        record = asdict(self)
        date = self.settings.interview_date
        record["settings"]["interview_date"] = date.isoformat() if date else None
        return {"schema": 1, **record}


def show_progress(
    questions: Sequence[Question] | None = None, now: datetime | None = None
) -> Progress:
    """Gather where the learner stands.

    Parameters
    ----------
    questions : sequence of Question, optional
        Instead of the whole bank.
    now : datetime, optional
        With a time zone; the present moment if left out.

    Returns
    -------
    Progress
    """
    bank = load_bank() if questions is None else questions
    cards, budget = all_cards(bank, now), daily_budget(bank, now)
    outcomes, n_interviews = _attempts()
    lessons = tuple(
        _lesson(name, [card for card in cards if card.question.lesson == name], outcomes)
        for name in dict.fromkeys(question.lesson for question in bank)
    )
    heard = read_interviews()
    spots = find_weak_spots(cards, "lesson", heard)
    return Progress(
        lessons=lessons,
        settings=load_settings(),
        budget=budget,
        n_cards=len(cards),
        n_seen=sum(not card.is_new for card in cards),
        n_due=sum(card.is_due for card in cards),
        weak_spots=spots,
        weak_tags=find_weak_spots(cards, "tag", heard),
        n_mock_interviews=n_interviews,
        next_step=_next_step(cards, budget, lessons, spots),
        saved=is_saved(),
    )


@dataclass(frozen=True)
class Heard:
    """When a question last came up in a finished interview, and the key points missed there."""

    at: datetime
    missed: tuple[str, ...]


def read_interviews() -> dict[str, Heard]:
    """Read from the debriefs how each question, by label, went in its last mock interview."""
    heard: dict[str, Heard] = {}
    with connect() as database:
        rows = database.execute(
            "SELECT id, finished_at, debrief FROM mock_interviews "
            "WHERE finished_at IS NOT NULL AND debrief IS NOT NULL ORDER BY finished_at"
        ).fetchall()
    for row in rows:
        heard.update(parse_row("mock_interviews", row, _heard))
    return heard


def _heard(row: sqlite3.Row) -> dict[str, Heard]:
    at, heard = in_utc(row["finished_at"]), {}
    for question in json.loads(row["debrief"])["questions"]:
        points = question["key_points"]
        missed = tuple(point["text"] for point in points if not point["mentioned"])
        heard[str(question["label"])] = Heard(at, missed)
    return heard


def find_weak_spots(
    cards: Iterable[Card], by: Topic = "lesson", heard: Mapping[str, Heard] | None = None
) -> tuple[WeakSpot, ...]:
    """Sum up the cards by lesson or tag.

    Parameters
    ----------
    cards : iterable of Card
    by : {"lesson", "tag"}
    heard : mapping of str to Heard, optional
        What :func:`read_interviews` read; it counts until the card is reviewed again.

    Returns
    -------
    tuple of WeakSpot
        The weakest first.
    """
    topics: dict[str, list[Card]] = {}
    for card in cards:
        names = (card.question.lesson,) if by == "lesson" else card.question.tags
        for name in names:
            topics.setdefault(name, []).append(card)
    spots = [_weak_spot(name, members, heard or {}) for name, members in topics.items()]
    return tuple(sorted(spots, key=lambda spot: (-spot.weakness, spot.topic)))


def _weak_spot(topic: str, cards: Sequence[Card], heard: Mapping[str, Heard]) -> WeakSpot:
    seen = [card for card in cards if not card.is_new]
    answered = [card for card in cards if not card.is_new or card.label in heard]
    missed = {card.label: _missed(card, heard.get(card.label)) for card in answered}
    shares = [share_mentioned(card.question, missed[card.label]) for card in answered]
    return WeakSpot(
        topic=topic,
        n_cards=len(cards),
        n_seen=len(seen),
        n_due=sum(card.is_due for card in cards),
        n_weak=sum(card.is_weak for card in cards),
        recall=fmean(card.recall or 0.0 for card in seen) if seen else None,
        mentioned=fmean(shares) if shares else None,
        missed=tuple((label, text) for label, texts in missed.items() for text in texts),
        weakness=fmean(card.weakness for card in cards),
    )


def _missed(card: Card, heard: Heard | None) -> tuple[str, ...]:
    """Give the key points missed last: in the quiz, or in an interview after it."""
    if heard is None or (card.reviews and card.reviews[-1].reviewed_at > heard.at):
        return card.missed
    return tuple(point.text for point in card.question.key_points if point.text in heard.missed)


def _attempts() -> tuple[dict[str, set[str]], int]:
    """Read the outcomes of each exercise, and how many mock interviews were finished."""
    outcomes: dict[str, set[str]] = {}
    with connect() as database:
        for row in database.execute("SELECT DISTINCT exercise, outcome FROM attempts"):
            outcomes.setdefault(row["exercise"], set()).add(row["outcome"])
        (finished,) = database.execute("SELECT count(finished_at) FROM mock_interviews").fetchone()
    return outcomes, finished


def _lesson(name: str, cards: Sequence[Card], outcomes: dict[str, set[str]]) -> LessonProgress:
    exercises = tuple(dict.fromkeys(each for card in cards for each in card.question.exercises))
    return LessonProgress(
        lesson=name,
        exercises=exercises,
        solved=tuple(each for each in exercises if "right" in outcomes.get(each, ())),
        tried=tuple(each for each in exercises if outcomes.get(each, set()) - {"not attempted"}),
        n_cards=len(cards),
        n_seen=sum(not card.is_new for card in cards),
    )


def _next_step(
    cards: Sequence[Card],
    budget: Budget,
    lessons: Sequence[LessonProgress],
    spots: Sequence[WeakSpot],
) -> NextStep:
    """Choose in this order: what is due, what was begun, what is new, what is weak."""
    n_due = sum(card.is_due for card in cards)
    if n_due:
        first = f"{n_due} card{'s are' if n_due > 1 else ' is'} due"
        return NextStep(f"{first}, about {ceil(budget.minutes)} min today.", "coursekit quiz --due")
    for lesson in lessons:
        for exercise in lesson.tried:
            if exercise not in lesson.solved:
                return NextStep(
                    f"{exercise} in exercises/{lesson.lesson}.ipynb is not right yet.",
                    "coursekit lab",
                )
    if budget.new:
        text = f"{budget.new} new card{'s' if budget.new > 1 else ''} for today."
        return NextStep(text, f"coursekit quiz --limit {budget.new}")
    weakest = next((spot for spot in spots if spot.n_weak), None)
    if weakest is not None:
        text = f"Nothing is due; {weakest.topic} is the weakest of your lessons."
        return NextStep(text, f"coursekit quiz --weak --lesson {weakest.topic[:2]}")
    return NextStep("Nothing is due: try it all under the clock.", "coursekit mock --minutes 20")
