"""Keeps results as they come, so that a killed run resumes where it was.

While a class is graded, every result is one line of ``OUTPUT/.grading/results.jsonl``, on disk
before the next is waited for. At the end ``OUTPUT/results.json`` is written, whole or not at all:

============== ====================================================================================
``schema``     1; a reader should refuse any other
``coursekit``  version that graded
``made_at``    moment of writing, ISO 8601, UTC
``isolation``  one sentence: what kept the learners' code from the rest of the machine
``settings``   limits that held, such as ``cell_seconds``
``submissions`` list, in the order of ``shown``; each has the fields of
               :class:`~coursekit.grading.records.SubmissionResult`
============== ====================================================================================

A submission has ``student``, ``shown`` (the file handed in), ``lesson``, ``status`` (``graded`` or
``unreadable``, then with ``reason``), ``checks``, ``cells``, ``notes``, ``isolation``,
``fingerprint``, ``seconds`` and ``peak_megabytes``. A check has ``exercise``, ``grade_id``,
``outcome``, ``points``, ``earned`` (null: a person decides), ``message``, ``mistake``,
``misunderstanding``, ``hints``, ``reasons``, ``found``, ``key_points`` and ``seconds``. A cell has
``cell`` (its number), ``source``, ``outputs`` (each ``{"text": ...}`` or ``{"png": base64}``),
``error`` and ``seconds``. All texts come from learners or may quote them: escape before showing.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coursekit import __version__

from ..records import SCHEMA, Plan, SubmissionResult
from .grades import natural_order
from .output_folder import PRIVATE, OutputError, cannot_write, only_run, replacing

RESULTS = "results.json"
_LINES = "results.jsonl"


class Journal:
    """The results of one run, and those of earlier runs that still hold.

    Use it as a context manager: it holds the folder, so that no second run writes into it.
    Iterating gives the results of this run, in the order of ``shown``; each is read from disk
    when its turn comes.

    Parameters
    ----------
    output : Path
        Folder that results go into.
    isolation : str
        What keeps the learners' code apart, in one sentence.
    settings : mapping
        Limits that hold. A result that was found under other settings or another isolation is
        not used again.

    Attributes
    ----------
    path : Path
        The file of lines.
    n_damaged : int
        Lines of earlier runs that could not be read; what they held is graded again.

    Raises
    ------
    OutputError
        On entering, if another run holds the folder, or it cannot be written.
    """

    def __init__(
        self, output: Path, *, isolation: str = "", settings: Mapping[str, Any] | None = None
    ) -> None:
        self.output = Path(output)
        self.isolation = isolation
        self.settings = dict(settings or {})
        self.path = self.output / PRIVATE / _LINES
        self.n_damaged = 0
        self._circumstances = _digest([__version__, isolation, self.settings])
        self._earlier: dict[str, tuple[int, int]] = {}
        self._current: dict[tuple[str, str], tuple[int, int]] = {}
        self._held = ExitStack()

    def __enter__(self) -> "Journal":
        self._held.enter_context(only_run(self.output))
        try:
            self._file = self._held.enter_context(open(self.path, "a+b"))
            self._end = self._read_earlier()
        except OSError as error:
            self._held.close()
            raise cannot_write(self.path, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def add(self, result: SubmissionResult) -> None:
        """Keep a result; it is on disk when this returns.

        Raises
        ------
        OutputError
            If it cannot be written. The earlier ones are not lost.
        """
        line = json.dumps(
            {"key": self._key(result), "result": result.to_json()}, separators=(",", ":")
        )
        content = line.encode("ascii") + b"\n"
        try:
            self._file.write(content)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            self._drop_half_line()
            raise cannot_write(self.path, error) from error
        self._current[result.shown, result.student] = (self._end, len(content))
        self._end += len(content)

    def finished(self, plan: Plan) -> SubmissionResult | None:
        """Give the result that an earlier run found for the same notebook, if it still holds.

        It then counts among the results of this run. A submission that could not be graded is
        always tried again.

        Parameters
        ----------
        plan : Plan

        Returns
        -------
        SubmissionResult or None
        """
        place = self._earlier.get(self._key(plan)) if plan.fingerprint else None
        if place is None:
            return None
        result = self._read(place)
        if result.status != "graded":
            return None
        self._current[result.shown, result.student] = place
        return result

    def __iter__(self) -> Iterator[SubmissionResult]:
        places = sorted(self._current.items(), key=lambda item: natural_order(*item[0]))
        for _, place in places:
            yield self._read(place)

    def __len__(self) -> int:
        return len(self._current)

    def write_results(self, made_at: datetime | None = None) -> Path:
        """Write ``results.json``.

        Parameters
        ----------
        made_at : datetime, optional
            Now, by default.

        Returns
        -------
        Path

        Raises
        ------
        OutputError
            If it cannot be written; an earlier one is then as it was.
        """
        head = {
            "schema": SCHEMA,
            "coursekit": __version__,
            "made_at": (made_at or datetime.now(UTC)).isoformat(timespec="seconds"),
            "isolation": self.isolation,
            "settings": self.settings,
        }
        path = self.output / RESULTS
        with replacing(path) as file:
            # One submission at a time: the outputs of a class may be larger than the memory.
            start = json.dumps(head, indent=1, default=str).removesuffix("\n}")
            file.write(start.encode() + b',\n "submissions": [')
            for number, result in enumerate(self):
                file.write(b",\n" if number else b"\n")
                file.write(json.dumps(result.to_json()).encode())
            file.write(b"\n ]\n}\n")
        return path

    def _key(self, of: Plan | SubmissionResult) -> str:
        return _digest([of.shown, of.student, of.fingerprint, self._circumstances])

    def _read(self, place: tuple[int, int]) -> SubmissionResult:
        offset, length = place
        self._file.seek(offset)
        return SubmissionResult.from_json(json.loads(self._file.read(length))["result"])

    def _read_earlier(self) -> int:
        """Note where each result stands, drop a half-written last line, and find the end."""
        self._file.seek(0)
        end = damaged = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                self._file.truncate(end)  # the run was killed while it wrote this line
                break
            key = _key_of(line)
            if key:
                self._earlier[key] = (end, len(line))
            damaged += not key
            end += len(line)
        self.n_damaged = damaged
        return end

    def _drop_half_line(self) -> None:
        try:
            self._file.truncate(self._end)
        except (OSError, ValueError):
            return  # the next run drops it


def read_results(path: Path) -> tuple[SubmissionResult, ...]:
    """Read a ``results.json`` back.

    Parameters
    ----------
    path : Path
        The file, or the folder that holds it.

    Raises
    ------
    OutputError
        If it is no such file, or of another schema.
    """
    file = path / RESULTS if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document.get("schema") != SCHEMA:
            raise ValueError(f"its schema is {document.get('schema')!r}, not {SCHEMA}")
        return tuple(SubmissionResult.from_json(each) for each in document["submissions"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(f"{file} cannot be read as results of grading: {error}") from error


def _key_of(line: bytes) -> str:
    """Give the key of a line whose result can be read; nothing, if it cannot."""
    try:
        record = json.loads(line)
        SubmissionResult.from_json(record["result"])
        return str(record["key"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _digest(facts: object) -> str:
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
