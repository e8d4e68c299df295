"""Where a learner's process may read: what Python and its libraries need, and no more."""

import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from .isolation import Confinement, Isolation

_PACKAGE = Path(__file__).resolve().parents[2]

#: Rooms of this package with references, mistakes and solutions, and the course in a wheel.
_SECRET_ROOMS = ("checks", "grading", "_course")

#: Programs, libraries, fonts and settings of the system that hold no secret.
_SYSTEM = """
    /usr /bin /sbin /lib /lib32 /lib64 /libx32 /nix/store /gnu/store /etc/alternatives
    /etc/fonts /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d /etc/localtime /etc/timezone
    /etc/locale.conf /etc/default/locale /etc/os-release /etc/mime.types /etc/magic
    /etc/matplotlibrc /etc/nsswitch.conf /etc/ssl/openssl.cnf /etc/ssl/certs
    /sys/devices/system/cpu /sys/devices/system/node /var/cache/fontconfig
"""
_DISK_BYTES = 512 * 2**20
_PROCESSES = 320
_PROCESSES_PER_CORE = 8


def confinement_for(
    workdir: str | os.PathLike[str],
    *,
    isolation: Isolation,
    memory_megabytes: int,
    cpu_seconds: int,
    hidden: Iterable[str | os.PathLike[str]] = (),
) -> Confinement:
    """Say what a learner's process may do on this machine.

    Parameters
    ----------
    workdir : path
        Its private folder, which exists.
    isolation : Isolation
        What :func:`probe` found.
    memory_megabytes : int
        Memory that it may take besides what the imported libraries have.
    cpu_seconds : int
        Processor time of each of its processes.
    hidden : iterable of paths, optional
        What it must not read, besides the course's checks and solutions. Anything outside the
        folders that Python needs is hidden as it is.

    Returns
    -------
    Confinement

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If a limit is not positive.
    """
    if memory_megabytes <= 0 or cpu_seconds <= 0:
        raise ValueError(f"limits are positive: {memory_megabytes} MB, {cpu_seconds} s")
    folder = Path(workdir).resolve(strict=True)
    concealed = [*_secrets(), *(str(Path(path).resolve()) for path in hidden)]
    return Confinement(
        workdir=str(folder),
        hidden=tuple(dict.fromkeys(concealed)),
        readable=tuple(_readable(str(folder))),
        memory_bytes=memory_megabytes * 2**20,
        cpu_seconds=cpu_seconds,
        file_bytes=_DISK_BYTES,
        processes=max(_PROCESSES, 128 + _PROCESSES_PER_CORE * (os.cpu_count() or 1)),
        mechanisms=isolation.mechanisms,
    )


def _secrets() -> Iterator[str]:
    """Find what holds answers, wherever a folder that Python needs might hold it too."""
    for room in _SECRET_ROOMS:
        yield str(_PACKAGE / room)
        if sys.pycache_prefix:
            yield str(Path(sys.pycache_prefix, *(_PACKAGE / room).parts[1:]))
    # In a checkout these are neighbours of the package, and a virtual environment may be made in
    # the checkout itself.
    if (_PACKAGE.parent / "pyproject.toml").exists():
        for name in ("solutions", "exercises", "notebooks", "tests", ".git", "build", "dist"):
            yield str(_PACKAGE.parent / name)


def _readable(workdir: str) -> list[str]:
    """Find the folders that Python needs, none of which holds somebody's home or everything."""
    wanted = [*_SYSTEM.split(), str(_PACKAGE), *_folders_of_python()]
    homes = {os.path.realpath(os.path.expanduser("~")), workdir}
    return [path for path in dict.fromkeys(wanted) if _is_fit(path, homes)]


def _folders_of_python() -> Iterator[str]:
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
    paths = sysconfig.get_paths()
    yield from (paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from site.getsitepackages()
    if site.ENABLE_USER_SITE:
        yield site.getusersitepackages()
    # The interpreter may be a link from a virtual environment, by way of others.
    executable = os.path.realpath(sys.executable)
    if os.path.dirname(executable) not in ("/usr/bin", "/bin"):
        yield executable


def _is_fit(path: str, homes: set[str]) -> bool:
    if not os.path.exists(path):
        return False
    real = os.path.realpath(path).rstrip("/")
    return not any(home == real or home.startswith(real + "/") for home in homes)
