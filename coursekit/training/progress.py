"""Progress bars where a person watches, and nowhere else."""

import os
import sys
from typing import Any


def shows_progress(progress: bool | None = None) -> bool:
    """Return whether to show a progress bar.

    Parameters
    ----------
    progress : bool, optional
        True or False decides. By default the environment variable ``COURSEKIT_PROGRESS``
        decides (1 or 0), and without it a bar shows only if standard error is a terminal. A
        notebook's is not, so that no bar is ever stored in an output.

    Returns
    -------
    bool
    """
    if progress is not None:
        return progress
    variable = os.environ.get("COURSEKIT_PROGRESS", "")
    if variable in ("0", "1"):
        return variable == "1"
    return bool(getattr(sys.stderr, "isatty", lambda: False)())


def progress_bar(total: int, description: str, progress: bool | None = None) -> Any:
    """Return a tqdm bar, silent where :func:`shows_progress` says so.

    Parameters
    ----------
    total : int
        Number of epochs to come.
    description : str
        What is going on.
    progress : bool, optional
        As in :func:`shows_progress`.

    Returns
    -------
    tqdm.tqdm
        A context manager with ``update(n)``.
    """
    if not shows_progress(progress):
        from tqdm import tqdm

        return tqdm(disable=True)
    from tqdm.auto import tqdm as visible

    return visible(total=total, desc=description, unit="epoch", leave=False)
