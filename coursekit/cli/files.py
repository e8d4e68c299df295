"""Writes files whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in one step: whoever reads it sees the old text or the new, never a half.

    Parameters
    ----------
    path : Path
        The file; its folder must exist. The mode of a file that is there already stays.
    content : bytes
        What it shall hold.

    Raises
    ------
    OSError
        If the folder cannot be written or the disk is full; then nothing has changed.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else _default_mode())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _default_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
