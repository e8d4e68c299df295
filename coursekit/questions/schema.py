"""The record of one question, as the bank's YAML files must give it."""

from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from .patterns import parse_pattern

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
QuestionId = Annotated[str, StringConstraints(pattern=r"^(MT|HT|DS|LF|DL)-\d{1,2}$")]
ClaimId = Annotated[
    str, StringConstraints(pattern=r"^(MT|HT|DS|LF|DL)-\d{1,2}\.[a-z0-9]+(-[a-z0-9]+)*$")
]
ExerciseId = Annotated[str, StringConstraints(pattern=r"^\d{2}_[a-z0-9]+(_[a-z0-9]+)*$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Pattern(_Record):
    text: Text
    patterns: tuple[Text, ...] = Field(min_length=1)

    @field_validator("patterns")
    @classmethod
    def _patterns_parse(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            parse_pattern(pattern)
        return patterns


class KeyPoint(_Pattern):
    """What a strong answer mentions.

    Attributes
    ----------
    text : str
        The point, in a sentence.
    patterns : tuple of str
        How it may sound (see :mod:`coursekit.questions.patterns`).
    weight : int
        How much it matters, from 1 to 3.
    """

    weight: int = Field(default=1, ge=1, le=3)


class RedFlag(_Pattern):
    """A misconception that an answer may state.

    Attributes
    ----------
    text : str
        The misconception, in a sentence.
    patterns : tuple of str
        How it may sound (see :mod:`coursekit.questions.patterns`).
    """


class FollowUp(_Record):
    """The next question.

    Attributes
    ----------
    question : str
        What the interviewer asks then.
    answer : str
        Its answer, in a sentence or two.
    """

    question: Text
    answer: Text


class Myth(_Record):
    """A popular wrong answer.

    Attributes
    ----------
    text : str
        What is said.
    truth : str
        What is true instead.
    claim : str
        The id of the claim that refutes it.
    """

    text: Text
    truth: Text
    claim: ClaimId


class Question(_Record):
    """One interview question and all that the course knows of it.

    Attributes
    ----------
    id : str
        Such as ``"DL-25"``.
    part : str or None
        Tells the parts of a question apart that two lessons share: ``"regression"`` and
        ``"classification"``, say.
    lesson : str
        The name of the lesson that answers it.
    difficulty : int
        From 1 to 3.
    tags : tuple of str
        Its subjects, in lower case.
    question : str
        What the interviewer asks.
    short_answer, deep_answer : str
        What fills 30 seconds, and what stands up to further questions.
    key_points : tuple of KeyPoint
        Three or more that a strong answer mentions.
    red_flags : tuple of RedFlag
        Misconceptions to listen for.
    follow_ups : tuple of FollowUp
        Two or more next questions.
    myths : tuple of Myth
        Popular wrong answers; their claims stand under `claims` too.
    claims : tuple of str
        The ids of the claims that prove the answer.
    exercises : tuple of str
        The ids of the exercises that build it.
    no_exercise : str or None
        Why there is none, where `exercises` is empty.
    sources : tuple of str
        Where to read on.
    """

    id: QuestionId
    part: Tag | None = None
    lesson: Annotated[str, StringConstraints(pattern=r"^\d{2}_[a-z0-9_]+$")]
    difficulty: int = Field(ge=1, le=3)
    tags: tuple[Tag, ...] = Field(min_length=1)
    question: Text
    short_answer: Text
    deep_answer: Text
    key_points: tuple[KeyPoint, ...] = Field(min_length=3)
    red_flags: tuple[RedFlag, ...] = ()
    follow_ups: tuple[FollowUp, ...] = Field(min_length=2)
    myths: tuple[Myth, ...] = ()
    claims: tuple[ClaimId, ...] = Field(min_length=1)
    exercises: tuple[ExerciseId, ...] = ()
    no_exercise: Text | None = None
    sources: tuple[Text, ...] = Field(min_length=1)

    @property
    def label(self) -> str:
        """Give the id, and the part in parentheses where the question is split."""
        return f"{self.id} ({self.part})" if self.part else self.id

    @model_validator(mode="after")
    def _exercise_or_reason(self) -> Self:
        if bool(self.exercises) == bool(self.no_exercise):
            raise ValueError("give exercises, or the reason in no_exercise, and not both")
        return self

    @model_validator(mode="after")
    def _claims_of_myths_are_listed(self) -> Self:
        missing = [myth.claim for myth in self.myths if myth.claim not in self.claims]
        if missing:
            raise ValueError(f"myths point to claims that are not under claims: {missing}")
        return self
