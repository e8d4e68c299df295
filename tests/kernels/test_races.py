"""Whatever ends, fails or crowds at a bad moment, no kernel is lost and the parent stays well."""

import concurrent.futures
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from coursekit import kernels
from coursekit.kernels import client, protocol
from coursekit.kernels.circumstances import Allowances
from coursekit.kernels.client import Refused, UnansweredError, request_kernel
from coursekit.kernels.listening import remove_files, take_lock
from coursekit.kernels.location import Location, course_fingerprint, locate, package_fingerprint
from coursekit.kernels.ports import NAMES, HeldPorts

from .conftest import is_running, open_notebook, wait_until

QUIET = (None, subprocess.DEVNULL, subprocess.DEVNULL)


def request(connection_file):
    return request_kernel(["-f", str(connection_file)], environ=os.environ, streams=QUIET)


def test_a_kernel_whose_end_nobody_has_seen_yet_does_no_harm_to_the_next(warm_parent, tmp_path):
    unseen = [request(tmp_path / "connection.json") for _ in range(3)]
    for process in unseen:
        process.kill()
    wait_until(lambda: kernels.describe()["parent"]["kernels"] == 0)
    with open_notebook() as one, open_notebook() as other:
        assert [one.is_warm, other.is_warm] == [True, True]
        assert (one.run("print(1)"), other.run("print(2)")) == ("1", "2")
    assert [process.wait(10) for process in unseen] == [-signal.SIGKILL] * 3
    assert kernels.describe()["parent"]["pid"] == warm_parent["pid"]


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGHUP])
def test_a_kernel_ended_as_soon_as_it_is_given_leaves_the_parent_well(
    warm_parent, tmp_path, signal_number
):
    for _ in range(20):
        process = request(tmp_path / "connection.json")
        process.send_signal(signal_number)
        assert process.wait(20) == -signal_number
    assert kernels.describe()["parent"]["pid"] == warm_parent["pid"]


def test_kernels_that_are_asked_for_at_once_all_answer(warm_parent):
    def answer(number):
        with open_notebook() as notebook:
            return notebook.is_warm, notebook.run(f"print({number})")

    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        assert list(threads.map(answer, range(12))) == [(True, str(n)) for n in range(12)]


@pytest.mark.parametrize("accepts", [True, False])
def test_a_kernel_begins_only_if_it_is_accepted(warm_parent, tmp_path, accepts):
    connection_file = tmp_path / "connection.json"
    message = {
        "wanted": "kernel", "arguments": ["-f", str(connection_file)], "cwd": str(tmp_path),
        "executable": sys.executable, "environment": dict(os.environ), "independent": False,
        "packages": package_fingerprint(), "course": course_fingerprint(),
    }  # fmt: skip
    heard, told = os.pipe()
    with socket.socket(socket.AF_UNIX) as connection, open(os.devnull, "r+") as quiet:
        connection.connect(str(locate(os.environ).socket))
        protocol.send(connection, message, (*[quiet.fileno()] * 3, heard))
        kernel = protocol.receive(connection)[0]["pid"]
        if accepts:
            os.write(told, protocol.ACCEPTED)
        os.close(told)
        os.close(heard)
        if accepts:
            wait_until(connection_file.exists)
            os.kill(kernel, signal.SIGKILL)
        wait_until(lambda: not is_running(kernel))
    assert connection_file.exists() == accepts


def test_a_stopped_parent_is_waited_for_once(warm_parent, monkeypatch):
    monkeypatch.setattr(client, "_PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(client, "_spawn", lambda *_: pytest.fail("another parent was started"))
    os.kill(warm_parent["pid"], signal.SIGSTOP)
    try:
        with pytest.raises(UnansweredError, match=r"no answer in 0.5 s"):
            request_kernel([], environ=os.environ)
        with open_notebook() as notebook:
            assert not notebook.is_warm
            assert notebook.run("print(1)") == "1"
    finally:
        os.kill(warm_parent["pid"], signal.SIGCONT)


def test_no_parent_at_all_is_no_error_but_a_refusal(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        with pytest.raises(Refused, match="does not answer"):
            request_kernel([], environ=os.environ)


def test_a_parent_that_lost_its_lock_leaves_the_files_of_the_next(tmp_path):
    location = Location(tmp_path, "kernels")
    old = take_lock(location)
    location.lock.unlink()  # as programs that clean temporary folders do
    new = take_lock(location)
    location.socket.touch()
    remove_files(location, old)
    assert location.socket.exists()
    assert take_lock(location) is None
    remove_files(location, new)
    assert list(tmp_path.iterdir()) == []


def test_the_ports_of_a_kernel_are_kept_for_its_restart(kind):
    with open_notebook() as notebook:
        ports = [getattr(notebook.manager, name) for name in NAMES]
        os.kill(notebook.process.pid, signal.SIGKILL)
        notebook.process.wait(10)
        assert not any(_can_bind(port) for port in ports)
        notebook.manager.restart_kernel(now=True)
        notebook.client.wait_for_ready(timeout=60)
        assert [getattr(notebook.manager, name) for name in NAMES] == ports
        assert notebook.run("print(1)") == "1"


def _can_bind(port):
    with socket.socket() as other:
        try:
            other.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_held_ports_are_chosen_for_nobody_else():
    manager, held = KernelManager(), HeldPorts()
    assert held.choose(manager)
    ports = {getattr(manager, name) for name in NAMES}
    others = [socket.create_server(("127.0.0.1", 0)) for _ in range(500)]
    try:
        assert len(ports) == len(NAMES)
        assert not ports & {other.getsockname()[1] for other in others}
    finally:
        for other in others:
            other.close()
    assert not any(map(_can_bind, ports))
    held.release()
    assert all(map(_can_bind, ports))


def test_ports_that_cannot_be_held_are_left_to_jupyter():
    manager = KernelManager(ip="192.0.2.1")  # of no machine (RFC 5737)
    assert not HeldPorts().choose(manager)
    assert not HeldPorts().choose(KernelManager(transport="ipc"))
    assert manager.shell_port == 0


def test_a_requester_that_may_use_more_is_told_what():
    own = Allowances.of(os.getpid())
    assert own.more_than(own) is None
    lowest = dict.fromkeys(own.limits, (0, 0))
    highest = dict.fromkeys(own.limits, (0, resource.RLIM_INFINITY))
    assert replace(own, limits=lowest).more_than(own) is None
    assert replace(own, limits=lowest).more_than(replace(own, limits=highest)) is None
    assert "RLIMIT_" in replace(own, limits=highest).more_than(replace(own, limits=lowest))
    assert replace(own, niceness=-5).more_than(own) == "of the processors"


def test_a_kernel_that_ends_does_not_remove_what_the_parent_made(tmp_path):
    folder = tmp_path / "matplotlib"
    folder.mkdir()
    script = (
        "import atexit, os, shutil, sys\n"
        "from coursekit.kernels import child\n"
        f"atexit.register(shutil.rmtree, {str(folder)!r})\n"
        "child._start_anew(dict(os.environ))\n"
        "child._end(0)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert Path(folder).exists()
