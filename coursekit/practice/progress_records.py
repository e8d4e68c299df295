"""What a file of exported progress may hold; whatever else it holds is refused on reading.

The file may come from anyone: what passes here can stop no later command.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from .scheduling import RatingName


def _in_our_times(moment: datetime) -> datetime:
    """Refuse a moment so far away that no other time can be reckoned from it."""
    if not 1970 < moment.year < 2200:
        raise ValueError(f"{moment.isoformat()} is no moment at which anyone practised")
    return moment


def _tells_moment(text: str) -> str:
    _in_our_times(datetime.fromisoformat(text))
    return text


_Moment = Annotated[AwareDatetime, AfterValidator(_in_our_times)]
_MomentText = Annotated[str, AfterValidator(_tells_moment)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AttemptRecord(_Record):
    """One run of a check."""

    made_at: _Moment
    exercise: str
    lesson: str
    outcome: Literal["right", "wrong", "crashed", "not attempted"]
    mistake: str | None


class ReviewRecord(_Record):
    """One review of a card."""

    id: Annotated[str, Field(min_length=1)]
    label: str
    reviewed_at: _Moment
    rating: RatingName
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    missed: tuple[str, ...]


class SettingRecord(_Record):
    """One setting, and when it was set."""

    name: str
    value: Any
    set_at: _Moment


class _HeardPoint(BaseModel):
    text: str
    mentioned: bool


class _HeardQuestion(BaseModel):
    label: str
    key_points: tuple[_HeardPoint, ...]


class _Heard(BaseModel):
    """What :mod:`coursekit.practice.progress` reads of a debrief; the rest is not looked at."""

    questions: tuple[_HeardQuestion, ...]


def _tells_what_was_heard(debrief: dict[str, Any]) -> dict[str, Any]:
    _Heard.model_validate(debrief)
    return debrief


class InterviewRecord(_Record):
    """One mock interview."""

    id: Annotated[str, Field(min_length=1)]
    started_at: _MomentText
    finished_at: _MomentText | None
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    minutes: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    saved_at: _Moment
    state: dict[str, Any]
    debrief: Annotated[dict[str, Any], AfterValidator(_tells_what_was_heard)] | None

    @model_validator(mode="after")
    def _state_is_its_own(self) -> "InterviewRecord":
        for name in ("id", "started_at", "seed", "minutes"):
            if name in self.state and self.state[name] != getattr(self, name):
                raise ValueError(f"the interview's state has another {name}")
        return self


class Export(_Record):
    """The whole file."""

    format: Literal["coursekit-progress"]
    version: int
    exported_at: _Moment
    attempts: tuple[AttemptRecord, ...]
    reviews: tuple[ReviewRecord, ...]
    settings: tuple[SettingRecord, ...]
    mock_interviews: tuple[InterviewRecord, ...]
