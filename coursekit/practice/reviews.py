"""The log of reviews, and the cards that follow from it."""

import json
import sqlite3
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .scheduling import Memory, RatingName, remember


@dataclass(frozen=True)
class Review:
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
) -> dict[str, tuple[Review, ...]]:
    """Read the reviews of one card or of all, by label, each card's in the order of time."""
    rows = database.execute(
        "SELECT * FROM reviews WHERE ? IN (label, '') ORDER BY reviewed_at, id", (label or "",)
    )
    found: dict[str, list[Review]] = defaultdict(list)
    for row in rows:
        found[row["label"]].append(
            Review(
                row["id"],
                row["label"],
                datetime.fromisoformat(row["reviewed_at"]),
                row["rating"],
                row["seconds"],
                tuple(json.loads(row["missed"])),
            )
        )
    return {label: tuple(reviews) for label, reviews in found.items()}


def read_memories(database: sqlite3.Connection) -> dict[str, Memory]:
    """Read what FSRS holds of each card that was ever reviewed."""
    return {
        row["label"]: Memory(
            row["state"],
            row["step"],
            row["stability"],
            row["difficulty"],
            datetime.fromisoformat(row["due"]),
            datetime.fromisoformat(row["last_review"]),
        )
        for row in database.execute("SELECT * FROM cards")
    }


def add_reviews(database: sqlite3.Connection, reviews: Iterable[Review], retention: float) -> int:
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
