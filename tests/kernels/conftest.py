"""Kernels of both kinds, from a warm parent that belongs to these tests alone."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from coursekit import kernels
from coursekit.kernels import fallback
from coursekit.kernels.client import ask
from coursekit.kernels.location import Location, locate
from coursekit.kernels.process import KernelProcess


class Notebook:
    """What a front end does with a kernel."""

    def __init__(self, manager, client):
        self.manager = manager
        self.client = client

    @property
    def process(self):
        return self.manager.provisioner.process

    @property
    def is_warm(self):
        return isinstance(self.process, KernelProcess)

    def outputs(self, code, timeout=60):
        messages = []
        self.client.execute_interactive(
            code, output_hook=messages.append, timeout=timeout, allow_stdin=False
        )
        return [(message["msg_type"], message["content"]) for message in messages]

    def run(self, code, timeout=60):
        """Run code and return what it prints; an error in it fails the test."""
        printed = []
        for kind, content in self.outputs(code, timeout):
            assert kind != "error", "\n".join(content["traceback"])
            if kind == "stream":
                printed.append(content["text"])
        return "".join(printed).strip()


@contextlib.contextmanager
def open_notebook(**options):
    manager = KernelManager(kernel_name="python3")
    quiet = subprocess.DEVNULL
    manager.start_kernel(**{"stdout": quiet, "stderr": quiet, **options})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Notebook(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def wait_until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def is_running(pid):
    try:
        state = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture(scope="session")
def settings():
    """Return the environment variables of these tests: their own run folder, a warm parent."""
    folder = tempfile.mkdtemp(prefix="coursekit-")  # short: a socket's path has 107 bytes
    variables = {
        **kernels.environment(),
        "COURSEKIT_WARM_KERNELS": "1",
        "IPYTHONDIR": str(Path(folder, "ipython")),
        "XDG_RUNTIME_DIR": folder,
    }
    yield variables
    for path in Path(folder).rglob("*.sock"):
        ask(Location(path.parent, path.stem), {"wanted": "stop"})
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def own_environment(settings, monkeypatch):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def warm_parent(own_environment):
    """Return the state of a warm parent that is ready."""
    reason = fallback.why_cold(os.environ)
    if reason is not None:
        pytest.skip(reason)
    assert kernels.start_parent(os.environ, wait=300), kernels.describe()["reason"]
    return kernels.describe()["parent"]


@pytest.fixture(params=["warm", "ordinary"])
def kind(request, monkeypatch):
    """Return the kind of kernel that opens: everything that one promises the other keeps."""
    if request.param == "warm":
        request.getfixturevalue("warm_parent")
    else:
        monkeypatch.setenv("COURSEKIT_WARM_KERNELS", "0")
    return request.param


@pytest.fixture
def notebook(kind):
    with open_notebook() as opened:
        assert opened.is_warm == (kind == "warm")
        yield opened


@pytest.fixture
def own_parent(warm_parent, monkeypatch):
    """Return the settings of a warm parent for one test, which may end it."""
    folder = tempfile.mkdtemp(prefix="coursekit-")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    monkeypatch.setenv("COURSEKIT_WARM_KERNELS_IDLE", "30")
    location = locate(os.environ)
    yield location
    ask(location, {"wanted": "stop"})
    shutil.rmtree(folder, ignore_errors=True)
