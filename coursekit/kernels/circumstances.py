"""What a forked kernel takes from its parent and must take from its requester instead.

A kernel started by its requester would run in the requester's sandbox, under its
limits. One that the warm parent forks runs in the parent's. What cannot be handed
over must therefore be equal, or the parent refuses: a kernel never leaves the limits
of the process that asked for it.
"""

import contextlib
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LONGEST_DELAY_SECONDS = 60.0
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")
_PRIVILEGES = ("Uid", "Gid", "Groups", "CapPrm", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")


@cache
def _limits() -> dict[int, str]:
    """Give the limits that this system knows, with their names."""
    import resource  # here, since there is none on Windows, where this module is imported too

    # Backwards, so that RLIMIT_NOFILE gives the name and not its older one, RLIMIT_OFILE.
    names = [name for name in reversed(dir(resource)) if name.startswith("RLIMIT_")]
    return {getattr(resource, name): name for name in names}


def _status_of(process: Path) -> dict[str, str]:
    lines = (process / "status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def confinement_of(pid: int) -> tuple[str, ...]:
    """Return what confines a process and cannot be handed to another.

    Parameters
    ----------
    pid : int
        A process of this user.

    Returns
    -------
    tuple of str
        Equal for two processes that see the same namespaces and root directory, are in
        the same control group and hold the same privileges.

    Raises
    ------
    OSError
        If the process is gone or not ours to look at.
    """
    process = Path("/proc", str(pid))
    status = _status_of(process)
    root = os.stat(process / "root")
    namespaces = [process / "ns" / name for name in _NAMESPACES]
    return (
        *(os.readlink(link) for link in namespaces if link.is_symlink()),
        f"{root.st_dev}:{root.st_ino}",
        (process / "cgroup").read_text(),
        *(status.get(name, "") for name in _PRIVILEGES),
    )


def _processor_seconds(pid: int) -> float:
    fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    if fields[0] == "Z":
        raise ProcessLookupError(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_it_rests(pid: int) -> None:
    """Wait for a process to use no processor for a second, or to be gone, a minute at most."""
    deadline = time.monotonic() + _LONGEST_DELAY_SECONDS
    restful, before = 0, 0.0
    with contextlib.suppress(OSError):
        while restful < 4 and time.monotonic() < deadline:
            time.sleep(0.25)
            worked = _processor_seconds(pid)
            restful = restful + 1 if worked - before < 0.05 else 0
            before = worked


def _is_within(limit: int, other: int) -> bool:
    import resource

    if resource.RLIM_INFINITY in (limit, other):
        return other == resource.RLIM_INFINITY
    return limit <= other


@dataclass(frozen=True)
class Allowances:
    """What a process may use, and a new one can be given.

    Attributes
    ----------
    limits : dict of int to tuple of int
        Soft and hard limit of each resource.
    processors : set of int
        The processors that it may run on.
    niceness : int
        From -20 to 19.
    umask : int
        Bits that new files lack.
    """

    limits: dict[int, tuple[int, int]]
    processors: set[int]
    niceness: int
    umask: int

    @classmethod
    def of(cls, pid: int) -> "Allowances":
        """Read those of a process of this user."""
        import resource

        return cls(
            limits={limit: resource.prlimit(pid, limit) for limit in _limits()},
            processors=os.sched_getaffinity(pid),
            niceness=os.getpriority(os.PRIO_PROCESS, pid),
            umask=int(_status_of(Path("/proc", str(pid)))["Umask"], 8),
        )

    def more_than(self, other: "Allowances") -> str | None:
        """Return what these allow and a process with the others cannot give to itself, or None."""
        if self.niceness < other.niceness:
            return "of the processors"
        for limit, (_, hard) in self.limits.items():
            if not _is_within(hard, other.limits[limit][1]):
                return f"resources ({_limits()[limit]})"
        return None

    def apply(self) -> None:
        """Give them to this process.

        Raises
        ------
        OSError, ValueError
            If this process is not allowed as much.
        """
        import resource

        os.umask(self.umask)
        os.sched_setaffinity(0, self.processors)
        if self.niceness != os.getpriority(os.PRIO_PROCESS, 0):
            os.setpriority(os.PRIO_PROCESS, 0, self.niceness)
        for limit, value in self.limits.items():
            if value != resource.getrlimit(limit):
                resource.setrlimit(limit, value)
