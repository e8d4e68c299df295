"""Namespaces: a root of its own with little in it, no network, no process of others in sight.

Linux 5.12 or newer. The new root is a small tmpfs in which what may be read is mounted read-only;
nothing else of the machine is there, so nothing else need be forbidden.
"""

import contextlib
import os
import shutil
import struct
from collections.abc import Iterator

from .isolation import Confinement
from .syscalls import call

_HERE = -100  # AT_FDCWD
_NEW_USER, _NEW_MOUNT, _NEW_PID, _NEW_NETWORK = 0x10000000, 0x20000, 0x20000000, 0x40000000
_NEW_IPC, _NEW_UTS, _NEW_CGROUP = 0x8000000, 0x4000000, 0x2000000
_OTHERS = _NEW_MOUNT | _NEW_PID | _NEW_NETWORK | _NEW_IPC | _NEW_UTS
_NOSUID, _NODEV, _NOEXEC = 2, 4, 8
_RECURSIVELY, _PRIVATE, _DETACH = 0x4000, 0x40000, 2
_READ_ONLY_ATTRIBUTES = 0x1 | 0x2 | 0x4  # read-only, no setuid, no devices
_CLONE, _CLOSE_ON_EXEC, _WHOLE_TREE, _EMPTY_PATH = 1, 0x80000, 0x8000, 0x1000
_FROM_EMPTY_PATH = 4

_DEVICES = ("null", "zero", "full", "random", "urandom")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1"}
_DEVICE_LINKS |= {"stderr": "/proc/self/fd/2"}
_SCRATCH = "/.scratch"
_COVERS = "/.covers"
_MOST_FILES = 50_000
#: Linux counts on from here when the numbers of processes have gone round once.
RESERVED_NUMBERS = 300
#: Shown where Linux does not let us mount a /proc of our own, as in most containers.
_FACTS = ("cpuinfo", "meminfo", "stat", "version", "filesystems", "loadavg", "uptime")


def writable_places(confinement: Confinement) -> tuple[str, ...]:
    """Return the folders to write to; each is new and empty but for the home."""
    return ("/tmp", "/dev/shm", os.path.realpath(confinement.workdir))


def leave() -> None:
    """Move this process to namespaces of its own; the PID namespace begins with its next child.

    Raises
    ------
    OSError
        If Linux refuses.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        call("unshare", _NEW_USER | _OTHERS)
    except OSError:
        if user != 0:
            raise
        call("unshare", _OTHERS)
    else:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    with contextlib.suppress(OSError):
        call("unshare", _NEW_CGROUP)


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def change_root(confinement: Confinement) -> None:
    """Make the new root, and leave the old one for good; called by the first of the namespace.

    Raises
    ------
    OSError
        If Linux refuses.
    """
    home = os.path.realpath(confinement.workdir)
    call("mount", None, b"/", None, _RECURSIVELY | _PRIVATE, None)
    # All trees are taken before the new root covers the folder that it is mounted on.
    trees = _trees(confinement)
    devices = {f"/dev/{name}": _tree(f"/dev/{name}") for name in _DEVICES}
    given = _tree(home)
    facts = _facts()
    _mount_tmpfs(home, size=4 * 2**20, mode="755")
    _build(home, confinement, trees, devices, given)
    _mount_proc(home, facts)
    _enter_root(home, [path for path, tree in trees if tree is None])


def _trees(confinement: Confinement) -> list[tuple[str, int | None]]:
    """Take what is to be mounted, outer folders first; None for what is to be covered."""
    readable = {os.path.realpath(path) for path in confinement.readable if os.path.exists(path)}
    hidden = {os.path.realpath(path) for path in confinement.hidden if os.path.exists(path)}
    hidden = {path for path in hidden - readable if _is_within(path, readable)}
    trees: list[tuple[str, int | None]] = []
    for path in sorted(readable | hidden, key=lambda name: (name.count("/"), name)):
        if path in hidden:
            trees.append((path, None))
        elif not _is_within(path, readable - {path}) or _is_within(path, hidden):
            with contextlib.suppress(PermissionError):
                trees.append((path, _read_only(_tree(path))))
    return trees


def _is_within(path: str, folders: set[str]) -> bool:
    return any(path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _tree(path: str) -> int:
    """Return a handle on a copy of the mounts at and below a path."""
    flags = _CLONE | _CLOSE_ON_EXEC | _WHOLE_TREE
    return call("open_tree", _HERE, os.fsencode(path), flags)


def _read_only(tree: int) -> int:
    _set_read_only(tree, b"", _EMPTY_PATH | _WHOLE_TREE)
    return tree


def _set_read_only(folder: int, path: bytes, flags: int = 0) -> None:
    attributes = struct.pack("=QQQQ", _READ_ONLY_ATTRIBUTES, 0, 0, 0)
    call("mount_setattr", folder, path, flags, attributes, len(attributes))


def _mount_tmpfs(target: str, *, size: int, mode: str, files: int = 10_000) -> None:
    options = f"size={size},nr_inodes={files},mode={mode}"
    call("mount", b"tmpfs", os.fsencode(target), b"tmpfs", _NOSUID | _NODEV, options.encode())


def _attach(tree: int, target: str) -> None:
    call("move_mount", tree, b"", _HERE, os.fsencode(target), _FROM_EMPTY_PATH)
    os.close(tree)


def _facts() -> dict[str, bytes]:
    facts = {}
    for name in _FACTS:
        with contextlib.suppress(OSError), open(f"/proc/{name}", "rb") as file:
            facts[name] = file.read()
    return facts


def _build(
    root: str,
    confinement: Confinement,
    trees: list[tuple[str, int | None]],
    devices: dict[str, int],
    given: int,
) -> None:
    _make_scratch(root, confinement, given)
    mounts: dict[str, int | None] = {**dict(trees), **devices}
    for number, place in enumerate(writable_places(confinement)):
        mounts[place] = _tree(f"{root}{_SCRATCH}/{number}")
    os.mkdir(f"{root}{_COVERS}")
    for path in sorted(mounts, key=lambda name: (name.count("/"), name)):
        tree = mounts[path]
        _make_mount_point(root, path, tree)
        _attach(_cover(root, path) if tree is None else tree, root + path)
    # Its folders stay where they were attached; this is the only way to it as a whole.
    call("umount2", os.fsencode(root + _SCRATCH), _DETACH)
    os.rmdir(root + _SCRATCH)
    for name, target in _DEVICE_LINKS.items():
        os.symlink(target, f"{root}/dev/{name}")
    for path in confinement.readable:
        _repeat_links(root, path)


def _make_scratch(root: str, confinement: Confinement, given: int) -> None:
    """Make the one small file system that all folders to write to are part of."""
    scratch = root + _SCRATCH
    os.mkdir(scratch)
    _mount_tmpfs(scratch, size=confinement.file_bytes, mode="700", files=_MOST_FILES)
    os.mkdir(f"{root}/.given")
    _attach(given, f"{root}/.given")
    for number, _ in enumerate(writable_places(confinement)[:-1]):
        os.mkdir(f"{scratch}/{number}", 0o700)
    home = f"{scratch}/{len(writable_places(confinement)) - 1}"
    with contextlib.suppress(shutil.Error):  # what is neither file nor folder is left out
        shutil.copytree(f"{root}/.given", home, symlinks=True)
    os.chmod(home, 0o700)
    call("umount2", os.fsencode(f"{root}/.given"), _DETACH)
    os.rmdir(f"{root}/.given")


def _make_mount_point(root: str, path: str, tree: int | None) -> None:
    os.makedirs(root + os.path.dirname(path), exist_ok=True)
    is_folder = os.path.isdir(path) if tree is None else _is_folder(tree)
    if is_folder:
        os.makedirs(root + path, exist_ok=True)
    elif not os.path.exists(root + path):
        os.close(os.open(root + path, os.O_CREAT | os.O_WRONLY, 0o600))


def _is_folder(tree: int) -> bool:
    return (os.fstat(tree).st_mode & 0o170000) == 0o040000


def _cover(root: str, path: str) -> int:
    """Return a handle on an empty folder or file to mount over a hidden one."""
    cover = f"{root}{_COVERS}/{len(os.listdir(root + _COVERS))}"
    if os.path.isdir(root + path):
        os.mkdir(cover)
    else:
        os.close(os.open(cover, os.O_CREAT | os.O_WRONLY, 0o600))
    return _tree(cover)


def _repeat_links(root: str, path: str) -> None:
    """Make the symbolic links on the way to a path in the new root, such as /lib."""
    for link, target in _links(path):
        if not os.path.lexists(root + link):
            with contextlib.suppress(OSError):
                os.makedirs(root + os.path.dirname(link), exist_ok=True)
                os.symlink(target, root + link)


def _links(path: str, depth: int = 8) -> Iterator[tuple[str, str]]:
    walked = ""
    for name in [part for part in os.path.abspath(path).split("/") if part]:
        walked = f"{walked}/{name}"
        if os.path.islink(walked):
            target = os.readlink(walked)
            yield os.path.join(os.path.realpath(os.path.dirname(walked)), name), target
            if depth:
                yield from _links(os.path.join(os.path.dirname(walked), target), depth - 1)


def _mount_proc(root: str, facts: dict[str, bytes]) -> None:
    proc = f"{root}/proc"
    os.makedirs(proc, exist_ok=True)
    try:
        call("mount", b"proc", os.fsencode(proc), b"proc", _NOSUID | _NODEV | _NOEXEC, None)
    except OSError:
        for name, content in facts.items():
            with open(f"{proc}/{name}", "wb") as file:
                file.write(content)


def _enter_root(root: str, covered: list[str]) -> None:
    os.chdir(root)
    call("pivot_root", b".", b".")
    call("umount2", b".", _DETACH)
    os.chdir("/")
    for name in os.listdir(_COVERS):
        cover = f"{_COVERS}/{name}"
        os.chmod(cover, 0o111 if os.path.isdir(cover) and os.listdir(cover) else 0)
    for path in (*covered, "/"):
        _set_read_only(_HERE, os.fsencode(path))


def limit_processes(processes: int) -> bool:
    """Bound the processes of this PID namespace, and forbid further user namespaces.

    Returns
    -------
    bool
        Whether Linux bounds them, which it does from 6.14 on.
    """
    with contextlib.suppress(OSError):
        _write("/proc/sys/user/max_user_namespaces", "0")
    number = RESERVED_NUMBERS + processes
    try:
        with open("/proc/sys/kernel/pid_max") as file:
            before = int(file.read())
        _write("/proc/sys/kernel/pid_max", str(number))
    except OSError:
        return False
    return number < before


def lock_proc() -> None:
    """Make /proc read-only: root's own processes could change the machine through it."""
    if os.path.exists("/proc/self"):
        _set_read_only(_HERE, b"/proc")
