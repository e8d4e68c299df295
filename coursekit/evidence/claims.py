"""A claim: a comparison that could have failed, with the numbers that were observed."""

import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np

from .predictions import prediction
from .rendering import claim_as_html, claim_as_text

CLAIM_MIME_TYPE = "application/vnd.coursekit.claim+json"
# "start" stands before the claims of the notebook that explains what a claim is.
CLAIM_ID = re.compile(r"((MT|HT|DS|LF|DL)-\d{1,2}|start)\.[a-z0-9]+(-[a-z0-9]+)*")
Verdict = Literal["supported", "refuted", "depends"]
Observed = float | int | str | list[float]

_made: dict[str, "Claim"] = {}


class ClaimFailed(AssertionError):
    """Raised when the experiment does not show what the claim states."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


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
        """Give the machine-readable record, as it is stored in a notebook's output."""
        return {"schema": 1, **asdict(self)}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {
            "text/plain": claim_as_text(self),
            "text/html": claim_as_html(self),
            CLAIM_MIME_TYPE: self.to_json(),
        }


def claim(
    claim_id: str,
    statement: str,
    *,
    holds: bool,
    observed: Mapping[str, Any],
    verdict: Verdict = "supported",
    about: str | None = None,
    answer: object = None,
) -> None:
    """State what an experiment shows, display what was observed, and raise if it does not hold.

    Parameters
    ----------
    claim_id : str
        The question's id, a dot, and a name in lower case: ``"DL-25.adam-leads-early"``.
    statement : str
        What the comparison shows, as a sentence.
    holds : bool
        The comparison, over several seeds and with a margin.
    observed : Mapping
        Names and the observed numbers: a number, or an array with one number a seed, which is
        shown by its median and range.
    verdict : {"supported", "refuted", "depends"}
        How the popular statement fares that ``about`` quotes.
    about : str, optional
        The popular statement; needed for the verdicts ``"refuted"`` and ``"depends"``.
    answer : object, optional
        What came out, in the words of the options that :func:`coursekit.evidence.predict` offered.

    Raises
    ------
    ClaimFailed
        If ``holds`` is false; everything observed has been displayed by then.
    TypeError, ValueError
        If an argument cannot be a claim: the message says which one and why.
    """
    _refuse_what_is_no_claim(claim_id, holds, observed, verdict, about)
    record = Claim(
        claim_id,
        " ".join(statement.split()),
        verdict,
        bool(holds),
        {name: _plain(name, value) for name, value in observed.items()},
        about,
        prediction(claim_id),
        None if answer is None else str(answer),
    )
    _made[claim_id] = record
    show(record)
    if not record.holds:
        raise ClaimFailed(f"The claim {claim_id} does not hold: {record.statement}")


def show(record: Any) -> None:
    """Display a record in a notebook, or print its text where there is none."""
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        from IPython.display import display

        display(record)
    else:
        print(record._repr_mimebundle_()["text/plain"])


def _refuse_what_is_no_claim(
    claim_id: str, holds: object, observed: Mapping, verdict: str, about: str | None
) -> None:
    if not CLAIM_ID.fullmatch(claim_id):
        raise ValueError(f"{claim_id!r} is no claim id: write it like 'DL-25.adam-leads-early'")
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(
            f"{claim_id}: holds must be one True or False, not {type(holds).__name__}; "
            "reduce an array with .all() or by counting"
        )
    if not observed:
        raise ValueError(f"{claim_id}: observed is empty; give the numbers that were compared")
    if verdict not in get_args(Verdict):
        raise ValueError(f"{claim_id}: verdict must be one of {get_args(Verdict)}, not {verdict!r}")
    if verdict != "supported" and not about:
        raise ValueError(f"{claim_id}: say in about= which popular statement is {verdict}")


def _plain(name: str, value: Any) -> Observed:
    """Turn an observation into plain numbers with six significant digits."""
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.dtype == bool:
        array = array.astype(int)
    if array.dtype.kind not in "iuf" or array.ndim > 1 or array.size == 0:
        raise TypeError(
            f"observed[{name!r}] must be a number, a text, or a flat array of numbers, "
            f"not {type(value).__name__} of shape {array.shape}"
        )
    return _rounded(array.item()) if array.ndim == 0 else [_rounded(x) for x in array.tolist()]


def _rounded(number: float) -> float | int:
    return number if isinstance(number, int) else float(f"{number:.6g}")
