"""Hands the corpus in, has the command grade it, and watches what happens around it."""

import contextlib
import ctypes
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from coursekit import checks
from coursekit.course import shipped_course

from .cases import (
    CELL_SECONDS,
    MEMORY_MEGABYTES,
    TOTAL_SECONDS,
    Case,
    Place,
)
from .findings import Findings
from .stealing import SECRET

MOST_SECONDS = 1800
_SUBREAPER = 36
#: Names that a case may leave, outside of the folders of the run.
_SHARED = ("/dev/shm", "/var/tmp", "/run", "/tmp")
_CANARY = "corpus_canary"


class Classroom:
    """A folder with all that a run needs, and the canaries around it.

    Parameters
    ----------
    root : Path
        An empty folder.
    cases : sequence of Case
    """

    def __init__(self, root: Path, cases: Sequence[Case]) -> None:
        self.cases = cases
        self.contacts: list[str] = []
        self._root = root
        self._held = ExitStack()
        self._stopped = threading.Event()

    def __enter__(self) -> "Classroom":
        for name in ("home", "submissions", "temporary"):
            (self._root / name).mkdir()
        with self._held:
            self.place = self._prepared()
            for case in self.cases:
                case.write(self.place)
            self._write_secrets()
            self._held = self._held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()
        for path in _stray_files(self.place):
            with contextlib.suppress(OSError):
                Path(path).unlink()

    def _prepared(self) -> Place:
        tcp, udp, by_name, abstract = (self._held.enter_context(s) for s in self._sockets())
        self._held.callback(self._stopped.set)
        for server, name in ((tcp, "tcp"), (by_name, "unix"), (abstract, "abstract")):
            threading.Thread(target=self._accept, args=(server, name), daemon=True).start()
        threading.Thread(target=self._receive, args=(udp,), daemon=True).start()
        return Place(
            home=self._root / "home",
            submissions=self._root / "submissions",
            output=self._root / "grades",
            temporary=self._root / "temporary",
            course=shipped_course(),
            checks=Path(checks.__file__).parent,
            site=Path(sysconfig.get_path("purelib")),
            tcp_port=tcp.getsockname()[1],
            udp_port=udp.getsockname()[1],
            socket=self._root / "home" / "server",
            bystander=self._start_bystander(),
        )

    def _sockets(self) -> Iterator[socket.socket]:
        tcp = socket.create_server(("127.0.0.1", 0))
        yield tcp
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        yield udp
        for address in (
            str(self._root / "home" / "server"),
            f"\0corpus-{tcp.getsockname()[1]}",
        ):
            server = socket.socket(socket.AF_UNIX)
            server.bind(address)
            server.listen()
            yield server

    def _accept(self, server: socket.socket, name: str) -> None:
        with contextlib.suppress(OSError):
            while not self._stopped.is_set():
                connection, _ = server.accept()
                connection.close()
                self.contacts.append(name)

    def _receive(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not self._stopped.is_set():
                server.recv(1000)
                self.contacts.append("udp")

    def _start_bystander(self) -> int:
        # It notes a signal that by default does nothing, so that nobody else is disturbed.
        code = (
            "import pathlib, signal, sys, time\n"
            "note = lambda *_: pathlib.Path(sys.argv[1]).touch()\n"
            "signal.signal(signal.SIGURG, note)\n"
            "print('ready', flush=True)\n"
            f"time.sleep({MOST_SECONDS * 2})"
        )
        command = [sys.executable, "-S", "-c", code, str(self._root / "signalled")]
        self._bystander = subprocess.Popen(
            command, stdout=subprocess.PIPE, start_new_session=True, text=True
        )
        self._held.callback(self._end_bystander)
        self._bystander.stdout.readline()
        return self._bystander.pid

    def _end_bystander(self) -> None:
        self._bystander.kill()
        self._bystander.communicate()

    def _write_secrets(self) -> None:
        home = self.place.home
        for name in ("secret.txt", ".ssh/id_rsa", ".bashrc"):
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_text(f"{SECRET}-{os.urandom(8).hex()}\n")
        (home / "empty").mkdir()

    def grade(self, *options: str, jobs: int = 2) -> Findings:
        """Grade the corpus once, and note what happened."""
        findings = Findings(self.place)
        before = _digests(self.place)
        children = {child.pid for child in psutil.Process().children()}
        _adopt_orphans(True)
        try:
            begun = time.monotonic()
            self._run(findings, jobs, options)
            findings.seconds = time.monotonic() - begun
            findings.left_processes = _left_processes(children)
        finally:
            _adopt_orphans(False)
        self._note_damage(findings, before)
        results = self.place.output / "results.json"
        if results.is_file():
            document = json.loads(results.read_text(encoding="utf-8"))
            findings.rows, findings.isolation = document["submissions"], document["isolation"]
        return findings

    def _run(self, findings: Findings, jobs: int, options: Sequence[str]) -> None:
        with (self._root / "terminal").open("w+b") as terminal:
            command = subprocess.Popen(
                self._command(jobs, options),
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd=self._root,
                start_new_session=True,
            )
            self._watch(command, findings)
            findings.status = command.returncode
            terminal.seek(0)
            findings.terminal = terminal.read(1 << 24).decode("utf-8", "replace")

    def _command(self, jobs: int, options: Sequence[str]) -> list[str]:
        return [
            *(sys.executable, "-m", "coursekit", "grade", str(self.place.submissions)),
            *("--output", str(self.place.output), "--jobs", str(jobs)),
            *("--cell-seconds", str(CELL_SECONDS), "--total-seconds", str(TOTAL_SECONDS)),
            *("--memory", str(MEMORY_MEGABYTES), *options),
        ]

    def _environment(self) -> dict[str, str]:
        import matplotlib

        return os.environ | {
            "HOME": str(self.place.home),
            "TMPDIR": str(self.place.temporary),
            "COURSEKIT_COURSE": str(self.place.course),
            "MPLCONFIGDIR": matplotlib.get_configdir(),
            "CORPUS_TOKEN": f"{SECRET}-of-the-environment",
            "OMP_NUM_THREADS": "1",
        }

    def _watch(self, command: subprocess.Popen, findings: Findings) -> None:
        """Wait for the end, and note how much is taken meanwhile."""
        process = psutil.Process(command.pid)
        give_up = time.monotonic() + MOST_SECONDS
        while command.poll() is None:
            if time.monotonic() > give_up:
                os.killpg(command.pid, signal.SIGKILL)
            _measure(process, findings)
            with contextlib.suppress(subprocess.TimeoutExpired):
                command.wait(0.5)

    def _note_damage(self, findings: Findings, before: dict[str, str]) -> None:
        after = _digests(self.place)
        findings.changed = sorted(
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        )
        findings.left_files = [
            *_stray_files(self.place),
            *(str(path) for path in self.place.temporary.rglob("*")),
        ]
        findings.contacts = sorted(set(self.contacts))
        findings.bystander_lives = self._bystander.poll() is None
        findings.signalled = (self._root / "signalled").exists()


def _measure(process: psutil.Process, findings: Findings) -> None:
    with contextlib.suppress(psutil.Error):
        family = process.children(recursive=True)
        findings.most_processes = max(findings.most_processes, len(family))
        for member in family:
            with contextlib.suppress(psutil.Error):
                size = member.memory_info().rss / 2**20
                findings.largest_megabytes = max(findings.largest_megabytes, size)


def _adopt_orphans(adopt: bool) -> None:
    """Make this process the parent of whatever outlives its own parent, so that it is seen."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, int(adopt), 0, 0, 0)


def _left_processes(known: set[int], patience: float = 15.0) -> list[str]:
    give_up = time.monotonic() + patience
    while True:
        left = [child for child in psutil.Process().children() if child.pid not in known]
        alive = [child for child in left if _is_alive(child)]
        if not alive or time.monotonic() > give_up:
            return [_ended(child) for child in alive]
        time.sleep(0.2)


def _is_alive(child: psutil.Process) -> bool:
    try:
        if child.status() != psutil.STATUS_ZOMBIE:
            return True
        os.waitpid(child.pid, os.WNOHANG)
    except (psutil.Error, OSError):
        pass
    return False


def _ended(child: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        text = f"{child.pid}: {' '.join(child.cmdline())[:200]}"
        for member in (*child.children(recursive=True), child):
            member.kill()
        return text
    return str(child.pid)


def _digests(place: Place) -> dict[str, str]:
    """Stand for the content of the teacher's files."""
    paths = [path for path in place.home.rglob("*") if ".cache" not in path.parts]
    paths += [place.submissions, *place.submissions.rglob("*")]
    found = {}
    for path in paths:
        if path.is_symlink() or not path.is_file():
            found[str(path)] = "link or folder"
        elif path.stat().st_size < 1 << 28:
            found[str(path)] = f"{path.stat().st_mode} {_digest(path)}"
    return found


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stray_files(place: Place) -> list[str]:
    """Find the canaries that cases leave where they must not."""
    folders = [*map(Path, _SHARED), place.home, place.site, place.checks, place.course]
    found = [path for folder in folders for path in folder.glob(f"*{_CANARY}*")]
    found += place.output.parent.glob(f"*{_CANARY}*")
    found += place.output.rglob(f"*{_CANARY}*")
    return sorted(map(str, found))
