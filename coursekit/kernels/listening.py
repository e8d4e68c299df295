"""One warm parent a location: its lock, and the socket that it listens on."""

import fcntl
import os
import socket

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
            return lock
        os.close(lock)  # its last holder removed it while we waited


def holds(location: Location, lock: int) -> bool:
    """Return whether the lock of a location is still this one, which nobody has removed."""
    try:
        return os.path.samestat(os.fstat(lock), os.stat(location.lock))
    except FileNotFoundError:
        return False


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
