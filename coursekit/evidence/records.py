"""The record of a claim: what is shown to the reader and stored in a notebook's outputs."""

import re
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal

CLAIM_MIME_TYPE = "application/vnd.coursekit.claim+json"
Verdict = Literal["supported", "refuted", "depends"]
Observed = float | int | str | list[float]

# "start" stands before the claims of the notebook that explains what a claim is.
_CLAIM_ID = re.compile(r"((MT|HT|DS|LF|DL)-\d{1,2}|start)\.[a-z0-9]+(-[a-z0-9]+)*")


def refuse_what_is_no_claim_id(claim_id: object) -> None:
    """Raise `ValueError` unless a value has the form of a claim's id."""
    if not _CLAIM_ID.fullmatch(str(claim_id)):
        raise ValueError(f"{claim_id!r} is no claim id: write it like 'DL-25.adam-leads-early'")


@dataclass(frozen=True)
class Claim:
    """The record of a claim.

    Parameters
    ----------
    id : str
        The question's id and a name, such as ``"DL-25.adam-leads-early"``.
    statement : str
        What the experiment shows, if the claim holds.
    verdict : {"supported", "refuted", "depends"}
        How the popular statement ``about`` fares; without one, how ``statement`` does.
    holds : bool
        Whether the experiment showed what is stated.
    observed : dict
        Names and the numbers that were observed; a list holds one number a seed.
    about : str or None
        The popular statement that is judged.
    prediction, answer : str or None
        What the reader expected before the run, and what came out.
    """

    id: str
    statement: str
    verdict: Verdict
    holds: bool
    observed: dict[str, Observed]
    about: str | None = None
    prediction: str | None = None
    answer: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the machine-readable record, as it is stored in a notebook's output.

        Numbers that JSON does not know become ``"nan"``, ``"inf"`` and ``"-inf"``: with them the
        notebook would be no valid JSON, and other programs could not open it.
        """
        observed = {name: _storable(value) for name, value in self.observed.items()}
        return {"schema": 1, **asdict(self), "observed": observed}


def _storable(value: Any) -> Any:
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value
