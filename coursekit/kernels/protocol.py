"""Messages between the provisioner and the warm parent: JSON with a length before it.

A conversation is ``request`` (with four file descriptors), ``{"pid": ...}`` or
``{"refused": ...}``, and, when the kernel has ended, ``{"exit_status": ...}``. Either side
may close at any time.

The fourth file descriptor is the end of a pipe. The kernel begins when it reads there that
it is accepted, and never begins otherwise: a requester that gives up starts another kernel
on the same ports. So it is the requester who says so and not the parent, which may be killed
between two messages.
"""

import json
import os
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
_CREDENTIALS = struct.Struct("3i")
#: What the requester writes into the pipe, and how many files it sends with it.
ACCEPTED = b"\0"
N_FILES = 4

_LARGEST = 16 << 20  # bytes; an environment is a hundred times smaller


class ProtocolError(Exception):
    """The other side said something that is not a message."""


def peer_of(connection: socket.socket) -> int:
    """Return the process id of the other side.

    Raises
    ------
    PermissionError
        If it belongs to another user.
    """
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, user, _ = _CREDENTIALS.unpack(found)
    if user != os.geteuid():
        raise PermissionError(f"user {user} is at the other end, not {os.geteuid()}")
    return int(pid)


def send(connection: socket.socket, message: dict[str, Any], files: tuple[int, ...] = ()) -> None:
    """Send a message, and open files with it."""
    body = json.dumps(message).encode("ascii")
    header = _LENGTH.pack(len(body))
    if files:
        socket.send_fds(connection, [header], list(files))
    else:
        connection.sendall(header)
    connection.sendall(body)


def _receive_exactly(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise ConnectionResetError("the other side closed")
        received += part
    return bytes(received)


def receive(connection: socket.socket, most_files: int = 0) -> tuple[dict[str, Any], list[int]]:
    """Receive a message and the open files that came with it.

    Raises
    ------
    OSError
        If the other side closed, or said nothing before the time limit of the socket.
    ProtocolError
        If it is not a message.
    """
    header, files, _, _ = socket.recv_fds(connection, _LENGTH.size, most_files)
    try:
        header += _receive_exactly(connection, _LENGTH.size - len(header))
        (size,) = _LENGTH.unpack(header)
        if size > _LARGEST:
            raise ProtocolError(f"a message of {size} bytes")
        message = json.loads(_receive_exactly(connection, size))
        if not isinstance(message, dict):
            raise ProtocolError(f"a message that is not an object: {type(message).__name__}")
    except BaseException as error:
        for file in files:
            os.close(file)
        if isinstance(error, ValueError):
            raise ProtocolError(str(error)) from error
        raise
    return message, files
