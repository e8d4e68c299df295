"""The learner's process: runs cells and calls functions as the examiner asks, and nothing else.

It holds no reference, no case beyond the one at hand and no solution. Only plain values leave it.
``python -m coursekit.grading.examination.student`` is such a process made anew, where forking is
impossible.
"""

import base64
import gc
import json
import os
import random
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from coursekit.checks.running import own_line

from ..sandbox.entering import enter
from ..sandbox.isolation import Confinement, IsolationError
from .auditing import Auditor
from .channel import TOKEN_BYTES, Channel, ClosedError
from .packing import Packer, PackingError, type_name
from .remote_errors import error_facts, rebuild_error
from .shell import error_text, make_shell, run_cell, take_over
from .stand_ins import take_the_place_of_checks
from .watched_modules import Watch

SEED = 0
_MUTABLE = (list, dict, set, np.ndarray)
#: What the examiner may ask of an object that stays here, besides its public methods.
_ABILITIES = ("__call__", "__iter__", "__next__", "__len__", "__getitem__", "__float__", "__int__")

# Bound now: the learner's code may replace any of these names later.
_on_signal, _leave, _thread, _evaluate = signal.signal, os._exit, threading.get_ident, eval
_interrupt, _compile, _callable = signal.SIGINT, compile, callable
_bases_of, _contents_of = type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__


class Student:
    """Answers the examiner.

    Parameters
    ----------
    channel : Channel
    folder : str
        The private folder of this process.
    hidden : tuple of str
        Files and folders that are not for the learner.
    descriptor : int
        The file descriptor of the channel.
    """

    def __init__(
        self, channel: Channel, folder: str, hidden: tuple[str, ...], descriptor: int
    ) -> None:
        self._channel = channel
        channel.refer, channel.resolve = self._refer, self._stub
        self._shell = make_shell(os.path.join(folder, ".ipython"))
        self._outputs = self._shell.outputs
        self._namespace = self._shell.user_ns
        self._auditor = Auditor(
            self._report, self._namespace, hidden=hidden, folder=folder, descriptor=descriptor
        )
        take_over(self._shell)
        self._watch = Watch()
        self._watch.remember_hooks(self._shell)
        self._objects: list[Any] = []
        self._running = False
        self._thread = _thread()
        self._actions: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "cell": self._cell,
            "answer": self._answer,
            "call": self._call,
            "attribute": self._attribute,
        }

    def serve(self) -> NoReturn:
        """Answer until the examiner has no more to ask."""
        self._auditor.install()
        self._channel.send({"reply": "ready", "to": 0})
        while True:
            _on_signal(_interrupt, self._interrupted)
            try:
                request = self._channel.receive()
            except ClosedError:
                _leave(0)
            if request["do"] == "end":
                _leave(0)
            self._reply(request)

    def _reply(self, request: dict[str, Any]) -> None:
        reply = self._actions[request["do"]](request)
        number = request["number"]
        try:
            body = self._channel.pack({"reply": reply, "to": number})
        except Exception as error:  # too large, or code of its own that fails
            told = error_facts(error)["message"]
            unusable = ValueError(f"what it returned cannot be compared: {told}")
            body = self._channel.pack({"reply": {"error": error_facts(unusable)}, "to": number})
        self._channel.send_packed(body)

    def _report(self, kind: str, detail: str) -> None:
        self._channel.send({"seen": [kind, detail]})

    def _interrupted(self, number: int, frame: Any) -> None:
        if self._running:
            raise KeyboardInterrupt

    def _learners(self, action: Callable[[], Any]) -> tuple[Any, BaseException | None]:
        """Run the learner's code, which alone may be interrupted."""
        try:
            self._running = True
            try:
                return action(), None
            finally:
                self._running = False
        except BaseException as error:
            self._running = False
            return None, error

    def _cell(self, request: dict[str, Any]) -> dict[str, Any]:
        self._outputs.take()  # what a check printed belongs to no cell
        found, outside = self._learners(lambda: run_cell(self._shell, request["source"]))
        error = outside or found
        text, _ = self._learners(lambda: error_text(error)) if error else ("", None)
        outputs = self._outputs.take()
        self._look_around()
        return {"outputs": outputs, "error": text or "", "peak": _peak_kilobytes()}

    def _look_around(self) -> None:
        for kind, detail in self._watch.changes(self._shell):
            self._auditor.tell(kind, detail)

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Find the learner's function."""
        self._objects.clear()
        self._auditor.look_at_threads()
        code = _compile(request["expression"], "<check>", "eval")
        value, error = self._learners(lambda: _evaluate(code, self._namespace))
        if error is not None:
            return {"error": error_facts(error)}
        name, _ = self._learners(lambda: value.__name__)
        is_callable, _ = self._learners(lambda: _callable(value))
        facts = self._refer(value)
        return {"object": facts["id"], "type": facts["type"], "callable": bool(is_callable)} | (
            {"name": name[:100]} if type(name) is str else {}
        )

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        target, method = self._objects[request["object"]], request.get("method")
        args, kwargs = request["args"], request["kwargs"]
        named = {**dict(enumerate(args)), **kwargs}
        before = {name: _state(value) for name, value in named.items()}

        def call() -> Any:
            function = getattr(target, method) if method else target
            return function(*args, **kwargs)

        value, error = self._learners(call)
        changed = {k: v for k, v in named.items() if _state(v) != before[k]}
        reply: dict[str, Any] = {"changed": changed} if changed else {}
        self._look_around()
        if error is not None:
            line, _ = self._learners(lambda: own_line(target, error))
            facts, failure = self._learners(lambda: error_facts(error, line or ""))
            return reply | {"error": facts or error_facts(RuntimeError(type_name(failure)))}
        return reply | {"value": value}

    def _attribute(self, request: dict[str, Any]) -> dict[str, Any]:
        target = self._objects[request["object"]]
        value, error = self._learners(lambda: getattr(target, request["name"]))
        return {"value": value} if error is None else {"error": error_facts(error)}

    def _refer(self, value: Any) -> dict[str, Any]:
        """Keep an object here, and describe it."""
        self._objects.append(value)
        kind = type(value)
        can = [name for name in _ABILITIES if _has(kind, name)]
        return {"id": len(self._objects) - 1, "type": type_name(value), "can": can}

    def _stub(self, facts: dict[str, Any]) -> Any:
        """Give an object that was kept here, or a function that calls one of the examiner's."""
        if "theirs" in facts:
            return self._objects[facts["theirs"]]
        number, name = facts["id"], facts["name"]

        def stub(*args: Any, **kwargs: Any) -> Any:
            if _thread() != self._thread:
                raise RuntimeError(f"{name} can be called from the main thread only")
            return self._call_back(number, args, kwargs)

        stub.__name__ = stub.__qualname__ = name
        return stub

    def _call_back(self, number: int, args: tuple, kwargs: dict[str, Any]) -> Any:
        self._running = False
        try:
            self._channel.send({"callback": number, "args": args, "kwargs": kwargs})
            while "do" in (answer := self._channel.receive()):
                self._reply(answer)
        finally:
            self._running = True
        if "error" in answer:
            raise rebuild_error(answer["error"])
        return answer["value"]


def _has(kind: type, name: str) -> bool:
    return any(name in _contents_of(base) for base in _bases_of(kind))


def _state(value: Any) -> bytes | None:
    """Give the bytes of a value that can be changed in place; None for any other."""
    if type(value) not in _MUTABLE:
        return None
    try:
        return Packer(lambda item: {"id": id(item)}).pack(value)
    except (PackingError, RecursionError):
        return b""


def _peak_kilobytes() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def fix_seeds() -> None:
    """Let every run of a notebook draw the same numbers."""
    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 (the legacy generator is what learners may use unseeded)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(SEED)


def become_student(connection: socket.socket, confinement: str, secrets: list[str]) -> NoReturn:
    """Confine this process, and answer the examiner at the other end of a socket.

    Parameters
    ----------
    connection : socket
    confinement : str
        As :meth:`Confinement.to_json` gives it.
    secrets : list of str
        Files and folders whose use is suspicious.
    """
    token = _token_from(connection)
    limits = Confinement.from_json(confinement)
    descriptor = connection.fileno()
    try:
        enter(limits, keep=(descriptor,))
    except IsolationError as error:
        Channel(connection, token).send({"reply": {"refused": str(error)[:500]}})
        _leave(70)
    _silence()
    gc.enable()
    fix_seeds()
    take_the_place_of_checks()
    channel = Channel(connection, token)
    Student(channel, os.getcwd(), tuple(secrets), descriptor).serve()


def _token_from(connection: socket.socket) -> bytes:
    token = b""
    while len(token) < TOKEN_BYTES:
        part = connection.recv(TOKEN_BYTES - len(token))
        if not part:
            _leave(0)
        token += part
    return token


def _silence() -> None:
    """Connect the standard streams with nothing: what native code writes has no place to go."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)


def main() -> NoReturn:
    """Be a learner's process that was not forked; what to do comes by standard input."""
    orders = json.loads(sys.stdin.buffer.readline())
    if "share" in orders:
        shared = base64.b64decode(orders["share"])
        connection = socket.fromshare(shared)  # type: ignore[attr-defined]
    else:
        connection = socket.socket(fileno=orders["descriptor"])
    become_student(connection, orders["confinement"], orders["secrets"])


if __name__ == "__main__":
    main()
