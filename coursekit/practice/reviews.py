"""The log of reviews, and the cards that follow from it."""

import json
import sqlite3
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .rows import in_utc, parse_row
from .scheduling import Memory, RatingName, remember


@dataclass(frozen=True)
class CardReview:
    """One review of a card.

    Parameters
    ----------
    id : str
        Unique on all machines.
    label : str
        The question's label.
    reviewed_at : datetime
        In UTC.
    rating : {"again", "hard", "good", "easy"}
    seconds : float or None
        How long it took.
    missed : tuple of str
        The texts of the key points that the answer missed.
    """

    id: str
    label: str
    reviewed_at: datetime
    rating: RatingName
    seconds: float | None = None
    missed: tuple[str, ...] = ()


def new_id() -> str:
    """Give an id that no other machine gives."""
    return uuid.uuid4().hex


def read_reviews(
    database: sqlite3.Connection, label: str | None = None
) -> dict[str, tuple[CardReview, ...]]:
    """Read the reviews of one card or of all, by label, each card's in the order of time."""
    rows = database.execute(
        "SELECT * FROM reviews WHERE ? IN (label, '') ORDER BY reviewed_at, id", (label or "",)
    )
    found: dict[str, list[CardReview]] = defaultdict(list)
    for row in rows:
        found[row["label"]].append(parse_row("reviews", row, _review))
    return {label: tuple(reviews) for label, reviews in found.items()}


def _review(row: sqlite3.Row) -> CardReview:
    return CardReview(
        row["id"],
        row["label"],
        in_utc(row["reviewed_at"]),
        row["rating"],
        row["seconds"],
        tuple(json.loads(row["missed"])),
    )


def read_memories(database: sqlite3.Connection) -> dict[str, Memory]:
    """Read what FSRS holds of each card that was ever reviewed."""
    return {
        row["label"]: parse_row("cards", row, _memory)
        for row in database.execute("SELECT * FROM cards")
    }


def _memory(row: sqlite3.Row) -> Memory:
    memory = Memory(
        row["state"],
        row["step"],
        row["stability"],
        row["difficulty"],
        in_utc(row["due"]),
        in_utc(row["last_review"]),
    )
    memory.recall(memory.due)  # numbers that FSRS cannot use fail here, where the row is known
    return memory


def add_reviews(
    database: sqlite3.Connection, reviews: Iterable[CardReview], retention: float
) -> int:
    """Add the reviews that are not there yet, and schedule their cards by all they have.

    Returns
    -------
    int
        How many were added.
    """
    # The card that a review points to is written after it, from the whole log.
    database.execute("PRAGMA defer_foreign_keys = ON")
    changed: list[str] = []
    for review in reviews:
        added = database.execute(
            "INSERT OR IGNORE INTO reviews (id, label, reviewed_at, rating, seconds, missed) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                review.id,
                review.label,
                review.reviewed_at.isoformat(),
                review.rating,
                review.seconds,
                json.dumps(review.missed),
            ),
        )
        changed += [review.label] * added.rowcount
    for label in dict.fromkeys(changed):
        reschedule(database, retention, label)
    return len(changed)


def bring_back(database: sqlite3.Connection, label: str, now: datetime) -> None:
    """Date a card's reviews that lie after now, made with a clock set ahead, as made just now.

    Their order stays, and a review made now comes after them.
    """
    ahead = database.execute(
        "SELECT id FROM reviews WHERE label = ? AND reviewed_at > ? ORDER BY reviewed_at, id",
        (label, now.isoformat()),
    ).fetchall()
    for place, row in enumerate(ahead):
        moment = now - timedelta(microseconds=len(ahead) - place)
        database.execute(
            "UPDATE reviews SET reviewed_at = ? WHERE id = ?", (moment.isoformat(), row["id"])
        )


def reschedule(database: sqlite3.Connection, retention: float, label: str | None = None) -> None:
    """Write one card, or all, as its reviews say."""
    for name, reviews in read_reviews(database, label).items():
        memory = remember([(each.reviewed_at, each.rating) for each in reviews], retention)
        database.execute(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (label) DO UPDATE SET "
            "state = excluded.state, step = excluded.step, stability = excluded.stability, "
            "difficulty = excluded.difficulty, due = excluded.due, "
            "last_review = excluded.last_review",
            (
                name,
                memory.state,
                memory.step,
                memory.stability,
                memory.difficulty,
                memory.due.isoformat(),
                memory.last_review.isoformat(),
            ),
        )
