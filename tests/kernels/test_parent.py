"""One warm parent serves everybody, privately, as long as it is current and wanted."""

import json
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from coursekit import kernels
from coursekit.kernels import preload
from coursekit.kernels.client import Refused, request_kernel
from coursekit.kernels.idling import idle_problem, idle_seconds
from coursekit.kernels.listening import holder_of
from coursekit.kernels.location import (
    NotPrivateError,
    course_fingerprint,
    import_settings,
    locate,
    package_fingerprint,
    run_folder,
)

from .conftest import is_running, open_notebook, wait_until

ROOT = Path(__file__).parents[2]


def test_all_kernels_come_from_one_parent(warm_parent):
    code = "import os; print(os.getppid())"
    with open_notebook() as one, open_notebook() as other:
        assert one.run(code) == other.run(code) == str(warm_parent["pid"])
        assert kernels.describe()["parent"]["kernels"] == 2


def test_a_kernel_with_its_own_ipython_folder_comes_from_it_too(warm_parent, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    with open_notebook() as one:
        assert one.run("import os; print(os.getppid())") == str(warm_parent["pid"])
        assert one.run("print(get_ipython().ipython_dir)") == str(tmp_path)


def test_another_process_of_the_user_finds_it(warm_parent):
    script = "from coursekit import kernels; print(kernels.describe()['parent']['pid'])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout.strip() == str(warm_parent["pid"])


def test_it_has_everything_loaded_and_has_computed_nothing(warm_parent):
    assert warm_parent["threads"] <= preload.MOST_THREADS
    with open_notebook() as notebook:
        code = "import sys; print([n in sys.modules for n in ('tensorflow', 'keras', 'sklearn')])"
        assert notebook.run(code) == "[True, True, True]"
        code = "from tensorflow.python.eager import context; print(context.context()._initialized)"
        assert notebook.run(code) == "False"


def test_its_files_are_private_to_the_user(warm_parent):
    location = locate(os.environ)
    assert stat.S_IMODE(location.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(location.socket.stat().st_mode) == 0o600


def test_a_folder_that_others_may_enter_is_refused(tmp_path):
    (tmp_path / "coursekit").mkdir(mode=0o755)
    with pytest.raises(NotPrivateError, match="not private"):
        run_folder({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_a_link_to_a_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "coursekit").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPrivateError, match="not private"):
        run_folder({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_the_runtime_folder_of_another_user_is_left_alone(tmp_path, monkeypatch):
    runtime, temporary = tmp_path / "runtime", tmp_path / "temporary"
    runtime.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(NotPrivateError, match=str(temporary)):  # whose owner is another, too
        run_folder({"XDG_RUNTIME_DIR": str(runtime)})
    assert list(runtime.iterdir()) == []


def test_a_message_that_is_none_leaves_it_well(warm_parent):
    without_files = json.dumps({
        "wanted": "kernel", "arguments": [], "executable": "", "environment": {},
        "cwd": "/", "independent": True, "course": "",
    }).encode()  # fmt: skip
    for nonsense in (
        b"",
        b"\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        b"\x00\x00\x00\x02{}",
        struct.pack("!I", len(without_files)) + without_files,
    ):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(locate(os.environ).socket))
            connection.sendall(nonsense)
    with open_notebook() as notebook:
        assert notebook.is_warm
    assert kernels.describe()["parent"]["pid"] == warm_parent["pid"]


def test_the_first_kernel_is_an_ordinary_one_and_the_next_are_warm(own_parent):
    with open_notebook() as notebook:
        assert not notebook.is_warm
    wait_until(lambda: kernels.describe()["parent"], seconds=300)
    with open_notebook() as notebook:
        assert notebook.is_warm


def test_while_it_loads_that_is_said(own_parent):
    assert "no warm parent is running" in kernels.describe()["reason"]
    kernels.start_parent(os.environ)
    wait_until(lambda: "a warm parent is loading" in kernels.describe()["reason"])
    wait_until(lambda: kernels.describe()["parent"], seconds=300)


def test_a_parent_that_still_loads_can_be_stopped(own_parent):
    kernels.start_parent(os.environ)
    wait_until(lambda: holder_of(own_parent))
    pid = holder_of(own_parent)
    assert kernels.stop_parent()
    wait_until(lambda: not is_running(pid))
    assert not kernels.stop_parent()


def test_a_parent_that_was_killed_is_not_taken_to_be_loading(own_parent):
    own_parent.lock.write_text(str(os.getpid()))  # its number is another process's by now
    assert "no warm parent is running" in kernels.describe()["reason"]


@pytest.mark.parametrize("value", ["abc", "nan", "0", "-1"])
def test_an_idle_time_that_is_none_is_told_and_the_default_taken(monkeypatch, value):
    default = idle_seconds({})
    monkeypatch.setenv("COURSEKIT_WARM_KERNELS_IDLE", value)
    assert idle_seconds(os.environ) == default
    assert f"COURSEKIT_WARM_KERNELS_IDLE={value} is no positive" in idle_problem(os.environ)


def test_an_idle_time_that_is_one_is_taken():
    environ = {"COURSEKIT_WARM_KERNELS_IDLE": "2.5"}
    assert (idle_seconds(environ), idle_problem(environ), idle_problem({})) == (2.5, None, None)


def test_it_goes_after_idling_and_leaves_nothing(own_parent, monkeypatch):
    monkeypatch.setenv("COURSEKIT_WARM_KERNELS_IDLE", "5")
    own_parent.failure.write_text("{}")  # of an older one, long ago
    assert kernels.start_parent(os.environ, wait=300)
    pid = kernels.describe()["parent"]["pid"]
    with open_notebook():
        time.sleep(6)
        assert is_running(pid)
    wait_until(lambda: not is_running(pid))
    assert list(own_parent.folder.iterdir()) == []


def test_its_death_costs_one_ordinary_start_and_no_running_kernel(own_parent):
    assert kernels.start_parent(os.environ, wait=300)
    pid = kernels.describe()["parent"]["pid"]
    with open_notebook() as notebook:
        notebook.run("kept = 1")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_running(pid))
        assert notebook.run("print(kept)") == "1"
        assert notebook.manager.is_alive()
        with open_notebook() as other:
            assert not other.is_warm
            assert other.run("print(2)") == "2"
        kernel = notebook.process.pid
    assert not is_running(kernel)
    wait_until(lambda: kernels.describe()["parent"], seconds=300)


def test_changed_packages_replace_it(own_parent, monkeypatch):
    assert kernels.start_parent(os.environ, wait=300)
    pid = kernels.describe()["parent"]["pid"]
    with open_notebook() as notebook:
        monkeypatch.setattr("coursekit.kernels.client.package_fingerprint", lambda: "changed")
        with pytest.raises(Refused, match="packages have changed"):
            request_kernel(["-f", "connection.json"], environ=os.environ)
        assert not own_parent.socket.exists()
        assert notebook.run("print(1)") == "1"  # those that run keep their parent
        assert is_running(pid)
    wait_until(lambda: not is_running(pid))


def test_changed_lessons_code_is_imported_anew(warm_parent, monkeypatch):
    monkeypatch.setattr("coursekit.kernels.client.course_fingerprint", lambda: "changed")
    with open_notebook() as notebook:
        assert notebook.is_warm
        code = "import sys; print(any(n.startswith('coursekit') for n in sys.modules))"
        assert notebook.run(code) == "False"
        assert notebook.run("import coursekit; print(coursekit.__version__)")


def test_the_fingerprint_of_packages_knows_an_installed_one(tmp_path, monkeypatch):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = package_fingerprint()
    assert package_fingerprint() == before
    (folder / "new-1.0.dist-info").mkdir()
    assert package_fingerprint() != before


def test_the_fingerprint_of_the_course_is_stable():
    assert course_fingerprint() == course_fingerprint() != package_fingerprint()


def test_variables_that_libraries_read_on_import_tell_parents_apart(settings):
    plain = {"XDG_RUNTIME_DIR": settings["XDG_RUNTIME_DIR"], "HOME": "/"}
    assert locate({**plain, "KERAS_BACKEND": "jax"}) != locate(plain)
    assert locate({**plain, "OMP_NUM_THREADS": "1", "EDITOR": "ed"}) == locate(plain)
    assert import_settings({"TF_ENABLE_ONEDNN_OPTS": "0"})["TF_ENABLE_ONEDNN_OPTS"] == "0"


def test_a_killed_client_leaves_no_orphan(warm_parent):
    script = (
        "import subprocess, sys, time\n"
        "from tests.kernels.conftest import open_notebook\n"
        "with open_notebook() as n:\n"
        "    child = n.run(\"import subprocess; print(subprocess.Popen(['sleep', '600']).pid)\")\n"
        "    print(n.is_warm, n.process.pid, child, flush=True)\n"
        "    time.sleep(600)\n"
    )
    client = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with client:
        is_warm, kernel, child = client.stdout.readline().split()
        client.kill()
    assert is_warm == "True"
    wait_until(lambda: not is_running(kernel) and not is_running(child), seconds=10)
    assert is_running(warm_parent["pid"])


def test_an_independent_kernel_outlives_its_client(warm_parent):
    script = (
        "import os\n"
        "from jupyter_client.manager import KernelManager\n"
        "manager = KernelManager(kernel_name='python3')\n"
        "manager.start_kernel(independent=True, stdout=-3, stderr=-3)\n"
        "print(type(manager.provisioner.process).__name__, manager.provisioner.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    client = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    kind, kernel = client.stdout.splitlines()[-1].split()
    try:
        assert kind == "KernelProcess"
        time.sleep(1)
        assert is_running(kernel)
    finally:
        os.kill(int(kernel), signal.SIGKILL)
    wait_until(lambda: not is_running(kernel))


def test_forking_is_refused_beside_more_threads_than_two():
    done = threading.Event()
    threads = [threading.Thread(target=done.wait) for _ in range(preload.MOST_THREADS)]
    for thread in threads:
        thread.start()
    try:
        with pytest.raises(preload.SpoiledError, match="threads run after a test"):
            preload.check_threads("a test")
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _loop(count, parent):
    def descriptors():
        return len(list(Path("/proc", str(parent), "fd").iterdir()))

    # The parent hears of the end of an earlier test's kernel a moment after that test.
    wait_until(lambda: kernels.describe()["parent"]["kernels"] == 0)
    location = locate(os.environ)
    files, before, pids = sorted(location.folder.iterdir()), descriptors(), []
    for number in range(count):
        with open_notebook() as notebook:
            assert notebook.is_warm, f"kernel {number} was an ordinary one"
            assert notebook.run(f"import tensorflow as tf; print({number} + 1)") == str(number + 1)
            pids.append(notebook.process.pid)
            connection_file = Path(notebook.manager.connection_file)
        assert not connection_file.exists()
    wait_until(lambda: not any(Path("/proc", str(pid)).exists() for pid in pids), seconds=10)
    assert sorted(location.folder.iterdir()) == files
    wait_until(lambda: descriptors() == before, seconds=10)
    assert kernels.describe()["parent"]["kernels"] == 0


def test_ten_kernels_in_a_row_leave_nothing(warm_parent):
    _loop(10, warm_parent["pid"])


@pytest.mark.slow
def test_two_hundred_kernels_in_a_row_leave_nothing(warm_parent):
    _loop(200, warm_parent["pid"])
