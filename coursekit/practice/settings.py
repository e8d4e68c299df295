"""The learner's settings: how much to remember, until when, and how many new cards a day."""

import json
import sqlite3
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from .database import connect, transact
from .rows import parse_row

#: Moments are reckoned from the interview, and Python's calendar ends in the year 9999.
_LAST_YEAR = 9000


@dataclass(frozen=True)
class Settings:
    """How cards are scheduled.

    Parameters
    ----------
    retention : float
        The share of cards to be recalled when they come due, between 0.7 and 0.99; more costs more
        reviews.
    interview_date : date or None
        No card is due later than this day, as long as it has not passed.
    new_per_day : int
        New cards a day while there is no interview date.
    """

    retention: float = 0.9
    interview_date: date | None = None
    new_per_day: int = 10

    def __post_init__(self) -> None:
        if not 0.7 <= self.retention <= 0.99:
            raise SettingError(f"retention is {self.retention:g}: give a share from 0.7 to 0.99")
        if type(self.new_per_day) is not int or not 0 <= self.new_per_day <= 1000:
            raise SettingError(
                f"new_per_day is {self.new_per_day}: give a whole number from 0 to 1000"
            )
        if self.interview_date is not None and self.interview_date.year > _LAST_YEAR:
            raise SettingError(
                f"interview_date is {self.interview_date}: give a day up to {_LAST_YEAR}"
            )


class SettingError(ValueError):
    """Raised for a setting that cannot be; the message says what can."""


def load_settings() -> Settings:
    """Read the settings.

    Returns
    -------
    Settings
        What was never set has its default.
    """
    with connect() as database:
        return read_settings(database)


def save_settings(**changes: Any) -> Settings:
    """Change settings and schedule the cards by them.

    Parameters
    ----------
    **changes
        Fields of :class:`Settings`.

    Returns
    -------
    Settings
        All settings, as they are now.

    Raises
    ------
    SettingError
        If a value cannot be, or there is no such setting.
    """
    from .reviews import reschedule

    known = {field.name for field in fields(Settings)}
    if unknown := set(changes) - known:
        raise SettingError(f"there is no setting {sorted(unknown)[0]!r}: there are {sorted(known)}")

    def save(database: sqlite3.Connection) -> Settings:
        before = read_settings(database)
        settings = Settings(**{**asdict(before), **changes})
        for name in changes:
            database.execute(
                "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                (name, json.dumps(getattr(settings, name), default=date.isoformat)),
            )
        if settings.retention != before.retention:
            reschedule(database, settings.retention)
        return settings

    return transact(save)


def read_settings(database: sqlite3.Connection) -> Settings:
    """Read the settings in a transaction; a name that this release does not know is left alone."""
    known = {field.name for field in fields(Settings)}
    rows = database.execute("SELECT name, value FROM settings").fetchall()
    found = [parse_row("settings", row, _setting) for row in rows if row["name"] in known]
    return Settings(**dict(found))


def _setting(row: sqlite3.Row) -> tuple[str, Any]:
    name, value = row["name"], json.loads(row["value"])
    if name == "interview_date" and value:
        value = date.fromisoformat(value)
    Settings(**{name: value})  # fails here, where the row is known
    return name, value
