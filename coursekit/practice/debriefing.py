"""What a mock interview showed: points mentioned and missed, model answers, what to do next."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from coursekit.questions import Question

from .coverage import weighted_share
from .follow_ups import Answer, Prompt, Reviewer, mentioned_points
from .mock_interviews import MockInterview
from .spans import Span, join, mark

NOTE = (
    "A checklist, not a verdict: it finds phrases, and neither judges whether what you said is "
    "true nor sees a point put in words that the bank does not know."
)


@dataclass(frozen=True)
class PointHeard:
    """A key point, and whether it was mentioned at once or only when it was asked for."""

    text: str
    weight: int
    mentioned: bool
    at_once: bool


@dataclass(frozen=True)
class FlagHeard:
    """A misconception that an answer may have stated, with the words that sounded like it."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class AnswerHeard:
    """One prompt and its answer; ``spans`` are the places in ``text`` that matched a key point."""

    prompt: Prompt
    text: str
    is_spoken: bool
    is_passed: bool
    seconds: float
    spans: tuple[Span, ...]

    def marked(self, before: str = "[", after: str = "]", write: Callable[[str], str] = str) -> str:
        """Give the text with each matched place between two marks; `write` writes the pieces."""
        return mark(self.text, self.spans, before, after, write)


@dataclass(frozen=True)
class QuestionDebrief:
    """One question of the interview; ``coverage`` is the weighted share of points mentioned."""

    label: str
    lesson: str
    difficulty: int
    question: str
    key_points: tuple[PointHeard, ...]
    red_flags: tuple[FlagHeard, ...]
    answers: tuple[AnswerHeard, ...]
    model_answer: str
    seconds: float
    coverage: float
    claims: tuple[str, ...]
    exercises: tuple[str, ...]

    @property
    def missed(self) -> tuple[PointHeard, ...]:
        """The key points that were not mentioned, the heaviest first."""
        missed = [point for point in self.key_points if not point.mentioned]
        return tuple(sorted(missed, key=lambda point: -point.weight))

    @property
    def is_passed(self) -> bool:
        """Whether the question itself was passed."""
        return self.answers[0].is_passed


@dataclass(frozen=True)
class LessonToRepeat:
    """A lesson to go through again: how much was missed, and the exercises not yet solved.

    The claims whose names share most words with what was missed come first.
    """

    lesson: str
    missed_weight: int
    questions: tuple[str, ...]
    claims: tuple[str, ...]
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class Debrief:
    """The debrief of a mock interview.

    Parameters
    ----------
    id, started_at, seed, minutes, spoken
        As the interview has them.
    seconds : float
        The time used.
    questions : tuple of QuestionDebrief
        Those that were asked and answered or passed, in their order.
    not_reached : tuple of str
        The labels of the others.
    next_steps : tuple of LessonToRepeat
        The lesson with the most missed weight first.
    note : str
        That it is a checklist and no verdict.
    """

    id: str
    started_at: str
    seed: int
    minutes: float
    spoken: bool
    seconds: float
    questions: tuple[QuestionDebrief, ...]
    not_reached: tuple[str, ...]
    next_steps: tuple[LessonToRepeat, ...]
    note: str = NOTE

    def to_json(self) -> dict[str, Any]:
        """Give the debrief as a dictionary that JSON can hold."""
        return asdict(self)


def debrief(interview: MockInterview, solved: Collection[str] = ()) -> Debrief:
    """Look back on an interview.

    Parameters
    ----------
    interview : MockInterview
        Over or not: what was answered so far counts.
    solved : collection of str
        Exercises that need not be done again.

    Returns
    -------
    Debrief
    """
    asked = [question for question in interview.questions if interview.answers_to(question)]
    found = tuple(
        _debrief_question(question, interview.answers_to(question), interview.reviewer)
        for question in asked
    )
    return Debrief(
        id=interview.id,
        started_at=interview.started_at,
        seed=interview.seed,
        minutes=interview.minutes,
        spoken=interview.spoken,
        seconds=interview.seconds_used,
        questions=found,
        not_reached=tuple(each.label for each in interview.questions if each not in asked),
        next_steps=_next_steps(found, solved),
    )


def _debrief_question(
    question: Question, answers: Sequence[Answer], reviewer: Reviewer
) -> QuestionDebrief:
    points = _points_heard(question, answers, reviewer)
    return QuestionDebrief(
        label=question.label,
        lesson=question.lesson,
        difficulty=question.difficulty,
        question=question.question,
        key_points=points,
        red_flags=_flags_heard(question, answers, reviewer),
        answers=tuple(_heard(question, answer, reviewer) for answer in answers),
        model_answer=question.short_answer,
        seconds=sum(answer.seconds for answer in answers),
        coverage=weighted_share((point.weight, point.mentioned) for point in points),
        claims=question.claims,
        exercises=question.exercises,
    )


def _points_heard(
    question: Question, answers: Sequence[Answer], reviewer: Reviewer
) -> tuple[PointHeard, ...]:
    each = [mentioned_points(question, answer, reviewer) for answer in answers]
    return tuple(
        PointHeard(
            point.text,
            point.weight,
            mentioned=any(point.text in mentioned for mentioned in each),
            at_once=point.text in each[0],
        )
        for point in question.key_points
    )


def _flags_heard(
    question: Question, answers: Sequence[Answer], reviewer: Reviewer
) -> tuple[FlagHeard, ...]:
    words: dict[str, tuple[str, ...]] = {}
    for answer in answers:
        for flag in reviewer(question, answer.text).red_flags:
            if flag.mentioned:
                words[flag.text] = (*words.get(flag.text, ()), *flag.words)
    return tuple(FlagHeard(text, tuple(dict.fromkeys(found))) for text, found in words.items())


def _heard(question: Question, answer: Answer, reviewer: Reviewer) -> AnswerHeard:
    found = reviewer(question, answer.text).key_points
    return AnswerHeard(
        prompt=answer.prompt,
        text=answer.text,
        is_spoken=answer.rated is not None,
        is_passed=answer.is_passed,
        seconds=answer.seconds,
        spans=join(span for point in found if point.mentioned for span in point.spans),
    )


def _next_steps(
    questions: Sequence[QuestionDebrief], solved: Collection[str]
) -> tuple[LessonToRepeat, ...]:
    of_lesson: dict[str, list[QuestionDebrief]] = {}
    for question in questions:
        if question.missed or question.red_flags:
            of_lesson.setdefault(question.lesson, []).append(question)
    steps = [_next_step(lesson, found, solved) for lesson, found in of_lesson.items()]
    return tuple(sorted(steps, key=lambda step: -step.missed_weight))


def _gaps(question: QuestionDebrief) -> list[str]:
    """Give what the candidate missed or may have taken wrongly, in the bank's words."""
    missed = [point.text for point in question.missed]
    return [*missed, *(flag.text for flag in question.red_flags)]


def _stems(text: str) -> set[str]:
    """Give the beginnings of the longer words: enough to see what a claim's name is about."""
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())}


def _next_step(
    lesson: str, questions: Sequence[QuestionDebrief], solved: Collection[str]
) -> LessonToRepeat:
    exercises = dict.fromkeys(name for question in questions for name in question.exercises)
    claims = dict.fromkeys(name for question in questions for name in question.claims)
    gaps = _stems(" ".join(text for question in questions for text in _gaps(question)))
    return LessonToRepeat(
        lesson=lesson,
        missed_weight=sum(point.weight for each in questions for point in each.missed),
        questions=tuple(question.label for question in questions),
        claims=tuple(sorted(claims, key=lambda name: -len(_stems(name.partition(".")[2]) & gaps))),
        exercises=tuple(name for name in exercises if name not in solved),
    )
