"""Copies the course into a learner's own folder, and never over what they changed.

A manifest in that folder (``.coursekit.json``) keeps the SHA-256 of each file as it was shipped. A
file that still has that digest is untouched and may be updated; any other belongs to the learner.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from coursekit import __version__, course
from coursekit.cli.output import CommandError
from coursekit.files import replacing

MANIFEST = ".coursekit.json"
_FOLDERS = ("notebooks", "exercises")

State = Literal["added", "updated", "kept", "unchanged"]


@dataclass(frozen=True)
class Entry:
    """What happened to one file.

    Attributes
    ----------
    file : str
        Its path inside the folder, with ``/``.
    state : str
        ``"added"``, ``"updated"``, ``"kept"`` (the learner changed it) or ``"unchanged"``.
    beside : str or None
        Where the new version of a kept file was put.
    """

    file: str
    state: State
    beside: str | None = None


@dataclass(frozen=True)
class Report:
    """What a copy did, file by file."""

    folder: Path
    entries: tuple[Entry, ...]
    states: ClassVar[tuple[State, ...]] = ("added", "updated", "kept", "unchanged")


def copy_into(folder: Path, source: Path | None = None) -> Report:
    """Copy lessons and exercises into a folder.

    Parameters
    ----------
    folder : Path
        The learner's folder; made where it is missing.
    source : Path, optional
        The course to copy; by default the one that the package ships.

    Returns
    -------
    Report

    Raises
    ------
    CommandError
        If the folder is a file, cannot be written, or is the course itself.
    """
    source = (source or course.shipped_course()).resolve()
    if not (source / "notebooks").is_dir():
        raise CommandError(f"{source} holds no course: it has no notebooks/", exit_status=2)
    target = _prepared(folder, source)
    manifest = _read_manifest(target)
    before = dict(manifest)
    try:
        try:
            entries = tuple(
                _copy(source / file, target, file, manifest) for file in _shipped_files(source)
            )
        finally:
            if manifest != before:
                _write_manifest(target, manifest)
    except OSError as error:
        raise CommandError(
            f"{target} cannot be written: {error.strerror}. "
            "What was copied so far is whole; run the same command again"
        ) from error
    return Report(target, entries)


def _prepared(folder: Path, source: Path) -> Path:
    """Make the folder and refuse those that would lead to a loss."""
    target = folder.expanduser().resolve()
    if target == source or any(target.is_relative_to(source / name) for name in _FOLDERS):
        raise CommandError(f"{target} is the course itself: name another folder", exit_status=2)
    try:
        for path in (target, *(target / name for name in _FOLDERS)):
            path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise CommandError(f"{error.filename} is a file, not a folder", exit_status=2) from error
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be made: {error.strerror}") from error
    for name in _FOLDERS:
        if not (target / name).resolve().is_relative_to(target):
            raise CommandError(f"{target / name} is a link out of {target}: remove it first")
    return target


def _shipped_files(source: Path) -> Iterator[str]:
    for name in _FOLDERS:
        for path in sorted((source / name).rglob("*")):
            inside = path.relative_to(source)
            hidden = any(part.startswith((".", "__")) for part in inside.parts)
            if path.is_file() and not hidden:
                yield inside.as_posix()


def _copy(shipped: Path, target: Path, file: str, manifest: dict[str, str]) -> Entry:
    """Copy one file, and note in the manifest what the learner was offered."""
    content, path = shipped.read_bytes(), target / file
    offered_before, digest = manifest.get(file), _digest(content)
    there = path.is_symlink() or path.exists()
    current = _digest(path.read_bytes()) if path.is_file() else None
    if current == digest:
        manifest[file] = digest
        return Entry(file, "unchanged")
    if there and (path.is_symlink() or current is None or current != offered_before):
        offered = offered_before == digest
        beside = None if offered else _put_beside(path, content).relative_to(target).as_posix()
        manifest[file] = digest
        return Entry(file, "kept", beside)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content)
    manifest[file] = digest
    return Entry(file, "updated" if there else "added")


def _put_beside(path: Path, content: bytes) -> Path:
    """Put a new version next to a file of the learner's, under a name that is still free."""
    number = 1
    while True:
        mark = "new" if number == 1 else f"new{number}"
        beside = path.with_name(f"{path.stem}.{mark}{path.suffix}")
        if not (beside.is_symlink() or beside.exists()):
            _write(beside, content)
            return beside
        if beside.is_file() and beside.read_bytes() == content:
            return beside
        number += 1


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as file:
        file.write(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_manifest(target: Path) -> dict[str, str]:
    """Read what was shipped before; where nothing can be read, every file is the learner's."""
    try:
        files = json.loads((target / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {str(file): str(digest) for file, digest in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_manifest(target: Path, manifest: dict[str, str]) -> None:
    document = {"schema": 1, "coursekit": __version__, "files": dict(sorted(manifest.items()))}
    _write(target / MANIFEST, (json.dumps(document, indent=1) + "\n").encode())
