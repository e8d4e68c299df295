"""A private folder for each learner's process, removed whatever was left in it."""

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def private_folder() -> Iterator[str]:
    """Make an empty folder that only this user may enter, and remove it in the end."""
    folder = os.path.realpath(tempfile.mkdtemp(prefix="coursekit-learner-"))
    try:
        yield folder
    finally:
        remove_folder(folder)


def remove_folder(folder: str) -> None:
    """Remove a folder with all that is in it, whatever its permissions, names and depth."""
    with contextlib.suppress(OSError, RecursionError):
        if sys.version_info >= (3, 12):
            shutil.rmtree(folder, onexc=_open_up)
        else:
            shutil.rmtree(folder, onerror=_open_up)
    if os.path.lexists(folder) and os.name == "posix":
        # Nested deeper than Python's own function can follow.
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run([*command, folder], capture_output=True, timeout=60, check=False)


def _open_up(function: Any, path: str, error: Any) -> None:
    """Take the permissions that are missing, and try once more."""
    with contextlib.suppress(OSError):
        os.chmod(os.path.dirname(path), stat.S_IRWXU)
        if not os.path.islink(path):
            os.chmod(path, stat.S_IRWXU)
    with contextlib.suppress(OSError):
        if function in (os.open, os.scandir, os.lstat, os.rmdir):
            shutil.rmtree(path, ignore_errors=True)
        else:
            function(path)
