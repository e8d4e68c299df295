"""Examines a submission: runs the learner's cells in one process, and checks them from another."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from coursekit.checks import assess, find_exercise

from ..records import CellResult, CheckResult, Plan, Step, SubmissionResult, for_review
from ..sandbox.isolation import Isolation, describe
from .cell_outputs import checked_outputs, clean_text
from .judging import crashed_result, result_of, try_wrong_answer, undisturbed
from .launching import start_student, warm_up
from .own_memory import bounded_memory
from .remote import Conversation, LostError, RemoteAnswer, TimeLimitError
from .remote_errors import rebuild_error
from .suspicions import needs_person, scan, sentence
from .unpacking import ProtocolError
from .warm_forks import LaunchError

_NO_ISOLATION = Isolation("process", sentence=describe("process", (), {}, 0))
_MOST_ACTS = 50


@dataclass(frozen=True)
class Settings:
    """How submissions are examined.

    Attributes
    ----------
    cell_seconds : float
        What one cell, or one check, may take.
    total_seconds : float
        What one submission may take.
    memory_megabytes : int
        What a learner's process may take besides the imported libraries.
    isolation : Isolation or None
        What is enforced, as :func:`coursekit.grading.sandbox.probe` found it.
    hidden : tuple of str
        Files and folders that no learner's process may read, besides those of the course.
    fresh : bool
        Whether each process is a new interpreter rather than forked from a warm parent.
    """

    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    memory_megabytes: int = 4096
    isolation: Isolation | None = None
    hidden: tuple[str, ...] = ()
    fresh: bool = False


def examine(plan: Plan, *, settings: Settings | None = None) -> SubmissionResult:
    """Run a submission and check its answers.

    Parameters
    ----------
    plan : Plan
    settings : Settings, optional

    Returns
    -------
    SubmissionResult
        Always: what cannot be run or believed is said in it.
    """
    settings = settings or Settings()
    warm_up(fresh=settings.fresh)
    return _Examination(plan, settings).run()


class _Examination:
    def __init__(self, plan: Plan, settings: Settings) -> None:
        self._plan = plan
        self._settings = settings
        self._isolation = settings.isolation or _NO_ISOLATION
        self._start = time.monotonic()
        self._talk: Conversation | None = None
        self._to_replay: list[Step] = []
        self._where = ""
        self._reasons: dict[str, None] = {}
        self._notes: dict[str, None] = {}
        self._cells: list[CellResult] = []
        self._peak = 0.0

    def run(self) -> SubmissionResult:
        checks = []
        try:
            for step in self._plan.steps:
                if step.kind == "student":
                    self._cells.append(self._cell(step))
                else:
                    checks.append(self._check(step))
        finally:
            self._end_talk()
        return SubmissionResult(
            student=self._plan.student,
            shown=self._plan.shown,
            lesson=self._plan.lesson,
            checks=tuple(checks),
            cells=tuple(self._cells),
            notes=(*self._plan.notes, *self._notes),
            isolation=self._isolation.sentence,
            fingerprint=self._plan.fingerprint,
            seconds=time.monotonic() - self._start,
            peak_megabytes=self._peak,
        )

    def _limit(self) -> tuple[float, str]:
        """Give the deadline of a cell or check that begins now, and what it is."""
        now, whole = time.monotonic(), self._start + self._settings.total_seconds
        if now + self._settings.cell_seconds <= whole:
            return now + self._settings.cell_seconds, f"{self._settings.cell_seconds:g} seconds"
        return whole, f"{self._settings.total_seconds:g} seconds for the whole notebook"

    def _talking(self) -> Conversation:
        """Give the conversation; after a process was lost, a new one that knows the cells."""
        if time.monotonic() > self._start + self._settings.total_seconds:
            raise TimeLimitError(f"not run: {self._limit()[1]} are used up")
        while self._talk is None or self._talk.is_over:
            self._end_talk()
            self._talk = Conversation(self._launch(), self._see)
            self._replay(self._talk)
        return self._talk

    def _launch(self) -> Any:
        return start_student(
            self._isolation,
            memory_megabytes=self._settings.memory_megabytes,
            cpu_seconds=int(self._settings.total_seconds) + 10,
            hidden=self._settings.hidden,
            fresh=self._settings.fresh,
        )

    def _end_talk(self) -> None:
        if self._talk is not None:
            self._talk.end()
            self._peak = max(self._peak, self._talk.peak_megabytes)
            self._talk = None

    def _replay(self, talk: Conversation) -> None:
        """Run the earlier cells again; one that now ends the process is left out from then on."""
        where = self._where
        for step in [*self._to_replay]:
            self._where = f"Cell {step.cell}"
            talk.begin(*self._limit())
            try:
                talk.ask({"do": "cell", "source": step.source})
            except (LostError, ProtocolError):
                self._to_replay.remove(step)
                if talk.is_over:
                    break
        self._where = where

    def _see(self, kind: str, detail: str) -> None:
        told = sentence(kind, detail, self._where)
        is_grave = needs_person(kind, detail, self._isolation.enforced)
        kept = self._reasons if is_grave else self._notes
        if len(kept) < _MOST_ACTS:
            kept[told] = None

    def _cell(self, step: Step) -> CellResult:
        begin = time.monotonic()
        self._where = f"Cell {step.cell}"
        for act in scan(step.source):
            self._see(*act)
        result = CellResult(step.cell or 0, step.source)
        try:
            talk = self._talking()
            talk.begin(*self._limit())
            reply = talk.ask({"do": "cell", "source": step.source})
            self._to_replay.append(step)
            error = clean_text(reply.get("error"), 1000)
        except LostError as lost:
            reply = getattr(lost, "reply", {})
            error = f"{type(lost).__name__}: {lost}"
        except ProtocolError as fault:
            reply, error = {}, self._forged(fault)
        except LaunchError as failure:
            reply, error = {}, str(failure)
            self._reasons[f"Not all of it could be run: {failure}."] = None
        outputs = checked_outputs(reply.get("outputs"))
        self._note_peak(reply)
        return replace(result, outputs=outputs, error=error, seconds=time.monotonic() - begin)

    def _note_peak(self, reply: dict[str, Any]) -> None:
        peak = reply.get("peak")
        if type(peak) is int and 0 < peak < 1 << 40:
            self._peak = max(self._peak, peak / 1024)

    def _forged(self, fault: ProtocolError) -> str:
        told = f"{self._where} sent what the grader's own code does not send: {fault}."
        self._reasons[told] = None
        return told

    def _check(self, step: Step) -> CheckResult:
        begin = time.monotonic()
        self._where = f"The check of {step.exercise}"
        empty = CheckResult(
            step.exercise, "review", step.points, None, step.grade_id, found="crashed"
        )
        try:
            result = self._judged(step, empty)
        except LaunchError as failure:
            result = replace(empty, reasons=(str(failure),))
        except Exception as error:
            reason = f"the check itself failed: {type(error).__name__}: {error}"
            result = replace(empty, reasons=(clean_text(reason, 1000),))
        if self._reasons:
            result = for_review(result, (*result.reasons, *self._reasons))
        return replace(result, seconds=time.monotonic() - begin)

    def _judged(self, step: Step, empty: CheckResult) -> CheckResult:
        exercise = find_exercise(step.exercise)
        crashed = partial(crashed_result, empty, exercise)
        with undisturbed():
            try_wrong_answer(exercise)
            try:
                answer = self._answer(step)
                if isinstance(answer, str):
                    return crashed(answer)
                with bounded_memory():
                    outcome = assess(exercise, answer)
            except LostError as lost:
                return crashed(f"{step.answer}\n  {type(lost).__name__}: {lost}")
            except ProtocolError as fault:
                return crashed(self._forged(fault))
        talk = self._talk
        if talk is not None and isinstance(talk.lost, ProtocolError):
            self._forged(talk.lost)
        if talk is not None and talk.fault:
            raise RuntimeError(talk.fault)
        return result_of(empty, outcome)

    def _answer(self, step: Step) -> RemoteAnswer | str:
        """Find the learner's function, or say why there is none."""
        talk = self._talking()
        talk.begin(*self._limit())
        reply = talk.ask({"do": "answer", "expression": step.answer})
        if "error" in reply:
            error = rebuild_error(reply["error"])
            return "\n  ".join([f"{type(error).__name__}: {error}", *self._causes(step.answer)])
        kind = clean_text(reply.get("type"), 100)
        if not reply.get("callable"):
            return f"{step.answer} is no function but an object of type {kind}"
        number, name = reply.get("object"), clean_text(reply.get("name"), 100)
        if type(number) is not int:
            raise ProtocolError("an answer without a number")
        return RemoteAnswer(talk, number, name or "answer")

    def _causes(self, name: str) -> Iterator[str]:
        """Find the cells that were to define a name, and stopped before."""
        for cell in self._cells:
            if cell.error and (f"def {name}" in cell.source or f"{name} =" in cell.source):
                yield f"Cell {cell.cell}, which defines it, stopped: {cell.error}"
