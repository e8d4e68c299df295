"""Finding out what this machine enforces, by letting confined processes try to get out."""

import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import landlock
from .environment import clean_environment
from .isolation import LEVELS, PROMISES, Isolation, IsolationError, describe, level_of
from .places import confinement_for
from .syscalls import machine

VARIABLE = "COURSEKIT_ISOLATION"
_PATIENCE_SECONDS = 60
_MEMORY_MEGABYTES = 128
_FILE_BYTES = 2**20
_PROCESSES = 32

#: The best first. What a machine lacks is left out, and what then appears twice is tried once.
_COMBINATIONS = {
    "full": (
        ("namespaces", "landlock", "seccomp", "limits"),
        ("namespaces", "seccomp", "limits"),
        ("landlock", "seccomp", "limits"),
        ("namespaces", "landlock", "limits"),
        ("namespaces", "limits"),
        ("landlock", "limits"),
        ("limits",),
    ),
    "files": (("landlock", "limits"), ("namespaces", "limits"), ("limits",)),
    "limits": (("limits",),),
    "process": (),
}

#: Loads this package without its lazy names, which need a library, and starts the prober.
_START = """
import sys, types
package = types.ModuleType("sandbox")
package.__path__ = [sys.argv[1]]
sys.modules["sandbox"] = package
from sandbox.prober import main
main()
"""


def probe() -> Isolation:
    """Find out what this machine enforces on a confined process, by really trying.

    The environment variable ``COURSEKIT_ISOLATION`` names the highest level to use. It takes a few
    tenths of a second, once in a process.

    Returns
    -------
    Isolation

    Raises
    ------
    IsolationError
        If the variable names no level, or nothing could be tried.
    """
    highest = os.environ.get(VARIABLE) or LEVELS[-1]
    if highest not in LEVELS:
        raise IsolationError(f"{VARIABLE}={highest}: set it to one of {', '.join(LEVELS)}")
    return _probe(highest)


@functools.cache
def _probe(highest: str) -> Isolation:
    best = _isolation("process", (), {})
    wanted = combinations(highest)
    # On a machine that is very busy the first try may run out of time.
    found = (_try(wanted) or _try(wanted)) if wanted else []
    if wanted and not found:
        raise IsolationError(
            "it could not be found out what this machine enforces: run the command again, or set "
            f"{VARIABLE}=process, and submissions run as you, with all that you may do"
        )
    for tried in found:
        level = min(level_of(tried["enforced"]), highest, key=LEVELS.index)
        if LEVELS.index(level) > LEVELS.index(best.level):
            best = _isolation(level, tuple(tried["mechanisms"]), tried["enforced"])
    return best


def combinations(highest: str) -> list[tuple[str, ...]]:
    """Return the mechanisms to try on this machine up to a level, the best combination first."""
    if sys.platform != "linux" or machine() is None:
        return []
    available = {"namespaces", "seccomp", "limits"} | ({"landlock"} if landlock.abi() else set())
    found = ((name for name in names if name in available) for names in _COMBINATIONS[highest])
    return list(dict.fromkeys(map(tuple, found)))


def _isolation(level: str, mechanisms: tuple[str, ...], enforced: dict[str, bool]) -> Isolation:
    enforced = {promise: enforced.get(promise, False) for promise in PROMISES}
    sentence = describe(level, mechanisms, enforced, landlock.abi())
    return Isolation(level, mechanisms, enforced, sentence)


def _try(wanted: list[tuple[str, ...]]) -> list[dict[str, Any]]:
    """Run the prober; what it did not come to, because it was stopped, does not count."""
    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder:
        request = json.dumps({"confinement": _confinement(folder), "combinations": wanted}) + "\n"
        start = [sys.executable, "-I", "-S", "-c", _START, str(Path(__file__).parent)]
        environment = clean_environment(os.environ)
        environment |= {"HOME": os.path.expanduser("~"), "TMPDIR": folder}
        try:
            run = subprocess.run(
                start,
                input=request,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
    return [json.loads(line) for line in run.stdout.splitlines()]


def _confinement(workdir: str) -> str:
    isolation = Isolation(LEVELS[0])
    common = confinement_for(
        workdir, isolation=isolation, memory_megabytes=_MEMORY_MEGABYTES, cpu_seconds=60
    )
    # The prober's own modules may be read: it is not a learner, and imports as it goes.
    hidden = tuple(path for path in common.hidden if path not in str(Path(__file__)))
    return replace(common, hidden=hidden, file_bytes=_FILE_BYTES, processes=_PROCESSES).to_json()
