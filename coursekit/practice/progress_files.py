"""Moves progress to another machine: a JSON file that merges without losing or doubling."""

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from coursekit.files import replacing

from .database import connect, transact
from .progress_records import (
    AttemptRecord,
    Export,
    ReviewRecord,
    SettingRecord,
)
from .reviews import CardReview, add_reviews, reschedule
from .rows import parse_row
from .settings import SettingError, Settings, read_settings

FORMAT = "coursekit-progress"
VERSION = 1

_INTERVIEW_FIELDS = ("id", "started_at", "finished_at", "seed", "minutes", "saved_at")
_READ = {
    "attempts": "SELECT made_at, exercise, lesson, outcome, mistake FROM attempts",
    "reviews": "SELECT * FROM reviews ORDER BY reviewed_at, id",
    "settings": "SELECT * FROM settings",
    "mock_interviews": "SELECT * FROM mock_interviews",
}


class ProgressImportError(ValueError):
    """Raised for a file that is no export of progress; nothing was imported."""


@dataclass(frozen=True)
class Imported:
    """How many records an import added or brought up to date.

    Parameters
    ----------
    attempts, reviews, settings, mock_interviews : int
    """

    attempts: int
    reviews: int
    settings: int
    mock_interviews: int


def export_progress(file: str | os.PathLike[str]) -> Path:
    """Write all progress as JSON.

    The file appears whole or not at all; one of the same name is replaced and keeps its mode.

    Parameters
    ----------
    file : path-like

    Returns
    -------
    Path

    Raises
    ------
    OSError
        If it cannot be written; then nothing has changed.
    """
    text = json.dumps(_export(), indent=1)
    with replacing(file) as stream:
        stream.write(f"{text}\n".encode())
    return Path(file)


def import_progress(file: str | os.PathLike[str]) -> Imported:
    """Merge an export into the progress of this machine.

    What is there already is not added again; of a setting or an interview that both have, the
    one saved later is kept, and a finished interview rather than an unfinished one.

    Parameters
    ----------
    file : path-like
        What :func:`export_progress` wrote.

    Returns
    -------
    Imported

    Raises
    ------
    ProgressImportError
        If the file is no export, or a newer coursekit wrote it.
    """
    export = _read(Path(file))

    def merge(database: sqlite3.Connection) -> Imported:
        attempts = _merge_attempts(database, export.attempts)
        retention = read_settings(database).retention
        settings = _merge_settings(database, export.settings)
        wanted = read_settings(database).retention
        if wanted != retention:
            reschedule(database, wanted)
        reviews = add_reviews(database, map(_as_review, export.reviews), wanted)
        return Imported(attempts, reviews, settings, _merge_interviews(database, export))

    return transact(merge)


def _export() -> dict[str, Any]:
    with connect() as database:

        def read(table: str, parse: Callable[[sqlite3.Row], dict[str, Any]]) -> list[Any]:
            rows = database.execute(_READ[table]).fetchall()
            return [parse_row(table, row, parse) for row in rows]

        return {
            "format": FORMAT,
            "version": VERSION,
            "exported_at": datetime.now(UTC).isoformat(),
            "attempts": read("attempts", dict),
            "reviews": read(
                "reviews", lambda row: {**dict(row), "missed": json.loads(row["missed"])}
            ),
            "settings": read(
                "settings", lambda row: {**dict(row), "value": json.loads(row["value"])}
            ),
            "mock_interviews": read("mock_interviews", _interview),
        }


def _interview(row: sqlite3.Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _INTERVIEW_FIELDS},
        "state": json.loads(row["state"]),
        "debrief": json.loads(row["debrief"]) if row["debrief"] else None,
    }


def _read(path: Path) -> Export:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(document, ensure_ascii=False).encode("utf-8")  # half a letter cannot be saved
    except ValueError as error:
        raise ProgressImportError(f"{path}: not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProgressImportError(
            f"{path} is no export of progress: `coursekit progress export FILE` writes one"
        )
    if document.get("version") != VERSION:
        raise ProgressImportError(
            f"{path} has the format's version {document.get('version')!r}; this coursekit reads "
            f"{VERSION}: update coursekit. Nothing was imported."
        )
    try:
        return TypeAdapter(Export).validate_python(document)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise ProgressImportError(
            f"{path}: {where}: {fault['msg']}. Nothing was imported."
        ) from error


def _as_review(record: ReviewRecord) -> CardReview:
    moment = record.reviewed_at.astimezone(UTC)
    return CardReview(record.id, record.label, moment, record.rating, record.seconds, record.missed)


def _merge_attempts(database: sqlite3.Connection, attempts: Sequence[AttemptRecord]) -> int:
    """Add what the file has more of: attempts carry no id, so equal ones are counted."""
    columns = "made_at, exercise, lesson, outcome, mistake"
    here = Counter(tuple(row) for row in database.execute(f"SELECT {columns} FROM attempts"))
    there = Counter(
        (_stamp(each.made_at), each.exercise, each.lesson, each.outcome, each.mistake)
        for each in attempts
    )
    missing = sorted((there - here).elements(), key=str)
    database.executemany(f"INSERT INTO attempts ({columns}) VALUES (?, ?, ?, ?, ?)", missing)
    return len(missing)


def _merge_settings(database: sqlite3.Connection, settings: Sequence[SettingRecord]) -> int:
    n_changed = 0
    for setting in settings:
        _check_setting(setting)
        changed = database.execute(
            "INSERT INTO settings (name, value, set_at) VALUES (?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at "
            "WHERE excluded.set_at > settings.set_at",
            (setting.name, json.dumps(setting.value), _stamp(setting.set_at)),
        )
        n_changed += changed.rowcount
    return n_changed


def _check_setting(setting: SettingRecord) -> None:
    """Refuse a value that would stop every later command."""
    if setting.name not in Settings.__dataclass_fields__:
        return
    try:
        value = setting.value
        if setting.name == "interview_date" and value is not None:
            value = date.fromisoformat(value)
        Settings(**{setting.name: value})
    except (SettingError, TypeError, ValueError) as error:
        raise ProgressImportError(
            f"the setting {setting.name} is {setting.value!r}: {error}. Nothing was imported."
        ) from error


def _merge_interviews(database: sqlite3.Connection, export: Export) -> int:
    n_changed = 0
    for each in export.mock_interviews:
        here = database.execute(
            "SELECT finished_at IS NOT NULL, saved_at FROM mock_interviews WHERE id = ?",
            (each.id,),
        ).fetchone()
        there = (int(each.finished_at is not None), _stamp(each.saved_at))
        if here is not None and tuple(here) >= there:
            continue
        # Replaced and not updated: an update would give it a new saved_at.
        database.execute("DELETE FROM mock_interviews WHERE id = ?", (each.id,))
        database.execute(
            f"INSERT INTO mock_interviews ({', '.join(_INTERVIEW_FIELDS)}, state, debrief) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(getattr(each, name) for name in _INTERVIEW_FIELDS[:-1]),
                _stamp(each.saved_at),
                json.dumps(each.state),
                None if each.debrief is None else json.dumps(each.debrief),
            ),
        )
        n_changed += 1
    return n_changed


def _stamp(moment: datetime) -> str:
    """Write a moment as SQLite's own default does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
