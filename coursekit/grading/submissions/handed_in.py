"""Reads what lies in a folder or an archive into a tree, without opening a single file in it."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .archives import ArchiveError, Member, list_members
from .naming import clean, without_suffix

_MOST_DEPTH, _MOST_ARCHIVES = 12, 2
_LINK = "it is a symbolic link, which is not followed: put the notebook itself in its place"
_DEEP = f"it lies more than {_MOST_DEPTH} folders deep: move it up"
_NESTED = "it is an archive within an archive within an archive: unpack it"
_SPECIAL = "it is a pipe or a device, not a file"
_IGNORED = {
    *("__macosx", "thumbs.db", "desktop.ini", "__pycache__"),
    *("venv", "env", "node_modules", "site-packages"),  # packages bring notebooks of their own
}
_RESULTS = {"results.json", "gradebook.csv", "class.html"}
# Some browsers add a suffix to what they do not know.
_NOTEBOOK = re.compile(r".+\.ipynb(\.txt|\.json)?", re.IGNORECASE | re.DOTALL)
# What people hand in when they do not hand in a notebook; other files are the teacher's.
_UPLOAD = re.compile(r".+\.(py|pdf|html?|docx?|odt|rtf|rar|7z|tar|t?gz)", re.I | re.DOTALL)


@dataclass
class HandedIn:
    """Something that lies in the folder of a class.

    Attributes
    ----------
    parts : tuple of str
        Its name, and those of the folders that it lies in.
    kind : {"notebook", "folder", "other", "unreadable"}
        By its name; an archive is a folder.
    path : Path
        The file, or the archive that holds it.
    member : str or None
        Its name within the archive.
    problem : str
        Why it cannot be read; empty if nothing is known to speak against it.
    children : list of HandedIn
        What lies in a folder, sorted by name.
    """

    parts: tuple[str, ...]
    kind: Literal["notebook", "folder", "other", "unreadable"]
    path: Path
    member: str | None = None
    problem: str = ""
    children: list["HandedIn"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Give its own name."""
        return self.parts[-1] if self.parts else self.path.name

    @property
    def stem(self) -> str:
        """Give its name without what tells its kind."""
        is_plain_folder = self.kind == "folder" and not _is_archive(self.name)
        return self.name if is_plain_folder else without_suffix(self.name)

    @property
    def is_archive(self) -> bool:
        """Tell whether it is an archive, by its name and its kind."""
        return _is_archive(self.name) and self.kind == "folder" and not self.path.is_dir()

    @property
    def may_be_upload(self) -> bool:
        """Tell whether a file that is no notebook may be what a student handed in."""
        return _UPLOAD.fullmatch(self.name) is not None

    @property
    def is_worth_a_row(self) -> bool:
        """Tell whether it is to be reported even if its student handed in a notebook."""
        return self.kind == "unreadable" and (_is_notebook(self.name) or _is_archive(self.name))

    def files(self) -> Iterator["HandedIn"]:
        """Give all that lies in it and is no folder; or itself."""
        if self.kind != "folder":
            yield self
        for child in self.children:
            yield from child.files()


def look_into(source: Path) -> HandedIn:
    """Read a folder or an archive into a tree.

    Parameters
    ----------
    source : Path
        A folder, or a file.

    Returns
    -------
    HandedIn

    Raises
    ------
    ArchiveError
        If it does not exist, or cannot be read.
    """
    try:
        if source.is_dir():
            return HandedIn((), "folder", source, children=_in_folder(source, ()))
        if not stat.S_ISREG(source.stat().st_mode):
            raise ArchiveError(_SPECIAL)
    except OSError as error:
        raise ArchiveError(f"it cannot be opened: {error.strerror}") from error
    if not _is_archive(source.name):
        return _file((source.name,), source, None, 0)
    try:
        return _archive((), source, None, 1)
    except ArchiveError as error:
        return HandedIn((source.name,), "unreadable", source, problem=str(error))


def no_notebook(files: list[HandedIn]) -> str:
    """Say that a student handed in no notebook, and what instead."""
    problem = next((f"{clean(file.name)}: {file.problem}" for file in files if file.problem), "")
    if problem:
        return problem
    if not files:
        return "there is nothing in it: ask for the notebook (.ipynb)"
    if {file.name for file in files} >= _RESULTS:
        return "it holds the results of an earlier run: move it out of the submissions"
    names = ", ".join(clean(file.name) for file in files[:3]) + (", …" if len(files) > 3 else "")
    return f"there is no notebook in it, only {names}: ask for the notebook (.ipynb)"


def _in_folder(folder: Path, parts: tuple[str, ...]) -> list[HandedIn]:
    with os.scandir(folder) as entries:
        found = sorted((e for e in entries if not _is_ignored(e.name)), key=lambda e: e.name)
    return [_entry(entry, (*parts, entry.name)) for entry in found]


def _entry(entry: os.DirEntry[str], parts: tuple[str, ...]) -> HandedIn:
    path = Path(entry.path)
    try:
        if entry.is_symlink() or _is_junction(entry):
            return HandedIn(parts, "unreadable", path, problem=_LINK)
        if entry.is_dir(follow_symlinks=False):
            if len(parts) > _MOST_DEPTH:
                return HandedIn(parts, "unreadable", path, problem=_DEEP)
            return HandedIn(parts, "folder", path, children=_in_folder(path, parts))
        if not entry.is_file(follow_symlinks=False):
            return HandedIn(parts, "unreadable", path, problem=_SPECIAL)
    except OSError as error:
        problem = f"it cannot be opened: {error.strerror}"
        return HandedIn(parts, "unreadable", path, problem=problem)
    return _file(parts, path, None, 0)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    return bool(getattr(entry, "is_junction", bool)())  # from Python 3.12 on


def _file(parts: tuple[str, ...], path: Path, member: str | None, n_archives: int) -> HandedIn:
    """Describe a file by its name, and look into it if it is an archive."""
    if _is_notebook(parts[-1]):
        return HandedIn(parts, "notebook", path, member)
    if not _is_archive(parts[-1]):
        return HandedIn(parts, "other", path, member)
    if n_archives >= _MOST_ARCHIVES:
        return HandedIn(parts, "unreadable", path, member, _NESTED)
    try:
        return _archive(parts, path, member, n_archives + 1)
    except ArchiveError as error:
        return HandedIn(parts, "unreadable", path, member, str(error))


def _archive(parts: tuple[str, ...], path: Path, member: str | None, n_archives: int) -> HandedIn:
    root = HandedIn(parts, "folder", path, member)
    folders: dict[tuple[str, ...], HandedIn] = {(): root}
    for item in sorted(list_members(path, member), key=lambda item: (item.parts, item.name)):
        own = tuple(part for part in item.parts if part != "..")
        if not own or any(map(_is_ignored, own)):
            continue
        inside = own if item.is_folder else own[:-1]
        for depth in range(1, len(inside) + 1):
            if inside[:depth] not in folders:
                folder = HandedIn((*parts, *inside[:depth]), "folder", path, member)
                folders[inside[:depth]] = folder
                folders[inside[: depth - 1]].children.append(folder)
        if not item.is_folder:
            address = item.name if member is None else f"{member}/{item.name}"
            file = _member(item, (*parts, *own), path, address, n_archives)
            folders[inside].children.append(file)
    return root


def _member(
    item: Member, parts: tuple[str, ...], path: Path, address: str, n_archives: int
) -> HandedIn:
    if item.problem:
        return HandedIn(parts, "unreadable", path, address, item.problem)
    return _file(parts, path, address, n_archives)


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _IGNORED


def _is_notebook(name: str) -> bool:
    return _NOTEBOOK.fullmatch(name) is not None


def _is_archive(name: str) -> bool:
    return name.casefold().endswith(".zip")
