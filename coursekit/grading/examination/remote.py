"""The examiner's side of the conversation: the learner's function, as if it were here."""

import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .cell_outputs import clean_text
from .channel import ClosedError, LateError
from .launching import StudentProcess
from .packing import PackingError
from .remote_errors import error_facts, rebuild_error
from .unpacking import ProtocolError

#: After a time limit: until the second request to stop, and then until the end.
_PATIENCE_SECONDS = 1.0
_MOST_BYTES_OF_A_CHECK = 512 << 20
#: What a function that a check lends takes at once; the checks themselves give them kilobytes.
_MOST_BYTES_OF_ARGUMENTS = 2 << 20
_ABILITIES = ("__call__", "__iter__", "__next__", "__len__", "__getitem__", "__float__", "__int__")

Seen = Callable[[str, str], None]


class LostError(Exception):
    """Raised instead of an answer that cannot be had; the base of what follows."""


class TimeLimitError(LostError):
    """Raised when the learner's code ran for too long."""


class ProcessEndedError(LostError):
    """Raised when the learner's process is gone."""


class Conversation:
    """Asks a learner's process, one question after the other.

    Parameters
    ----------
    process : StudentProcess
    seen : callable
        Gets the kind and the detail of each suspicious act.

    Attributes
    ----------
    deadline : float
        In seconds of :func:`time.monotonic`; to be set before each cell and each check.
    limit : str
        What the limit is, to be told with it.
    lost : LostError or ProtocolError or None
        Why the cell or the check at hand gets no more answers.
    fault : str
        What the examiner itself could not do; empty, if nothing.
    """

    def __init__(self, process: StudentProcess, seen: Seen) -> None:
        self.process = process
        self.deadline = 0.0
        self.limit = ""
        self.lost: Exception | None = None
        self.fault = ""
        self.is_over = False
        self.peak_megabytes = 0.0
        self._seen = seen
        self._n_asked = 0
        self._functions: list[Callable[..., Any]] = []
        self._bytes_before = 0
        process.channel.refer = self._refer
        process.channel.resolve = self._resolve

    def begin(self, deadline: float, limit: str) -> None:
        """Begin a cell or a check."""
        self.deadline, self.limit = deadline, limit
        self.lost, self.fault = None, ""
        self._functions.clear()
        self._bytes_before = self.process.channel.received_bytes

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Ask, and wait for the reply, serving what the learner's code asks in between.

        Raises
        ------
        LostError, ProtocolError
            If there is none; from then on, until the next :meth:`begin`, always.
        """
        if self.lost is not None:
            raise self.lost
        try:
            return self._ask(request)
        except ClosedError:
            self.lost = ProcessEndedError(self._how_it_ended())
        except (LostError, ProtocolError) as error:
            self.lost = error
            if isinstance(error, ProtocolError):
                self.end(at_once=True)
        raise self.lost

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._n_asked += 1
        number = self._n_asked
        try:
            self.process.channel.send({**request, "number": number}, self.deadline)
            return self._reply(number, self.deadline)
        except LateError:
            reply = self._stop(number)
        except PackingError as error:
            self.fault = f"the arguments cannot be sent: {error}"
            raise LostError(self.fault) from error
        late = TimeLimitError(f"stopped after {self.limit}")
        late.reply = reply  # type: ignore[attr-defined]
        raise late

    def _reply(self, number: int, deadline: float) -> dict[str, Any]:
        channel = self.process.channel
        while True:
            message = channel.receive(deadline)
            if channel.received_bytes - self._bytes_before > _MOST_BYTES_OF_A_CHECK:
                raise ProtocolError("too much in all")
            if "seen" in message:
                self._note(message["seen"])
            elif "callback" in message:
                self._serve(message)
            elif isinstance(message.get("reply"), dict) and message.get("to") == number:
                return message["reply"]
            else:
                raise ProtocolError("a reply to no question")

    def _note(self, act: Any) -> None:
        if not isinstance(act, list) or len(act) != 2:
            raise ProtocolError("an act that is none")
        self._seen(clean_text(act[0], 50), clean_text(act[1], 200))

    def _stop(self, number: int) -> dict[str, Any]:
        """Interrupt the learner's code; if it goes on, end its process."""
        for _ in range(2):
            self.process.interrupt()
            try:
                return self._reply(number, time.monotonic() + _PATIENCE_SECONDS)
            except LateError:
                continue
        self.end(at_once=True)
        return {}

    def end(self, *, at_once: bool = False) -> int:
        """End the process, and return its exit status."""
        self.is_over = True
        end = self.process.end(at_once=at_once)
        self.peak_megabytes = max(self.peak_megabytes, end.peak_megabytes)
        return end.exit_status

    def _how_it_ended(self) -> str:
        status = self.end()
        if status >= 0:
            return f"the process ended itself, with exit status {status}"
        name = signal.Signals(-status).name if -status in list(signal.Signals) else str(-status)
        causes = {
            "SIGKILL": "; it may have used too much memory",
            "SIGXCPU": "; it computed for too long",
        }
        return f"the process was ended by {name}{causes.get(name, '')}"

    def _refer(self, value: Any) -> dict[str, Any]:
        """Lend a function of the examiner's, until the check is over."""
        if isinstance(value, RemoteObject):
            return {"theirs": value._number}
        if not callable(value):
            raise PackingError(f"an object of type {type(value).__name__}")
        self._functions.append(value)
        name = clean_text(getattr(value, "__name__", "function"), 100)
        return {"id": len(self._functions) - 1, "name": name}

    def _serve(self, message: dict[str, Any]) -> None:
        number, args, kwargs = (message.get(key) for key in ("callback", "args", "kwargs"))
        is_known = isinstance(number, int) and 0 <= number < len(self._functions)
        if not is_known or not isinstance(args, tuple) or not isinstance(kwargs, dict):
            raise ProtocolError("a call of a function that was not lent")
        function = self._functions[int(number or 0)]
        try:
            if self.process.channel.unfolded_bytes > _MOST_BYTES_OF_ARGUMENTS:
                raise ValueError(f"more than {_MOST_BYTES_OF_ARGUMENTS >> 20} MB of arguments")
            answer = {"value": function(*args, **kwargs)}
        except (LostError, ProtocolError):
            raise
        except Exception as error:  # caused by the learner's arguments, and the learner's to see
            answer = {"error": error_facts(error)}
        self.process.channel.send(answer, self.deadline)

    def _resolve(self, facts: dict[str, Any]) -> "RemoteObject":
        number, can = facts["id"], facts["can"]
        if type(number) is not int or not isinstance(can, list):
            raise ProtocolError("an object that is none")
        name = clean_text(facts["type"], 100)
        members = {ability: _forwarded(ability) for ability in _ABILITIES if ability in can}
        kind = type(name if name.isidentifier() else "object", (RemoteObject,), members)
        return kind(self, number)

    def call(self, number: int, args: tuple, kwargs: dict[str, Any], method: str = "") -> Any:
        """Call an object of the learner's process, or a method of it."""
        request = {"do": "call", "object": number, "args": args, "kwargs": kwargs, "method": method}
        reply = self.ask(request)
        _write_back(reply.get("changed"), args, kwargs)
        return _value_of(reply)

    def attribute(self, number: int, name: str) -> Any:
        """Get an attribute of an object of the learner's process."""
        return _value_of(self.ask({"do": "attribute", "object": number, "name": name}))


def _value_of(reply: dict[str, Any]) -> Any:
    if "error" in reply:
        raise rebuild_error(reply["error"])
    if "value" not in reply:
        raise ProtocolError("a reply without a value")
    return reply["value"]


class RemoteObject:
    """An object that stays in the learner's process; only plain values of it come here."""

    __module__ = "learner"

    def __init__(self, conversation: Conversation, number: int) -> None:
        self._conversation = conversation
        self._number = number

    def __deepcopy__(self, copies: dict[int, Any]) -> "RemoteObject":
        return self  # what it holds is elsewhere

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._conversation.attribute(self._number, name)

    def __repr__(self) -> str:
        return f"<an object of type {type(self).__name__}>"


def _forwarded(name: str) -> Callable[..., Any]:
    def method(self: RemoteObject, *args: Any, **kwargs: Any) -> Any:
        found = self._conversation.call(self._number, args, kwargs, method=name)
        if name == "__iter__" and not isinstance(found, Iterator):
            return iter(found)
        return found

    return method


class RemoteAnswer:
    """The learner's function: each call is one of the function in the learner's process.

    Parameters
    ----------
    conversation : Conversation
    number : int
        Of the object there.
    name : str
    """

    def __init__(self, conversation: Conversation, number: int, name: str) -> None:
        self.__name__ = name
        self._conversation = conversation
        self._number = number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the learner's function with copies of the arguments, and get plain values back."""
        return self._conversation.call(self._number, args, kwargs)


def _write_back(changed: Any, args: tuple, kwargs: dict[str, Any]) -> None:
    """Let the examiner's copies of the arguments become what the learner's code made of them."""
    if changed is None:
        return
    ours: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
    if not isinstance(changed, dict) or not changed.keys() <= ours.keys():
        raise ProtocolError("changes of arguments that there are not")
    for name, value in changed.items():
        _become(ours[name], value)


def _become(ours: Any, theirs: Any) -> None:
    if type(theirs) is not type(ours):
        raise ProtocolError("an argument of another type")
    if isinstance(ours, np.ndarray):
        if theirs.shape != ours.shape:
            theirs = np.full(ours.shape, np.nan if ours.dtype.kind in "fc" else 0)
        ours[...] = theirs
    elif isinstance(ours, list):
        ours[:] = theirs
    elif isinstance(ours, dict | set):
        ours.clear()
        ours.update(theirs)
