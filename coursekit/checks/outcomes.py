"""The four outcomes of a check, and how each is told to the learner."""

from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Literal

OUTCOME_MIME_TYPE = "application/vnd.coursekit.outcome+json"
OutcomeKind = Literal["right", "wrong", "crashed", "not attempted"]
SIGNS = {"right": "✔", "wrong": "✘", "crashed": "⚡", "not attempted": "…"}
COLOURS = {
    "right": "#0173b2",
    "wrong": "#d55e00",
    "crashed": "#a00000",
    "not attempted": "#666666",
}


class CheckFailed(AssertionError):
    """Raised by a check that is not right, so that test runners see it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Outcome:
    """What one check found.

    Parameters
    ----------
    exercise : str
        The exercise's id.
    lesson : str
        The lesson's name.
    outcome : {"right", "wrong", "crashed", "not attempted"}
    points, earned : int
        What a right answer earns, and what this one earned.
    message : str
        What happened, in lines of plain text.
    mistake : str or None
        The name of the mistake that the answer matches.
    misunderstanding : str
        What that mistake reveals; empty if none was recognised.
    hints : tuple of str
        Shown folded, unless the answer is right.
    """

    exercise: str
    lesson: str
    outcome: OutcomeKind
    points: int
    earned: int
    message: str
    mistake: str | None = None
    misunderstanding: str = ""
    hints: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """Give the exercise, the outcome and the points in one line."""
        return f"{self.exercise}: {self.outcome} ({self.earned} of {self.points} points)"

    def to_json(self) -> dict[str, Any]:
        """Give the machine-readable record, as it is stored in a notebook's output."""
        return {"schema": 1, **asdict(self), "hints": list(self.hints)}

    def to_text(self) -> str:
        """Write the outcome as lines of plain text, hints left out."""
        lines = [f"{SIGNS[self.outcome]} {self.headline}", self.message]
        if self.misunderstanding:
            lines.append(f"The mistake ({self.mistake}): {self.misunderstanding}")
        if self.hints and self.outcome != "right":
            lines += [f"Hint {i}: {hint}" for i, hint in enumerate(self.hints[:1], start=1)]
        return "\n".join(line for line in lines if line)

    def to_html(self) -> str:
        """Write the outcome as a block of HTML; every text in it is escaped."""
        colour = COLOURS[self.outcome]
        mistake = (
            f"<p style='margin:.3em 0'><b>The mistake</b> (<code>{escape(self.mistake or '')}"
            f"</code>): {escape(self.misunderstanding)}</p>"
            if self.misunderstanding
            else ""
        )
        hints = "".join(
            f"<details><summary>Hint {i}</summary>{escape(hint)}</details>"
            for i, hint in enumerate(self.hints, start=1)
            if self.outcome != "right"
        )
        return (
            f"<div role='status' style='border-left:4px solid {colour};padding:.2em .9em'>"
            f"<p style='margin:.3em 0'><b style='color:{colour}'>{SIGNS[self.outcome]} "
            f"{escape(self.headline)}</b></p>"
            f"<pre style='margin:.3em 0;white-space:pre-wrap'>{escape(self.message)}</pre>"
            f"{mistake}{hints}</div>"
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {
            "text/plain": self.to_text(),
            "text/html": self.to_html(),
            OUTCOME_MIME_TYPE: self.to_json(),
        }
