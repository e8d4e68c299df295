"""Landlock: files, TCP and signals that Linux refuses a process for good, without privileges.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

import os
import struct
from collections.abc import Iterable, Iterator

from .syscalls import call, machine

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_TCP = 0b11  # binding and connecting
_SCOPES = 0b11  # abstract unix sockets and signals
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
#: How many rights on files each version of the interface knows.
_KNOWN_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_PATH_BENEATH = 1
_GET_VERSION = 1
_NO_LOG_OF_REFUSALS = 1

READ = _EXECUTE | _READ_FILE | _READ_DIR
LIST = _READ_DIR
WRITE = (1 << 15) - 1  # everything but the controls of devices


def abi() -> int:
    """Return the version of Landlock that this machine offers, 0 if none."""
    if machine() is None:
        return 0
    try:
        return call("landlock_create_ruleset", None, 0, _GET_VERSION)
    except OSError:
        return 0


def readable_parts(paths: Iterable[str], hidden: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Find rules that together let a process read `paths` but not what is hidden in them.

    Landlock only allows: around something hidden, each of its neighbours is named. The names in
    such a folder can be listed, which Python needs to import from it.

    Yields
    ------
    tuple of str and int
        A path and the rights on it.
    """
    concealed = {os.path.realpath(path) for path in hidden}
    for path in paths:
        yield from _spread(os.path.realpath(path), concealed)


def _spread(path: str, hidden: set[str]) -> Iterator[tuple[str, int]]:
    inside = {name for name in hidden if name.startswith(path.rstrip("/") + "/")}
    if not inside:
        yield path, READ
        return
    yield path, LIST
    for entry in os.scandir(path):
        # A rule on a link would be one on what it leads to, which has its own rule or none.
        if entry.path not in hidden and not entry.is_symlink():
            yield from _spread(entry.path, inside)


def restrict(rules: Iterable[tuple[str, int]]) -> None:
    """Refuse this process, and all that it starts, everything but what the rules allow.

    TCP is refused from version 4 on, signals and abstract sockets of other processes from
    version 6 on.

    Parameters
    ----------
    rules : iterable of tuple of str and int
        Paths and the rights below them; what does not exist is passed over.

    Raises
    ------
    OSError
        If Linux refuses.
    """
    version = abi()
    handled = (1 << _KNOWN_RIGHTS.get(version, 16)) - 1
    attributes = struct.pack("=QQQ", handled, _TCP, _SCOPES)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = call("landlock_create_ruleset", attributes[:size], size, 0)
    try:
        for path, rights in rules:
            _allow(ruleset, path, rights & handled)
        flags = _NO_LOG_OF_REFUSALS if version >= 7 else 0
        call("landlock_restrict_self", ruleset, flags)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        if rights:
            rule = struct.pack("=Qi", rights, place)
            call("landlock_add_rule", ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(place)
