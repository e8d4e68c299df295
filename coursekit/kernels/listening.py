"""One warm parent a location: its lock, and the socket that it listens on."""

import fcntl
import os
import socket
from pathlib import Path

from .location import Location


def take_lock(location: Location) -> int | None:
    """Return the lock of this location, None if another parent holds it."""
    while True:
        lock = os.open(location.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        if holds(location, lock):
            os.ftruncate(lock, 0)
            os.write(lock, str(os.getpid()).encode())
            return lock
        os.close(lock)  # its last holder removed it while we waited


def holds(location: Location, lock: int) -> bool:
    """Return whether the lock of a location is still this one, which nobody has removed."""
    try:
        return os.path.samestat(os.fstat(lock), os.stat(location.lock))
    except FileNotFoundError:
        return False


def holder_of(location: Location) -> int | None:
    """Return the process that holds the lock of a location: the parent, ready or still loading.

    Trying the lock would tell as well, but a parent that starts just then would find it taken.
    """
    try:
        pid = int(location.lock.read_text())
        command = Path("/proc", str(pid), "cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    # A parent that was killed leaves its lock, and its number to another process.
    return pid if location.name.encode() in command else None


def remove_files(location: Location, lock: int) -> None:
    """Give the location up, for the next parent, unless that one is there already."""
    if holds(location, lock):
        for path in (location.socket, location.log, location.lock):
            path.unlink(missing_ok=True)
    os.close(lock)


def listen(location: Location) -> socket.socket:
    """Return the socket on which this user alone can ask for kernels."""
    location.socket.unlink(missing_ok=True)  # of a parent that was killed
    listener = socket.socket(socket.AF_UNIX)
    os.umask(0o177)
    listener.bind(str(location.socket))
    listener.listen(64)
    return listener
