"""What a learner's process is kept from: levels, what a machine offers, what one run gets."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

#: From the weakest to the strongest; each holds what those before it hold.
LEVELS = ("process", "limits", "files", "full")

#: What can be enforced, and the level from which on it is.
PROMISES = {
    "memory": "limits",
    "disk": "limits",
    "files": "files",
    "network": "full",
    "signals": "full",
    "processes": "full",
}

_DANGERS = {
    "files": "read and change your files",
    "network": "use the network",
    "signals": "stop your other programs",
    "processes": "start processes without end, or leave some behind",
    "memory": "take all memory",
    "disk": "fill the disk",
}
_MECHANISM_NAMES = {"landlock": "Landlock", "namespaces": "namespaces", "seccomp": "seccomp"}


class IsolationError(Exception):
    """Raised when a learner's code cannot be confined as asked; the message says what to do."""


@dataclass(frozen=True)
class Isolation:
    """What this machine enforces on a confined process, found by really trying.

    Attributes
    ----------
    level : {"process", "limits", "files", "full"}
        ``process``: a process of its own, ended when its time is up. ``limits``: also bounded
        memory, processor time and file size. ``files``: also, no file but its own and those that
        Python needs can be read, and nothing outside its folder written. ``full``: also no
        network, no signal to a process outside, a bounded number of processes, and all that it
        started ends with it.
    mechanisms : tuple of str
        Of ``"namespaces"``, ``"landlock"``, ``"seccomp"`` and ``"limits"``, those to enter with.
    enforced : dict of str to bool
        For ``"files"``, ``"network"``, ``"signals"``, ``"processes"``, ``"memory"`` and
        ``"disk"``, whether what was tried was stopped.
    sentence : str
        All that in one line, to print and to store with every result.
    """

    level: str
    mechanisms: tuple[str, ...] = ()
    enforced: dict[str, bool] = field(default_factory=dict)
    sentence: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the record as plain data; :meth:`from_json` reads it back."""
        return {**asdict(self), "mechanisms": list(self.mechanisms)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "Isolation":
        """Read a record back."""
        return cls(**{**record, "mechanisms": tuple(record["mechanisms"])})


@dataclass(frozen=True)
class Confinement:
    """What one process may do; everything that is not named is closed to it.

    Attributes
    ----------
    workdir : str
        Its private folder and home. With namespaces, what is in it is copied for the process,
        and what the process writes is gone when it ends.
    hidden : tuple of str
        Files and folders that cannot be read although a folder around them can.
    readable : tuple of str
        Files and folders to read and to execute, with all that is below them.
    memory_bytes : int
        What it may take beyond what it has when it enters; all its processes together too.
    cpu_seconds : int
        Processor time of each process.
    file_bytes : int
        Size of the largest file; with namespaces, of all files together. Without, twice as much
        in all ends the process.
    processes : int
        Processes and threads at the same time; more than a quarter as many processes are taken
        for a fork bomb, and end it.
    mechanisms : tuple of str
        As in :class:`Isolation`.
    """

    workdir: str
    hidden: tuple[str, ...]
    readable: tuple[str, ...]
    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    processes: int
    mechanisms: tuple[str, ...]

    def to_json(self) -> str:
        """Give the record as one line of JSON; :meth:`from_json` reads it back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Confinement":
        """Read a record back.

        Raises
        ------
        ValueError
            If it is none.
        """
        try:
            facts = json.loads(text)
            lists = {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
            return cls(**{**facts, **lists})
        except (AttributeError, TypeError) as error:
            raise ValueError(f"not a confinement: {error}") from error


def level_of(enforced: dict[str, bool]) -> str:
    """Return the highest level of which everything is enforced."""
    reached = LEVELS[0]
    for level in LEVELS[1:]:
        if not all(enforced.get(name, False) for name, at in PROMISES.items() if at == level):
            break
        reached = level
    return reached


def describe(level: str, mechanisms: tuple[str, ...], enforced: dict[str, bool], abi: int) -> str:
    """Say in one honest line what holds and what does not."""
    closed = [name for name in _DANGERS if enforced.get(name)]
    open_ = [danger for name, danger in _DANGERS.items() if not enforced.get(name)]
    used = [_MECHANISM_NAMES[name] for name in mechanisms if name in _MECHANISM_NAMES]
    used = [f"{name} ABI {abi}" if name == "Landlock" else name for name in used]
    start = f"Isolation: {level}{' only' if open_ else ''}{f' ({_list(used)})' if used else ''}: "
    if not open_:
        return f"{start}{_list(closed, ' and ')} are closed off."
    bounded = f" What is closed off: {_list(closed, ' and ')}." if closed else ""
    return f"{start}a submission can {_list(open_, ' and ')}.{bounded}"


def _list(words: list[str], last: str = ", ") -> str:
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def require(isolation: Isolation, level: str) -> None:
    """Refuse to go on below a level of isolation.

    Parameters
    ----------
    isolation : Isolation
        What the machine offers.
    level : {"process", "limits", "files", "full"}
        What is wanted at least.

    Raises
    ------
    IsolationError
        If the machine offers less; it names what is missing and what to do.
    ValueError
        If there is no such level.
    """
    if level not in LEVELS:
        raise ValueError(f"no level of isolation is called {level!r}, only {', '.join(LEVELS)}")
    if LEVELS.index(isolation.level) >= LEVELS.index(level):
        return
    needed = [name for name, at in PROMISES.items() if LEVELS.index(at) <= LEVELS.index(level)]
    missing = [_DANGERS[name] for name in needed if not isolation.enforced.get(name)]
    raise IsolationError(
        f"Isolation {level!r} is required, and this machine offers {isolation.level!r}: a "
        f"submission could {_list(missing, ' and ')}. Grade on Linux 5.13 or newer, with Landlock "
        "or user namespaces allowed (in a container, its seccomp profile may forbid both; "
        "COURSEKIT_ISOLATION may cap it), or require a lower level and know the risk."
    )
