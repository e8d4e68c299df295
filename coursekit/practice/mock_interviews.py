"""The mock interview: what is asked, what was answered, and the time that it took."""

import time
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from coursekit.questions import Question

from .follow_ups import Answer, Prompt, Reviewer, answer_from_json, follow_up, opening
from .mock_questions import MockInterviewError

_SCHEMA = 1


def _review(question: Question, text: str) -> Any:
    from .reviewing import review

    return review(question, text)


class MockInterview:
    """A timed interview about given questions; it asks, and the caller shows and answers.

    The time runs from :meth:`go_on` to :meth:`pause`. An answer that was begun in time counts;
    when the time is up, nothing more is asked.

    Parameters
    ----------
    questions : sequence of Question
        What to ask, in this order (see :func:`coursekit.practice.choose_questions`).
    minutes : float
        The time for all of it.
    seed : int
        What the questions were drawn with; kept to tell it again.
    spoken : bool
        Whether answers are spoken, and the candidate says which key points they had.
    clock : callable
        Gives seconds that never go back.
    reviewer : callable, optional
        Finds key points in a text; :func:`coursekit.practice.review` if left out.

    Attributes
    ----------
    draft : str
        The beginning of an answer, kept when the interview is left.
    prompt : Prompt or None
        What is asked now; None when the interview is over.

    Raises
    ------
    MockInterviewError
        If there are no questions, or ``minutes`` is not positive.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        minutes: float = 20,
        seed: int = 0,
        *,
        spoken: bool = False,
        clock: Callable[[], float] = time.monotonic,
        reviewer: Reviewer = _review,
    ) -> None:
        if not questions:
            raise MockInterviewError("there are no questions to ask: choose other lessons")
        if not 0 < minutes < float("inf"):
            raise MockInterviewError(f"minutes must be a positive number, not {minutes!r}")
        self.questions = tuple(questions)
        self.minutes, self.seed, self.spoken = minutes, seed, spoken
        self.id = uuid.uuid4().hex
        self.started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self.draft = ""
        self.prompt: Prompt | None = opening(self.questions[0])
        self.reviewer = reviewer
        self._clock = clock
        self._running_since: float | None = None
        self._seconds = 0.0
        self._prompted_at = 0.0
        self._place = 0
        self._answers: dict[str, list[Answer]] = {}

    @property
    def question(self) -> Question | None:
        """The question under discussion; None when the interview is over."""
        return None if self.prompt is None else self.questions[self._place]

    @property
    def number(self) -> int:
        """The place of the present question, from 1."""
        return self._place + 1

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self.prompt is None

    @property
    def seconds_used(self) -> float:
        """The time that ran so far, in seconds."""
        running = 0.0 if self._running_since is None else self._clock() - self._running_since
        return self._seconds + running

    @property
    def seconds_left(self) -> float:
        """The time left, in seconds; 0 when it is up."""
        return max(0.0, self.minutes * 60 - self.seconds_used)

    def go_on(self) -> None:
        """Let the time run."""
        if self._running_since is None and not self.is_over:
            self._running_since = self._clock()

    def pause(self) -> None:
        """Stop the time, for leaving or for rating a spoken answer."""
        self._seconds, self._running_since = self.seconds_used, None

    def answer(self, text: str) -> Prompt | None:
        """Answer the present prompt by text; an empty one passes.

        Returns
        -------
        Prompt or None
            What is asked next.
        """
        return self._take(text.strip(), None)

    def rate(self, points: Collection[str]) -> Prompt | None:
        """Answer the present prompt by saying which key points a spoken answer had.

        Parameters
        ----------
        points : collection of str
            The texts of the question's key points that were mentioned.

        Returns
        -------
        Prompt or None
            What is asked next.

        Raises
        ------
        MockInterviewError
            If the question has no such key point.
        """
        known = [] if self.question is None else [each.text for each in self.question.key_points]
        if unknown := sorted(set(points) - set(known)):
            raise MockInterviewError(f"the question has no key point {unknown[0]!r}")
        return self._take("", tuple(text for text in known if text in points))

    def finish(self) -> None:
        """End the interview now; what was not reached counts as not asked."""
        self.pause()
        self.prompt, self.draft = None, ""

    def answers_to(self, question: Question) -> tuple[Answer, ...]:
        """Give the answers to one question, follow-ups included; empty if it was not reached."""
        return tuple(self._answers.get(question.label, ()))

    def _take(self, text: str, rated: tuple[str, ...] | None) -> Prompt | None:
        if self.prompt is None or self.question is None:
            raise MockInterviewError("the interview is over: start another one")
        used = self.seconds_used
        answers = self._answers.setdefault(self.question.label, [])
        answers.append(Answer(self.prompt, text, used - self._prompted_at, rated))
        self.draft, self._prompted_at = "", used
        self.prompt = self._next_prompt(answers) if self.seconds_left > 0 else None
        if self.prompt is None:
            self.pause()
        return self.prompt

    def _next_prompt(self, answers: list[Answer]) -> Prompt | None:
        found = follow_up(self.questions[self._place], answers, self.reviewer)
        if found is None and self._place + 1 < len(self.questions):
            self._place += 1
            found = opening(self.questions[self._place])
        return found

    def to_state(self) -> dict[str, Any]:
        """Give all that :meth:`from_state` needs, as a dictionary that JSON can hold."""
        return {
            "schema": _SCHEMA,
            "id": self.id,
            "started_at": self.started_at,
            "minutes": self.minutes,
            "seed": self.seed,
            "spoken": self.spoken,
            "questions": [question.label for question in self.questions],
            "present": None if self.question is None else self.question.label,
            "prompt": None if self.prompt is None else asdict(self.prompt),
            "draft": self.draft,
            "seconds": self.seconds_used,
            "prompted_at": self._prompted_at,
            "answers": {
                label: [answer.to_json() for answer in answers]
                for label, answers in self._answers.items()
            },
        }

    @classmethod
    def from_state(
        cls,
        state: dict[str, Any],
        bank: Iterable[Question],
        *,
        clock: Callable[[], float] = time.monotonic,
        reviewer: Reviewer = _review,
    ) -> "MockInterview":
        """Take up an interview where it was left; its time stands still until :meth:`go_on`.

        Parameters
        ----------
        state : dict
            What :meth:`to_state` gave.
        bank : iterable of Question
            Where to find the questions; those that it no longer has are left out.
        clock, reviewer : callable
            As for the class.

        Raises
        ------
        MockInterviewError
            If the state cannot be read, or none of its questions is left.
        """
        known = {question.label: question for question in bank}
        try:
            _check_schema(state)
            questions = [known[label] for label in state["questions"] if label in known]
            interview = cls(
                questions,
                state["minutes"],
                state["seed"],
                spoken=state["spoken"],
                clock=clock,
                reviewer=reviewer,
            )
            interview._restore(state)
        except (KeyError, TypeError, AttributeError) as error:
            raise MockInterviewError(
                f"the saved interview cannot be read ({type(error).__name__}: {error}): "
                "start another one"
            ) from error
        return interview

    def _restore(self, state: dict[str, Any]) -> None:
        self.id, self.started_at = state["id"], state["started_at"]
        self._seconds, self._prompted_at = state["seconds"], state["prompted_at"]
        labels = [question.label for question in self.questions]
        self._answers = {
            label: [answer_from_json(each) for each in answers]
            for label, answers in state["answers"].items()
            if label in labels
        }
        present = state["present"]
        if present is None:
            self.prompt = None
        elif present in labels:
            self._place = labels.index(present)
            self.prompt, self.draft = Prompt(**state["prompt"]), state["draft"]
        else:
            self._restart_after(len(self._answers))

    def _restart_after(self, n_answered: int) -> None:
        """Go on with the next question where the bank lost the present one."""
        if n_answered < len(self.questions):
            self._place, self.prompt = n_answered, opening(self.questions[n_answered])
        else:
            self.prompt = None


def _check_schema(state: dict[str, Any]) -> None:
    if state["schema"] != _SCHEMA:
        raise MockInterviewError(
            f"the saved interview has schema {state['schema']!r}, and this coursekit reads "
            f"{_SCHEMA}: update coursekit, or start another one"
        )
