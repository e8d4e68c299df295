"""How long a warm parent stays without a kernel."""

import math
from collections.abc import Mapping

_DEFAULT_SECONDS = 1800.0
_VARIABLE = "COURSEKIT_WARM_KERNELS_IDLE"


def idle_seconds(environ: Mapping[str, str]) -> float:
    """Return for how many seconds; the default where what is set makes no sense.

    Parameters
    ----------
    environ : mapping of str to str
        The variable ``COURSEKIT_WARM_KERNELS_IDLE`` sets it.
    """
    seconds = _seconds_asked(environ)
    return _DEFAULT_SECONDS if seconds is None or math.isnan(seconds) else seconds


def idle_problem(environ: Mapping[str, str]) -> str | None:
    """Return what is wrong with the time that is set, if anything is."""
    seconds = _seconds_asked(environ)
    if seconds is None or not math.isnan(seconds):
        return None
    return (
        f"{_VARIABLE}={environ[_VARIABLE]} is no positive number of seconds: "
        f"{_DEFAULT_SECONDS:g} are taken instead"
    )


def _seconds_asked(environ: Mapping[str, str]) -> float | None:
    """Return what the variable says: None where it is not set, not a number where it is wrong."""
    text = environ.get(_VARIABLE, "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return math.nan
    return seconds if seconds > 0 else math.nan
