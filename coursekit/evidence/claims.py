"""A claim: a comparison that could have failed, with the numbers that were observed."""

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from .predictions import prediction
from .records import Claim, Observed, Verdict, refuse_what_is_no_claim_id
from .rendering import claim_bundle, is_in_notebook

_made: dict[str, Claim] = {}


class ClaimFailed(AssertionError):
    """Raised when the experiment does not show what the claim states."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


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
    _refuse_what_is_no_claim(claim_id, statement, holds, observed, verdict, about)
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
    _show(record)
    if not record.holds:
        raise ClaimFailed(f"The claim {claim_id} does not hold: {record.statement}")


def _show(record: Claim) -> None:
    """Display a claim in a notebook, or print its text where there is none."""
    bundle = claim_bundle(record)
    if is_in_notebook():
        from IPython.display import display

        display(bundle, raw=True)
    else:
        print(bundle["text/plain"])


def _refuse_what_is_no_claim(
    claim_id: str,
    statement: str,
    holds: object,
    observed: Mapping,
    verdict: str,
    about: str | None,
) -> None:
    refuse_what_is_no_claim_id(claim_id)
    if not isinstance(statement, str) or not statement.strip():
        raise ValueError(f"{claim_id}: the statement is {statement!r}; say what the numbers show")
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(
            f"{claim_id}: holds must be one True or False, not {type(holds).__name__}; "
            "reduce an array with .all() or by counting"
        )
    if not isinstance(observed, Mapping):
        raise TypeError(
            f"{claim_id}: observed must map names to numbers, not be a {type(observed).__name__}"
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
