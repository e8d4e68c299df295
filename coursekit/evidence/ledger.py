"""The ledger: every claim that was made in this session, or that a notebook's outputs hold."""

import json
from pathlib import Path
from typing import Any

from .claims import _made
from .records import CLAIM_MIME_TYPE, Claim


class LedgerError(ValueError):
    """Raised for a notebook whose claims cannot be read; the message names the file."""


def claims_made() -> tuple[Claim, ...]:
    """Give the claims of this session.

    Returns
    -------
    tuple of Claim
        In the order in which they were first made.
    """
    return tuple(_made.values())


def read_claims(notebook: Path) -> list[dict[str, Any]]:
    """Read the claims that stand in the stored outputs of a notebook.

    Parameters
    ----------
    notebook : Path
        A lesson's notebook.

    Returns
    -------
    list of dict
        The records, in the order of the cells, each with the lesson's name under ``lesson``.

    Raises
    ------
    LedgerError
        If the file is not a notebook.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(f"{notebook}: not a notebook that can be read: {error!r}") from error
    records = [output.get("data", {}).get(CLAIM_MIME_TYPE) for output in outputs]
    return [{"lesson": notebook.stem, **record} for record in records if record]
