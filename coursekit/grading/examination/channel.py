"""Messages between the examiner and a learner's process, over a socket.

A frame is a length, a token of 16 bytes, a number, and the packed message. The token is drawn
anew for each process, and the numbers count up: bytes that the learner's code writes into the
socket are noticed, if not at once then when the frame that they displaced comes.
"""

import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

from .packing import MOST_BYTES, Packer, Refer
from .unpacking import ProtocolError, Resolve, Unpacker

TOKEN_BYTES = 16
_HEADER = struct.Struct(f"!I{TOKEN_BYTES}sI")
_MOST_FRAME_BYTES = MOST_BYTES + (16 << 20) + 16
_LONGEST_WAIT_SECONDS = 1e6
_CHUNK = 1 << 18

# Bound now: the learner's code may replace any of these names in its own process later.
_pack_header, _unpack_header = _HEADER.pack, _HEADER.unpack
_pid, _leave, _now = os.getpid, os._exit, time.monotonic


class ClosedError(Exception):
    """Raised when the other side is gone."""


class LateError(Exception):
    """Raised when the other side said nothing in time."""


def _refuse(facts: Any) -> Any:
    raise ProtocolError("a reference where none can be")


def _no_facts(value: Any) -> dict[str, Any]:
    raise TypeError(f"an object of type {type(value).__name__} in a message")


class Channel:
    """One end of the conversation.

    Parameters
    ----------
    connection : socket
    token : bytes
        The secret of this conversation; 16 bytes.
    refer, resolve : callable, optional
        For objects that stay where they are; see :mod:`coursekit.grading.examination.packing`.
    most_bytes : int
        Largest frame that is received.
    """

    def __init__(
        self,
        connection: socket.socket,
        token: bytes,
        *,
        refer: Refer = _no_facts,
        resolve: Resolve = _refuse,
        most_bytes: int = _MOST_FRAME_BYTES,
    ) -> None:
        self.refer, self.resolve = refer, resolve
        self.received_bytes = 0
        self.unfolded_bytes = 0  # of the last message
        self._connection = connection
        self._token = token
        self._most_bytes = most_bytes
        self._sent = self._received = 0
        # A deadline may fall into the middle of a frame: what came of it until then is kept.
        self._header, self._begun = b"", bytearray()
        self._owner = _pid()
        self._lock = threading.Lock()
        self._send_all: Callable[[bytes], None] = connection.sendall
        self._receive_into: Callable[[memoryview], int] = connection.recv_into
        self._set_timeout: Callable[[float | None], None] = connection.settimeout

    def pack(self, message: dict[str, Any]) -> bytes:
        """Give the bytes of a message, to :meth:`send_packed` later.

        Raises
        ------
        PackingError
            If it is too large.
        """
        return Packer(self.refer).pack(message)

    def send(self, message: dict[str, Any], deadline: float | None = None) -> None:
        """Send a message.

        Raises
        ------
        PackingError
            If it is too large; nothing was sent then.
        ClosedError, LateError
            If the other side does not take it.
        """
        self.send_packed(self.pack(message), deadline)

    def send_packed(self, body: bytes, deadline: float | None = None) -> None:
        """Send the bytes of a message."""
        if _pid() != self._owner:
            _leave(0)  # a copy of this process that the learner's code made: it has no say
        with self._lock:
            header = _pack_header(len(body), self._token, self._sent)
            self._sent += 1
            try:
                self._set_timeout(_seconds_until(deadline))
                self._send_all(header + body)
            except TimeoutError as error:
                raise LateError from error
            except OSError as error:
                raise ClosedError(str(error)) from error

    def receive(self, deadline: float | None = None) -> dict[str, Any]:
        """Receive a message.

        Parameters
        ----------
        deadline : float, optional
            In seconds of :func:`time.monotonic`.

        Raises
        ------
        ClosedError, LateError
            If there is none.
        ProtocolError
            If what came is no message, or not from the other side's own code.
        """
        self._header = self._header or self._exactly(_HEADER.size, deadline)
        size, token, number = _unpack_header(self._header)
        if token != self._token or number != self._received:
            raise ProtocolError("a message that was forged or is out of turn")
        if size > self._most_bytes:
            raise ProtocolError("a message that is too large")
        body = self._exactly(size, deadline)
        self._header = b""
        self._received += 1
        unpacker = Unpacker(self.resolve)
        message = unpacker.unpack(body)
        self.unfolded_bytes = unpacker.n_bytes
        if type(message) is not dict:
            raise ProtocolError("a message that is none")
        return message

    def _exactly(self, size: int, deadline: float | None) -> bytes:
        # Taken in parts: what a stranger announces need not come.
        while (missing := size - len(self._begun)) > 0:
            part = memoryview(bytearray(min(missing, _CHUNK)))
            try:
                self._set_timeout(_seconds_until(deadline))
                count = self._receive_into(part)
            except TimeoutError as error:
                raise LateError from error
            except OSError as error:
                raise ClosedError(str(error)) from error
            if not count:
                raise ClosedError("the other side is gone")
            self._begun += part[:count]
            self.received_bytes += count
        whole = bytes(self._begun)
        self._begun.clear()
        return whole

    def close(self) -> None:
        """Close this end."""
        self._connection.close()


def _seconds_until(deadline: float | None) -> float | None:
    # Zero would mean not to wait at all, and to fail if nothing is there yet: as it should.
    return None if deadline is None else min(max(0.001, deadline - _now()), _LONGEST_WAIT_SECONDS)
