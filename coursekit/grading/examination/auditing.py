"""What the learner's code does in its process that a person should know of.

Python's audit events tell of files, sockets, signals and programs. Many libraries cause the same
events for honest reasons; so what counts is who asked: an act is the learner's where their own code
called for it directly. This is tamper-evident, not tamper-proof: code that is set on it can blind
any hook in its own process. It cannot reach the answers, which are in another process.
"""

import os
import re
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from .suspicions import SECRET_MODULE

Report = Callable[[str, str], None]

_MEMORY_PATH = re.compile(
    r"/proc/(self|thread-self|\d+)(/task/\d+)?/(mem|maps|smaps|environ|fd|root|cwd)\b"
)
_LOCAL_ADDRESSES = frozenset({"127.0.0.1", "::1", "localhost", ""})
#: Layers of the standard library, and of ours, between the learner's call and the system's.
_THIN = re.compile(
    r"^<frozen |[/\\](os|subprocess|ctypes[/\\](__init__|util)|pathlib|pathlib[/\\]_local|io|shutil"
    r"|signal|socket|codecs|examination[/\\]shell)\.py$"
)

# Bound now: the learner's code may replace any of these names later.
_get_frame, _abspath, _fspath, _pid = sys._getframe, os.path.abspath, os.fspath, os.getpid
_search_memory, _match_secret = _MEMORY_PATH.search, SECRET_MODULE.match
_is_thin = _THIN.search
_main_thread, _threads = threading.main_thread(), threading.enumerate


class Auditor:
    """Watches this process from its start.

    Parameters
    ----------
    report : callable
        Gets the kind and the detail of each suspicious act, each once.
    namespace : dict
        The namespace that the learner's code runs in.
    hidden : tuple of str
        Files and folders that are not for the learner.
    folder : str
        The folder of this process, in which the learner's code may write modules of its own.
    descriptor : int
        The file descriptor of the channel.
    """

    def __init__(
        self,
        report: Report,
        namespace: dict[str, Any],
        *,
        hidden: tuple[str, ...],
        folder: str,
        descriptor: int,
    ) -> None:
        self._report = report
        self._namespace = namespace
        self._hidden = tuple(path.rstrip("/\\") for path in hidden)
        self._descriptor = descriptor
        self._own_files = ("<ipython-input-", "<string>", folder.rstrip("/\\"))
        self._told: set[tuple[str, str]] = set()
        self._owner = _pid()
        self._busy = False
        self._frame: FrameType | None = None  # the one that caused the event
        self._handlers = self._make_handlers()

    def install(self) -> None:
        """Begin to watch; there is no way back."""
        handlers, see = self._handlers, self._see

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            handler = handlers.get(event)
            if handler is not None:
                see(handler, event, arguments)

        sys.addaudithook(hook)

    def tell(self, kind: str, detail: str) -> None:
        """Report an act, unless it was reported before."""
        act = (kind, detail[:200])
        if act not in self._told and len(self._told) < 50:
            self._told.add(act)
            self._report(*act)

    def _see(self, handler: Callable[..., None], event: str, arguments: tuple[Any, ...]) -> None:
        if self._busy or _pid() != self._owner:
            return
        self._busy = True
        self._frame = _get_frame(2)
        try:
            handler(event, *arguments)
        except Exception:  # an odd argument: the call itself will complain about it
            pass
        finally:
            self._busy, self._frame = False, None

    def _make_handlers(self) -> dict[str, Callable[..., None]]:
        direct = {
            "ctypes": ("ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle", "ctypes.cdata"),
            "ctypes ": ("ctypes.string_at", "ctypes.wstring_at", "ctypes.call_function"),
            "objects": ("gc.get_objects", "gc.get_referrers", "gc.get_referents"),
            "fork": ("os.fork", "os.forkpty"),
            "frames": ("sys._getframe", "sys._current_frames"),
            "hook": ("sys.addaudithook", "sys.settrace", "sys.setprofile"),
        }
        handlers: dict[str, Callable[..., None]] = {
            event: self._direct(kind.strip()) for kind, events in direct.items() for event in events
        }
        programs = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")
        network = ("socket.connect", "socket.sendto", "socket.bind", "socket.getaddrinfo")
        lists = ("os.listdir", "os.scandir", "os.link", "os.symlink", "os.rename", "glob.glob")
        handlers |= dict.fromkeys(programs, self._program)
        handlers |= dict.fromkeys(network, self._network)
        handlers |= dict.fromkeys(lists, self._path)
        handlers |= dict.fromkeys(("os.kill", "os.killpg"), self._signal)
        return handlers | {"open": self._open, "import": self._import}

    def _direct(self, kind: str) -> Callable[..., None]:
        def handle(event: str, *arguments: Any) -> None:
            if self._asked_by_learner():
                self.tell(kind, event)

        return handle

    def _asked_by_learner(self) -> bool:
        """Tell whether the learner's own code called, or did so by a thin layer of the library."""
        frame = self._frame
        while frame is not None:
            if self._is_learners(frame):
                return True
            if not _is_thin(frame.f_code.co_filename):
                return False
            frame = frame.f_back
        return False

    def _is_learners(self, frame: FrameType) -> bool:
        return frame.f_globals is self._namespace or frame.f_code.co_filename.startswith(
            self._own_files
        )

    def _is_below_learner(self) -> bool:
        """Tell whether any code of the learner is at work at all."""
        frame = self._frame
        while frame is not None:
            if frame.f_globals is self._namespace:
                return True
            frame = frame.f_back
        return False

    def _open(self, event: str, path: Any, *_: Any) -> None:
        if isinstance(path, int):
            if path == self._descriptor:
                self.tell("descriptor", "the channel to the grader")
            return
        self._path(event, path)

    def _path(self, event: str, *paths: Any) -> None:
        for path in paths:
            if not isinstance(path, str | bytes | os.PathLike):
                continue
            text = _fspath(path)
            text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            place = _abspath(text)
            if _search_memory(place):
                if self._asked_by_learner():
                    self.tell("memory", place)
            elif self._is_hidden(place):
                self.tell("secret", place)

    def _is_hidden(self, place: str) -> bool:
        return any(
            place == path or place.startswith((path + "/", path + "\\")) for path in self._hidden
        )

    def _import(self, event: str, module: Any, *_: Any) -> None:
        if isinstance(module, str) and _match_secret(module):
            self.tell("secret", f"the module {module}")

    def _signal(self, event: str, process: Any, *_: Any) -> None:
        if process != self._owner and self._asked_by_learner() and not self._is_child(process):
            self.tell("signal", f"process {process}")

    def _is_child(self, process: Any) -> bool:
        frame = self._frame
        return frame is not None and frame.f_code.co_filename.endswith("subprocess.py")

    def _program(self, event: str, program: Any, arguments: Any = None, *_: Any) -> None:
        if self._asked_by_learner():
            words = arguments if isinstance(arguments, list | tuple) else [program]
            words = words[2:] if list(words[:2]) == ["/bin/sh", "-c"] else words
            self.tell("program", " ".join(str(word) for word in words[:20])[:150])

    def _network(self, event: str, *arguments: Any) -> None:
        address = arguments if event == "socket.getaddrinfo" else arguments[-1]
        if not isinstance(address, tuple) or not address:
            return  # a socket of this machine
        host = address[0]
        host = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
        if host not in _LOCAL_ADDRESSES and self._is_below_learner():
            self.tell("network", host)

    def look_at_threads(self) -> None:
        """Report the learner's threads that still run."""
        for thread in _threads():
            target = getattr(thread, "_target", None) or type(thread).run
            if thread is not _main_thread and self._is_own(target):
                self.tell("thread", str(thread.name))

    def _is_own(self, function: Any) -> bool:
        return getattr(function, "__globals__", None) is self._namespace
