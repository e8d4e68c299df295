"""The warm parent: imports everything once, computes nothing, and forks kernels on demand.

Run as ``python -m coursekit.kernels.parent FOLDER NAME`` by the first requester.
"""

import contextlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import protocol
from .child import Kernel
from .circumstances import confinement_of, wait_until_it_rests
from .forking import Child, fork_unheard
from .idling import idle_seconds
from .listening import holds, listen, remove_files, take_lock
from .location import Location, course_fingerprint, package_fingerprint
from .preload import check_threads, preload, thread_count

_PATIENCE_SECONDS = 5.0
_SIGNALS_IN_PARENT = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class RefusedError(Exception):
    """No kernel for this request; the requester starts an ordinary one."""


@dataclass
class Parent:
    """Serves requests until it has been idle for long or is no longer current.

    Attributes
    ----------
    location : Location
        Where it listens.
    listener : socket
        The socket that it listens on.
    packages, course : str
        Fingerprints of what it has imported.
    set_on_import : dict of str to str
        Environment variables that libraries set when they were imported.
    idle_seconds : float
        How long it stays without a kernel.
    """

    location: Location
    listener: socket.socket
    lock: int
    packages: str
    course: str
    set_on_import: dict[str, str]
    idle_seconds: float
    children: dict[int, Child] = field(default_factory=dict)
    started: float = field(default_factory=time.time)
    busy: float = field(default_factory=time.monotonic)
    listening: bool = True
    selector: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    def serve(self) -> Kernel | None:
        """Serve until it is time to go; in a forked child, return its kernel to run."""
        self.selector.register(self.listener, selectors.EVENT_READ)
        while self.listening or self.children:
            for key, _ in self.selector.select(timeout=min(5.0, self.idle_seconds)):
                if key.fileobj is self.listener:
                    kernel = self._accept()
                    if kernel is not None:
                        return kernel
                elif key.data.pid in self.children:
                    self._attend(key.data, key.fileobj)
            if self.children:
                self.busy = time.monotonic()
            elif time.monotonic() - self.busy > self.idle_seconds or not self._reachable():
                self.retire()
        return None

    def _reachable(self) -> bool:
        return self.location.socket.exists() and holds(self.location, self.lock)

    def retire(self) -> None:
        """Give no more kernels; those that run keep their parent."""
        if self.listening:
            self.listening = False
            self.selector.unregister(self.listener)
            self.listener.close()
            remove_files(self.location, self.lock)

    def _accept(self) -> Kernel | None:
        try:
            connection, _ = self.listener.accept()
        except OSError:  # it may open no more files: a parent anew has room
            self.retire()
            return None
        connection.settimeout(_PATIENCE_SECONDS)
        files: list[int] = []
        try:
            requester = protocol.peer_of(connection)
            message, files = protocol.receive(connection, most_files=protocol.N_FILES)
            self.busy = time.monotonic()
            if message.get("packages", self.packages) != self.packages:
                self.retire()
                raise RefusedError("packages have changed since the warm parent started")
            if message["wanted"] == "kernel":
                return self._fork(connection, requester, message, files)
            if message["wanted"] == "stop":
                self.retire()
            protocol.send(connection, self._status())
            connection.close()
        except RefusedError as reason:
            with contextlib.suppress(OSError):
                protocol.send(connection, {"refused": str(reason)})
            connection.close()
        except (OSError, LookupError, TypeError, ValueError, protocol.ProtocolError):
            connection.close()
        finally:
            for file in files:
                os.close(file)
        return None

    def _status(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "kernels": sum(not child.ended for child in self.children.values()),
            "age_seconds": round(time.time() - self.started, 1),
            "modules": len(sys.modules),
            "threads": thread_count(),
        }

    def _fork(
        self,
        connection: socket.socket,
        requester: int,
        message: dict[str, Any],
        files: list[int],
    ) -> Kernel | None:
        if confinement_of(requester) != confinement_of(os.getpid()):
            raise RefusedError("the requester is confined in another way than the warm parent")
        kernel = Kernel.requested(message, requester, files, self.set_on_import)
        pid = None
        try:
            kernel.forget_course = message["course"] != self.course
            reason = kernel.why_not()
            if reason is not None:
                raise RefusedError(reason)
            check_threads("serving")
            pid = fork_unheard()
            if pid == 0:
                self._let_go(connection)
                files.clear()  # the kernel's now
                return kernel
        finally:
            if pid != 0:
                kernel.close()
        self._adopt(Child.of(pid, connection))
        return None

    def _adopt(self, child: Child) -> None:
        assert child.connection is not None
        self.children[child.pid] = child
        self.selector.register(child.handle, selectors.EVENT_READ, child)
        self.selector.register(child.connection, selectors.EVENT_READ, child)
        try:
            protocol.send(child.connection, {"pid": child.pid})
        except OSError:
            self._disconnect(child)

    def _let_go(self, connection: socket.socket) -> None:
        """Close in the forked child what belongs to the parent."""
        try:
            for child in self.children.values():
                child.let_go()
            connection.close()
            self.listener.close()
            self.selector.close()
            os.close(self.lock)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)  # it must never go on as a second parent

    def _attend(self, child: Child, source: Any) -> None:
        if source == child.handle:
            self._report_end(child)
        else:  # the requester has nothing more to say: it has closed
            self._disconnect(child)
        if child.ended and child.connection is None:
            os.waitpid(child.pid, 0)
            del self.children[child.pid]

    def _report_end(self, child: Child) -> None:
        # The process stays a zombie, and its number taken, until the requester has heard.
        found = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert found is not None
        status = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
        self.selector.unregister(child.handle)
        child.end()
        if child.connection is not None:
            try:
                protocol.send(child.connection, {"exit_status": status})
            except OSError:
                self._disconnect(child)

    def _disconnect(self, child: Child) -> None:
        if child.connection is not None:
            self.selector.unregister(child.connection)
            child.connection.close()
            child.connection = None


def _go(signal_number: int, frame: object) -> None:
    raise SystemExit(0)


def _start(location: Location, lock: int, *, politely: bool) -> Parent:
    idle = idle_seconds(os.environ)
    packages, course = package_fingerprint(), course_fingerprint()
    try:
        set_on_import = preload(politely=politely)
    except Exception as error:
        record = {"fingerprint": packages, "reason": f"{type(error).__name__}: {error}"}
        location.failure.write_text(json.dumps(record))
        raise
    location.failure.unlink(missing_ok=True)
    return Parent(location, listen(location), lock, packages, course, set_on_import, idle)


def _serve(location: Location, lock: int, *, politely: bool) -> Kernel | None:
    kernel = None
    parent = None
    try:
        for number in _SIGNALS_IN_PARENT:
            signal.signal(number, _go)
        parent = _start(location, lock, politely=politely)
        kernel = parent.serve()
        return kernel
    finally:
        if kernel is None and (parent is None or parent.listening):
            remove_files(location, lock)


def main(folder: str, name: str, after: str | None = None) -> None:
    """Be the warm parent of a location, unless there is one; then become each kernel asked for.

    Parameters
    ----------
    folder, name : str
        The location.
    after : str, optional
        Id of a process that this one must not slow down.
    """
    location = Location(Path(folder), name)
    # Each kernel takes two: those of the first requester may be for one program, not for many.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    lock = take_lock(location)
    if lock is None:
        return
    if after is not None:
        wait_until_it_rests(int(after))
    # Without such a process somebody waits for this one.
    kernel = _serve(location, lock, politely=after is not None)
    if kernel is not None:
        kernel.run()


if __name__ == "__main__":
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]
    main(*sys.argv[1:])
