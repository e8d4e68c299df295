"""The requester's side: ask the warm parent for a kernel, and start one if there is none."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from . import protocol
from .location import (
    THREAD_COUNTS,
    Location,
    course_fingerprint,
    import_settings,
    locate,
    package_fingerprint,
)
from .process import KernelProcess

#: Forking takes some hundredths of a second; on a machine this busy an ordinary
#: kernel is no slower.
_PATIENCE_SECONDS = 10.0

# Lets go of the requester at once: no process of ours stays its child.
_DETACH = (
    "import os,sys\nif os.fork(): os._exit(0)\nos.setsid()\nos.execv(sys.argv[1], sys.argv[1:])"
)

Stream = int | IO[Any] | None


class Refused(Exception):
    """The warm parent gives no kernel, and says why."""


class UnansweredError(Refused):
    """The warm parent says nothing; it is there, and another cannot take its place."""


def request_kernel(
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: str | os.PathLike[str] | None = None,
    streams: tuple[Stream, Stream, Stream] = (None, None, None),
    independent: bool = False,
) -> KernelProcess:
    """Ask the warm parent for a kernel.

    Parameters
    ----------
    arguments : sequence of str
        Command line of ``ipykernel_launcher``: ``["-f", connection_file]``.
    environ : mapping of str to str
        The whole environment of the kernel.
    cwd : path, optional
        Its working directory; that of this process unless given.
    streams : tuple of int, file or None
        Standard input, output and error, as :class:`subprocess.Popen` takes them; no
        standard input is an empty one.
    independent : bool
        Whether the kernel outlives this process.

    Raises
    ------
    Refused
        If there is no warm parent, or it gives no kernel.
    UnansweredError
        If there is one that says nothing: it is stopped, or the machine too busy.
    """
    location = locate(environ)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_PATIENCE_SECONDS)
        connection.connect(str(location.socket))
        protocol.peer_of(connection)
        request = {
            "wanted": "kernel",
            "arguments": list(arguments),
            "executable": os.path.abspath(sys.executable),
            "environment": dict(environ),
            "cwd": os.path.abspath(cwd or os.curdir),
            "independent": independent,
            "packages": package_fingerprint(),
            "course": course_fingerprint(),
        }
        return _converse(connection, request, streams)
    except TimeoutError as error:
        connection.close()
        raise UnansweredError(f"no answer in {_PATIENCE_SECONDS:g} s") from error
    except (OSError, protocol.ProtocolError) as error:
        connection.close()
        raise Refused(f"the warm parent does not answer: {error}") from error
    except BaseException:
        connection.close()
        raise


def _converse(
    connection: socket.socket, request: dict[str, Any], streams: tuple[Stream, Stream, Stream]
) -> KernelProcess:
    with contextlib.ExitStack() as opened, contextlib.ExitStack() as on_error:
        files, kept = _open_streams(streams, opened, on_error)
        heard, told = os.pipe()
        opened.callback(os.close, heard)
        opened.callback(os.close, told)
        protocol.send(connection, request, (*files, heard))
        answer = protocol.receive(connection)[0]
        if "refused" in answer:
            raise Refused(answer["refused"])
        process = KernelProcess(int(answer["pid"]), connection)
        os.write(told, protocol.ACCEPTED)
        process.stdin, process.stdout, process.stderr = kept
        on_error.pop_all()
    return process


def _open_streams(
    streams: tuple[Stream, Stream, Stream],
    opened: contextlib.ExitStack,
    on_error: contextlib.ExitStack,
) -> tuple[tuple[int, int, int], list[IO[Any] | None]]:
    files: list[int] = []
    kept: list[IO[Any] | None] = []
    for number, stream in enumerate(streams):
        ours = None
        if stream is None and number > 0:
            file = number
        elif stream is None or stream == subprocess.DEVNULL:
            file = os.open(os.devnull, os.O_RDWR)
            opened.callback(os.close, file)
        elif stream == subprocess.STDOUT:
            file = files[1]
        elif stream == subprocess.PIPE:
            ends = os.pipe()
            file, other = ends if number == 0 else ends[::-1]
            opened.callback(os.close, file)
            ours = on_error.enter_context(os.fdopen(other, "wb" if number == 0 else "rb"))
        else:
            file = stream if isinstance(stream, int) else stream.fileno()
        files.append(file)
        kept.append(ours)
    return (files[0], files[1], files[2]), kept


def start_parent(
    environ: Mapping[str, str], *, wait: float = 0.0, after: int | None = None
) -> bool:
    """Start the warm parent for kernels of this environment, unless one is there.

    Parameters
    ----------
    environ : mapping of str to str
        The environment of the kernels.
    wait : float
        How many seconds to wait until it is ready.
    after : int, optional
        A process that it must not slow down: it loads nothing before that one rests.

    Returns
    -------
    bool
        Whether it is ready.
    """
    location = locate(environ)
    deadline = time.monotonic() + wait
    if _answers(location):
        return True
    try:
        location.failure.unlink(missing_ok=True)  # an older parent's
        _spawn(location, environ, after)
    except OSError:  # no room for its log, or for another process: kernels stay ordinary ones
        return False
    while time.monotonic() < deadline and not location.failure.exists():
        if _answers(location):
            return True
        time.sleep(0.05)
    return False


def _spawn(location: Location, environ: Mapping[str, str], after: int | None) -> None:
    settings = {
        name: value
        for name, value in environ.items()
        if not name.startswith("JPY_") and name not in THREAD_COUNTS
    }
    # OpenBLAS starts its threads when it is loaded, and a forked kernel would miss them: it
    # gets them in the kernel. OpenMP starts none before it has work to do.
    settings["OPENBLAS_NUM_THREADS"] = "1"
    settings |= import_settings(settings)
    # Its own folder is not the notebook's, which every kernel has on its path.
    folders = settings.get("PYTHONPATH", "").split(os.pathsep)
    settings["PYTHONPATH"] = os.pathsep.join(name for name in folders if name not in ("", "."))
    parent = [sys.executable, "-m", "coursekit.kernels.parent"]
    parent += [str(location.folder), location.name, *([] if after is None else [str(after)])]
    with open(location.log, "a") as log:
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", _DETACH, *parent],
            env=settings,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )


def _answers(location: Location) -> bool:
    return "pid" in ask(location, {"wanted": "status", "packages": package_fingerprint()})


def ask(location: Location, question: dict[str, Any]) -> dict[str, Any]:
    """Ask the warm parent something other than a kernel.

    Returns
    -------
    dict
        Its answer; empty if there is no warm parent.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.settimeout(_PATIENCE_SECONDS)
            connection.connect(str(location.socket))
            protocol.peer_of(connection)
            protocol.send(connection, question)
            return protocol.receive(connection)[0]
        except (OSError, protocol.ProtocolError):
            return {}


def stop_parent(environ: Mapping[str, str] | None = None) -> bool:
    """Let the warm parent give no more kernels, and go when those it gave have ended.

    Parameters
    ----------
    environ : mapping of str to str, optional
        The environment of the kernels; ``os.environ`` unless given.

    Returns
    -------
    bool
        Whether there was one.
    """
    from .listening import holder_of

    location = locate(os.environ if environ is None else environ)
    if "pid" in ask(location, {"wanted": "stop"}):
        return True
    loading = holder_of(location)
    if loading is not None:
        with contextlib.suppress(OSError):
            os.kill(loading, signal.SIGTERM)
    return loading is not None
