"""The prober: a fresh, light process that confines children and lets them try to get out.

It needs the standard library only. It reads one line of JSON, the confinement to try and the
combinations of mechanisms, best first; and writes one line for each that it tried.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .attempts import WRITTEN, Targets, processes_started, what_fails, what_succeeds
from .entering import enter
from .isolation import Confinement, level_of

_SECONDS_PER_TRY = 10.0


class Prober:
    """Owns what confined processes should not get at, and notices if they do.

    Parameters
    ----------
    folder : str
        A folder of its own, outside the confined process's.
    home : str
        A folder of its own in the user's home.
    short : str
        One whose path is short: the name of a socket has at most 107 bytes.
    """

    def __init__(self, folder: str, home: str, short: str) -> None:
        self._heard: list[int] = []
        self.readable = os.path.join(folder, "readable")
        self.hidden = os.path.join(self.readable, "hidden")
        secrets = tuple(_put(place, "secret") for place in (self.hidden, folder, home))
        self.open_file = _put(self.readable, "open")
        mine = f"/proc/{os.getpid()}"
        self._listeners = [
            _listen(socket.AF_INET, ("127.0.0.1", 0)),
            _listen(socket.AF_UNIX, os.path.join(short, "socket")),
            _listen(socket.AF_UNIX, f"\0coursekit-{os.getpid()}"),
        ]
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", 0))
        self._datagrams.setblocking(False)
        signal.signal(signal.SIGUSR1, lambda number, frame: self._heard.append(number))
        self.targets = Targets(
            files=(*secrets, *(f"{mine}/root{path}" for path in secrets), f"{mine}/environ"),
            folders=(self.hidden, self.readable, folder, home),
            streams=tuple((int(s.family), s.getsockname()) for s in self._listeners),
            datagrams=self._datagrams.getsockname(),
            pid=os.getpid(),
        )

    def noticed(self) -> dict[str, list[str]]:
        """Return what arrived here since it was last asked, whatever its sender believes."""
        found: dict[str, list[str]] = {}
        if self._heard:
            found["signals"] = ["a signal arrived"]
            self._heard.clear()
        written = [os.path.join(folder, WRITTEN) for folder in self.targets.folders]
        for path in filter(os.path.exists, written):
            found.setdefault("files", []).append(f"{path} was written")
            os.remove(path)
        with contextlib.suppress(OSError):
            if self._datagrams.recv(1):
                found["network"] = ["a datagram arrived"]
        return found

    def try_out(self, confinement: Confinement) -> dict[str, Any]:
        """Let a confined child try everything.

        Returns
        -------
        dict
            ``mechanisms``, ``enforced``, ``broken`` (what got through) and ``error``.
        """
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _be_confined(self, confinement, writing)
        os.close(writing)
        facts, has_ended = _collect(reading)
        if not has_ended:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return self._judge(confinement, facts, has_ended)

    def _judge(
        self, confinement: Confinement, facts: dict[str, Any], has_ended: bool
    ) -> dict[str, Any]:
        broken: dict[str, list[str]] = facts.get("broken", {})
        for promise, what in self.noticed().items():
            broken.setdefault(promise, []).extend(what)
        if not has_ended:
            broken["processes"] = ["processes outlived it"]
        error = facts.get("error") or ("" if "broken" in facts else "it ended before it tried")
        enforced = {promise: not what and not error for promise, what in broken.items()}
        return {
            "mechanisms": confinement.mechanisms,
            "enforced": enforced,
            "broken": {promise: what for promise, what in broken.items() if what},
            "error": error,
        }


def _put(folder: str, name: str) -> str:
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write("a secret of the prober")
    return path


def _listen(family: int, address: Any) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen()
    return listener


def _be_confined(prober: Prober, confinement: Confinement, results: int) -> None:
    status = 1
    try:
        _tell(results, _facts(prober, confinement, results))
        status = 0
    except BaseException as error:
        _tell(results, {"error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(status)


def _facts(prober: Prober, confinement: Confinement, results: int) -> dict[str, Any]:
    enter(confinement, keep=(results,))
    failing = what_fails(prober.open_file, confinement)
    if failing:
        return {"error": f"{', '.join(failing)} failed"}
    broken = what_succeeds(prober.targets, confinement)
    # Told before: a watch may end this process while it tries the last.
    _tell(results, {"broken": {**broken, "processes": []}})
    count = processes_started()
    is_bounded = 0 < count < 2 * confinement.processes + 400
    return {"broken": {**broken, "processes": [] if is_bounded else [f"starting {count}"]}}


def _tell(results: int, facts: dict[str, Any]) -> None:
    os.write(results, json.dumps(facts).encode() + b"\n")


def _collect(reading: int) -> tuple[dict[str, Any], bool]:
    """Return the last line, and whether everything that could write one has ended."""
    content, end = b"", time.monotonic() + _SECONDS_PER_TRY
    has_ended = False
    while not has_ended and time.monotonic() < end:
        if select.select([reading], [], [], max(0.0, end - time.monotonic()))[0]:
            more = os.read(reading, 65536)
            content += more
            has_ended = not more
        if content.count(b"\n") >= 2:
            end = min(end, time.monotonic() + 3.0)
    os.close(reading)
    lines = content.splitlines()
    return (json.loads(lines[-1]) if lines else {}), has_ended


@contextlib.contextmanager
def _folder(place: str | None) -> Iterator[str]:
    path = tempfile.mkdtemp(prefix=".coursekit-probe-", dir=place)
    try:
        yield os.path.realpath(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _home() -> str | None:
    home = os.path.expanduser("~")
    return home if os.access(home, os.W_OK | os.X_OK) else None


def _short() -> str | None:
    return "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else None


def main() -> None:
    """Try the combinations until one holds every promise."""
    request = json.loads(sys.stdin.readline())
    confinement = Confinement.from_json(request["confinement"])
    with contextlib.ExitStack() as folders:
        folder, workdir, home, short = (
            folders.enter_context(_folder(place)) for place in (None, None, _home(), _short())
        )
        prober = Prober(folder, home, short)
        for mechanisms in request["combinations"]:
            tried = prober.try_out(
                replace(
                    confinement,
                    workdir=workdir,
                    readable=(*confinement.readable, prober.readable),
                    hidden=(*confinement.hidden, prober.hidden),
                    mechanisms=tuple(mechanisms),
                )
            )
            print(json.dumps(tried), flush=True)
            if level_of(tried["enforced"]) == "full":
                break
