"""What one run of the corpus left behind, and whether it is as it must be."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.course import find_lesson

from .cases import CURVE, EXERCISES, Case, Place, short_name


@dataclass
class Findings:
    """What one run left behind.

    Attributes
    ----------
    place : Place
    rows : list of dict
        The submissions of `results.json`.
    isolation : str
        The sentence of the run.
    status : int
        Exit status of the command.
    terminal : str
        What the command printed.
    seconds : float
    left_processes : list of str
        Processes that outlived the command.
    left_files : list of str
        What lies where nothing should.
    changed : list of str
        What was changed of the teacher's files.
    contacts : list of str
        Who came to the servers.
    bystander_lives : bool
    signalled : bool
        Whether the bystander got a signal.
    most_processes : int
        The most processes that ran at one time.
    largest_megabytes : float
        The largest resident memory of one process.
    """

    place: Place
    rows: list[dict[str, Any]] = field(default_factory=list)
    isolation: str = ""
    status: int = -1
    terminal: str = ""
    seconds: float = 0.0
    left_processes: list[str] = field(default_factory=list)
    left_files: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    bystander_lives: bool = False
    signalled: bool = False
    most_processes: int = 0
    largest_megabytes: float = 0.0

    def rows_of(self, case: Case) -> list[dict[str, Any]]:
        """Give the rows of what a case handed in."""
        return [row for row in self.rows if re.search(case.shown, row["shown"])]

    def gradebook(self) -> list[list[str]]:
        """Give the cells of the gradebook."""
        text = (self.place.output / "gradebook.csv").read_text(encoding="utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline="")))

    def pages(self) -> Iterator[tuple[Path, str]]:
        """Give every page that was written."""
        for path in sorted(self.place.output.rglob("*.html")):
            yield path, path.read_text(encoding="utf-8")

    def breaches(self) -> list[str]:
        """Give what cases themselves report to have reached, with the case's file."""
        found = []
        for row in self.rows:
            told = [text for cell in row["cells"] for text in _texts(cell)]
            told += [check["message"] for check in row["checks"]]
            lines = [line for text in told for line in text.splitlines()]
            found += [f"{row['shown']}: {line}" for line in lines if line.startswith("BREACH")]
        return found


def _texts(cell: dict[str, Any]) -> list[str]:
    return [output.get("text", "") for output in cell["outputs"]]


def verdicts(case: Case, findings: Findings) -> dict[str, str]:
    """Give the outcome of each exercise of a case; of one that was not graded, its fate."""
    rows = [_verdicts_of(row) for row in findings.rows_of(case)]
    if not rows:
        return dict.fromkeys(EXERCISES.values(), "absent")
    exercises = dict.fromkeys(exercise for row in rows for exercise in row)
    return {
        exercise: " and ".join(sorted({row.get(exercise, "lost") for row in rows}))
        for exercise in exercises
    }


def _verdicts_of(row: dict[str, Any]) -> dict[str, str]:
    if row["status"] != "graded":
        return dict.fromkeys(EXERCISES.values(), row["status"])
    found = {check["exercise"]: check["outcome"] for check in row["checks"]}
    expected = [CURVE] if row["lesson"] == find_lesson(CURVE[:2]).name else EXERCISES.values()
    return dict.fromkeys(expected, "lost") | found


def disagreements(case: Case, findings: Findings) -> list[str]:
    """Say in which points a case was not graded as it must be."""
    faults = []
    rows = findings.rows_of(case)
    for exercise, outcome in verdicts(case, findings).items():
        allowed = case.allowed(exercise)
        if outcome not in allowed:
            faults.append(f"{exercise}: {outcome}, not {' or '.join(sorted(allowed))}")
    if case.says and rows and not re.search(case.says, said(rows[0])):
        faults.append(f"nothing says /{case.says}/: {said(rows[0])[:300]!r}")
    if rows and len(rows) != case.n_rows:
        faults.append(f"{len(rows)} rows instead of {case.n_rows}")
    return faults + [fault for row in rows for fault in _faults_of(case, row)]


def _faults_of(case: Case, row: dict[str, Any]) -> list[str]:
    faults = []
    if row["seconds"] > case.seconds:
        faults.append(f"it took {row['seconds']:.0f} s, more than {case.seconds:.0f} s")
    if row["status"] != "graded" and not row["reason"].strip():
        faults.append("no reason is given")
    for check in row["checks"]:
        faults += _faults_of_check(case, check)
    return faults


def _faults_of_check(case: Case, check: dict[str, Any]) -> list[str]:
    exercise, outcome = check["exercise"], check["outcome"]
    faults = []
    if outcome == "review" and not any(reason.strip() for reason in check["reasons"]):
        faults.append(f"{exercise}: review without a reason")
    earned = {"right": check["points"], "review": None}.get(outcome, 0)
    if check["earned"] != earned:
        faults.append(f"{exercise}: {outcome}, and yet {check['earned']} points")
    mistake = case.mistakes.get(short_name(exercise))
    if mistake and check["mistake"] != mistake:
        faults.append(f"{exercise}: the mistake is {check['mistake']!r}, not {mistake!r}")
    return faults


def said(row: dict[str, Any]) -> str:
    """Give all that a row tells about a submission in words."""
    parts = [row["reason"], *row["notes"]]
    for check in row["checks"]:
        parts += [check["message"], *check["reasons"]]
    parts += [cell["error"] for cell in row["cells"]]
    return "\n".join(filter(None, parts))
