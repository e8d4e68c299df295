"""The folder that results go into: written whole or not at all, by one run at a time."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from coursekit import files

PRIVATE = ".grading"
_LOCK = "running.json"
# A lock without content is being written; one that is older was left by a kill.
_SECONDS_TO_WRITE = 10


class OutputError(RuntimeError):
    """Raised when results cannot be written; the message says what to do."""


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file in one step: whoever reads it sees the old content or the new, never a half.

    Parameters
    ----------
    path : Path
        Its folder is made if need be.
    content : str or bytes
        Text is written as UTF-8, its line ends as they are.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full; then nothing has changed.
    """
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
    return path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Any]:
    """Open a file for bytes that takes the place of `path` once all is written.

    Raises
    ------
    OutputError
        If it cannot be written; then nothing has changed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(path) as file:
            yield file
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> OutputError:
    """Say that a file cannot be written, why, and that nothing is lost."""
    return OutputError(
        f"{path} cannot be written: {error.strerror or error}. What was graded before is kept: "
        "make room or give write access, then run the same command again"
    )


@contextlib.contextmanager
def only_run(output: Path) -> Iterator[None]:
    """Hold the folder, so that no second run writes into it.

    The lock of a run that was killed is taken over.

    Parameters
    ----------
    output : Path
        The folder that results go into; it is made if need be.

    Raises
    ------
    OutputError
        If another run holds it, or it cannot be written.
    """
    lock = output / PRIVATE / _LOCK
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        while not _created(lock):
            _remove_stale(lock, output)
    except OSError as error:
        raise cannot_write(lock, error) from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _created(lock: Path) -> bool:
    try:
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    me = psutil.Process()
    owner = {"pid": me.pid, "started": me.create_time(), "host": socket.gethostname()}
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(owner, file)
    return True


def _remove_stale(lock: Path, output: Path) -> None:
    """Remove the lock of a run that is gone; raise if the run goes on."""
    try:
        seen = lock.read_text(encoding="utf-8")
        age = time.time() - lock.stat().st_mtime
    except FileNotFoundError:
        return
    if _is_held(seen, age):
        raise OutputError(_held(seen, output, lock))
    aside = lock.with_name(f"stale-{os.getpid()}.json")
    with contextlib.suppress(FileNotFoundError):
        lock.replace(aside)
        # Another run may have taken the stale lock over between the look and the removal.
        if aside.read_text(encoding="utf-8") != seen:
            aside.replace(lock)
            raise OutputError(_held("", output, lock))
        aside.unlink()


def _is_held(content: str, age: float) -> bool:
    try:
        owner = json.loads(content)
        if owner["host"] != socket.gethostname():
            return True  # nothing can be said about a process of another machine
        return abs(psutil.Process(owner["pid"]).create_time() - owner["started"]) < 1
    except psutil.NoSuchProcess:
        return False
    except (ValueError, KeyError, TypeError):
        return age < _SECONDS_TO_WRITE


def _held(content: str, output: Path, lock: Path) -> str:
    try:
        owner = json.loads(content)
        who = f"process {owner['pid']} on {owner['host']}"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    return (
        f"{who} is grading into {output} already: wait until it is done, stop it, or choose "
        f"another folder. If no such run exists, delete {lock}"
    )
