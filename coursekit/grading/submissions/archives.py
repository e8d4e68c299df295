"""Looks into zip archives in memory: nothing is ever unpacked to disk."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: A notebook, or an archive within an archive, may be as large as this.
MOST_BYTES = 200 * 2**20
#: An archive may hold as many things as this.
MOST_MEMBERS = 20_000
_MOST_DIRECTORY_BYTES = 8 * 2**20
# Repeated lines of output shrink by 100 and more; a bomb by 1000.
_HARMLESS_BYTES, _MOST_SHRINKING = 25 * 2**20, 300
_CHUNK = 2**20
_MOST_NAME, _MOST_DEPTH = 1000, 30
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


class ArchiveError(ValueError):
    """Raised when an archive, or what is in it, cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Member:
    """One file or folder in an archive.

    Attributes
    ----------
    name : str
        As the archive gives it: the address to read it by.
    parts : tuple of str
        Its folders and its own name.
    is_folder : bool
    problem : str
        Why it cannot be read; empty if nothing speaks against it.
    """

    name: str
    parts: tuple[str, ...]
    is_folder: bool
    problem: str = ""


def list_members(path: Path, within: str | None = None) -> list[Member]:
    """List what an archive holds.

    Parameters
    ----------
    path : Path
        The archive.
    within : str, optional
        A member that is an archive itself, and is listed instead.

    Returns
    -------
    list of Member
        In the archive's order. Two of one name are two members, the second with a problem.

    Raises
    ------
    ArchiveError
        If it is no zip archive, is damaged, or holds too much.
    """
    with _opened(path) as archive:
        if within is None:
            return _listed(archive)
        with _within(archive, within) as inner:
            return _listed(inner)


def read_member(path: Path, member: str) -> bytes:
    """Read a file in an archive, or in an archive within it (``"ana.zip/14_optimizers.ipynb"``).

    Raises
    ------
    ArchiveError
        If it is not there, is damaged or encrypted, or unpacks to more than ``MOST_BYTES``.
    """
    with _opened(path) as archive:
        if _find(archive, member) is not None:
            return _content(archive, member)
        for slash in re.finditer("/", member):
            outer, inner = member[: slash.start()], member[slash.end() :]
            if _find(archive, outer) is not None:
                with _within(archive, outer) as held:
                    return _content(held, inner)
    raise ArchiveError("it is no longer in the archive")


class _Careful:
    """A file of which no more is read at once than the directory of a sane archive takes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_DIRECTORY_BYTES:
            raise ArchiveError(f"it says that it holds more than {MOST_MEMBERS} files: unpack it")
        return self._file.read(size)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveError(f"it cannot be opened: {error.strerror}") from error
    with file, _zip(file) as archive:
        yield archive


@contextmanager
def _within(archive: zipfile.ZipFile, name: str) -> Iterator[zipfile.ZipFile]:
    with _zip(io.BytesIO(_content(archive, name))) as inner:
        yield inner


def _zip(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_Careful(file))  # type: ignore[arg-type]
    except ArchiveError:
        raise
    except _DAMAGE as error:
        raise ArchiveError(
            "it is damaged, or not a zip archive: ask for it again, or for the notebook alone"
        ) from error


def _listed(archive: zipfile.ZipFile) -> list[Member]:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise ArchiveError(f"it holds {len(infos)} files, more than {MOST_MEMBERS}: unpack it")
    seen: set[tuple[str, ...]] = set()
    members = []
    for info in infos:
        name = info.filename.replace("\\", "/")
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        problem = _fault(info, name, parts) or (
            "the archive holds two files of this name; the first one is read"
            if parts in seen and not info.is_dir()
            else ""
        )
        seen.add(parts)
        members.append(Member(info.filename, parts, info.is_dir(), problem))
    return members


def _fault(info: zipfile.ZipInfo, name: str, parts: tuple[str, ...]) -> str:
    """Say what speaks against reading a member."""
    if ".." in parts or name.startswith("/") or re.match("[A-Za-z]:", name):
        return "its name in the archive points out of the archive, as no usual program writes it"
    if "\0" in info.orig_filename or len(name) > _MOST_NAME or len(parts) > _MOST_DEPTH:
        return "its name in the archive is damaged or far too long"
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    if kind == stat.S_IFLNK:
        return "it is a symbolic link, which is not followed: ask for the notebook itself"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a device, not a file"
    return "" if info.is_dir() else _fault_of_content(info)


def _fault_of_content(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 1:
        return "it is protected by a password: ask for it without one"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is compressed in a way that is not read here: ask for a usual zip archive"
    if info.file_size > MOST_BYTES:
        megabytes = MOST_BYTES // 2**20
        return f"it unpacks to more than {megabytes} MB: ask for it without outputs and data"
    if info.file_size > max(_HARMLESS_BYTES, _MOST_SHRINKING * info.compress_size):
        return (
            f"it would unpack from {info.compress_size / 2**20:.1f} MB to "
            f"{info.file_size // 2**20} MB, as a zip bomb does: ask for it without outputs"
        )
    return ""


def _find(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    return next((info for info in archive.infolist() if info.filename == name), None)


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    info = _find(archive, name)
    if info is None:
        raise ArchiveError("it is no longer in the archive")
    fault = _fault_of_content(info)
    if fault:
        raise ArchiveError(fault)
    try:
        with archive.open(info) as file:
            # No more comes than the member's stated size, which is known to be bearable.
            return b"".join(iter(lambda: file.read(_CHUNK), b""))
    except (*_DAMAGE, RuntimeError, MemoryError) as error:
        raise ArchiveError("it is damaged in the archive: ask for it again") from error
