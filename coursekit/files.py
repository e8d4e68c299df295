"""Writes files whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of another once all of it is written.

    Whoever reads the file sees the old content or the new, never a half, also after a crash.

    Parameters
    ----------
    path : path-like
        The file; its folder must exist. The mode of a file that is there already stays; a new one
        has the mode that the user's other files get.

    Yields
    ------
    binary file
        To write and to read back. It stands in the same folder under a name that begins with
        ``.new-``, and is gone at the end whatever happens.

    Raises
    ------
    OSError
        If the file cannot be written; then nothing has changed. It names the file, and is of the
        class that tells why, such as ``PermissionError``.
    """
    path = Path(path)
    new = path.with_name(f".new-{secrets.token_hex(8)}")
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else None
        with _created(new, mode) as file:
            if mode is not None:
                new.chmod(mode)  # the umask may have closed what the file had open
            yield file
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        # An error of the caller's own, about another file, is told as it is.
        if error.errno is None or error.filename not in (None, str(new)):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)


def _created(new: Path, mode: int | None) -> IO[bytes]:
    """Make a file that is never more open than the mode, not even for a moment."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # The system takes the umask off by itself: to ask for it, one would have to change it.
    return os.fdopen(os.open(new, flags, 0o666 if mode is None else mode), "w+b")
