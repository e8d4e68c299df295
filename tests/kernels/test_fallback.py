"""Where a warm kernel is not possible or not sound, an ordinary one opens, silently right."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from coursekit import kernels
from coursekit.kernels import fallback
from coursekit.kernels.location import locate, package_fingerprint

from .conftest import open_notebook


def assert_ordinary(reason):
    described = kernels.describe()
    assert not described["warm"]
    assert reason in described["reason"]
    with open_notebook() as notebook:
        assert not notebook.is_warm
        assert notebook.run("print(6 * 7)") == "42"


@pytest.mark.parametrize("value", ["0", "false", "OFF"])
def test_the_reader_switches_them_off(monkeypatch, value):
    monkeypatch.setenv("COURSEKIT_WARM_KERNELS", value)
    assert kernels.describe()["reason"] == f"COURSEKIT_WARM_KERNELS={value} switches them off"


def test_switched_off_an_ordinary_kernel_opens(monkeypatch):
    monkeypatch.setenv("COURSEKIT_WARM_KERNELS", "0")
    assert_ordinary("switches them off")


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_platforms(monkeypatch, platform):
    monkeypatch.setattr("coursekit.kernels.fallback.sys.platform", platform)
    assert f"this is {platform}" in fallback.why_cold(os.environ)


def test_where_modules_of_unix_are_missing_it_says_why():
    script = """
import os, signal, sys
sys.modules.update({"resource": None, "fcntl": None, "pwd": None, "grp": None, "termios": None})
for name in ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL", "pidfd_send_signal", "pthread_sigmask"):
    delattr(signal, name)
for name in ("fork", "pidfd_open", "getpriority", "sched_getaffinity", "geteuid"):
    delattr(os, name)
import coursekit.kernels.launcher, coursekit.kernels.provisioner
from coursekit import kernels
from coursekit.kernels import fallback
sys.platform = "win32"
print(kernels.describe()["reason"])
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "this is win32" in found.stdout, found.stderr


def test_macos_opens_an_ordinary_kernel(monkeypatch):
    monkeypatch.setattr(fallback, "_other_platform", lambda environ: "this is darwin")
    assert_ordinary("darwin")


def test_a_system_without_process_descriptors(monkeypatch):
    def pidfd_open(pid):
        raise OSError("Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", pidfd_open)
    assert_ordinary("process file descriptors")


def test_an_import_path_that_each_notebook_reads_in_its_own_way(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["/some/where", "src"]))
    assert_ordinary("PYTHONPATH holds src")


@pytest.mark.parametrize("path", ["", os.pathsep + "/some/where", "."])
def test_an_import_path_that_is_the_same_for_all(path):
    assert fallback._relative_import_path({"PYTHONPATH": path}) is None


def test_a_gpu_that_works(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(fallback, "_nvidia_devices", lambda: [Path("/dev/nvidia0")])
    monkeypatch.setattr(fallback, "_library_found", lambda library, package: True)
    assert_ordinary("a GPU works here (/dev/nvidia0)")


def test_a_gpu_without_libraries_does_not_work(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(fallback, "_nvidia_devices", lambda: [Path("/dev/nvidia0")])
    monkeypatch.setattr(fallback, "_library_found", lambda library, package: False)
    assert fallback._working_gpu(os.environ) is None


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_a_hidden_gpu_is_not_used(monkeypatch, hidden):
    monkeypatch.setattr(fallback, "_nvidia_devices", lambda: [Path("/dev/nvidia0")])
    monkeypatch.setattr(fallback, "_library_found", lambda library, package: True)
    assert fallback._working_gpu({"CUDA_VISIBLE_DEVICES": hidden}) is None


def test_too_little_memory(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(fallback, "available_bytes", lambda: 700_000_000)
    assert_ordinary("0.7 GB of memory are available, 1.5 GB are needed")


def test_the_memory_of_this_machine_is_known():
    assert fallback.available_bytes() > 0


def test_a_run_folder_that_is_not_private(monkeypatch, tmp_path):
    (tmp_path / "coursekit").mkdir(mode=0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert_ordinary("is not private to this user")


def test_a_run_folder_whose_path_is_too_long(monkeypatch, tmp_path):
    folder = tmp_path / ("a" * 100)
    folder.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    assert "too long" in fallback.why_cold(os.environ)


@pytest.fixture
def short_folder():
    """Give a temporary folder whose path is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder:
        yield folder


def test_a_parent_that_cannot_start_is_not_tried_again_until_packages_change(
    monkeypatch, short_folder
):
    monkeypatch.setenv("XDG_RUNTIME_DIR", short_folder)
    record = {"fingerprint": package_fingerprint(), "reason": "ImportError: no TensorFlow"}
    locate(os.environ).failure.write_text(json.dumps(record))
    assert_ordinary("the warm parent could not start: ImportError: no TensorFlow")
    locate(os.environ).failure.write_text(json.dumps({**record, "fingerprint": "older"}))
    assert fallback.why_cold(os.environ) is None


def test_a_parent_without_room_for_its_log_is_not_started(monkeypatch, short_folder):
    monkeypatch.setenv("XDG_RUNTIME_DIR", short_folder)
    locate(os.environ).log.mkdir()
    assert not kernels.start_parent(os.environ, wait=60)
    with open_notebook() as notebook:
        assert not notebook.is_warm


def test_another_kernel_of_the_user_is_left_alone(warm_parent, tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "other"
    folder.mkdir(parents=True)
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Other", "language": "python"}  # fmt: skip
    (folder / "kernel.json").write_text(json.dumps(spec))
    paths = [str(tmp_path), os.environ["JUPYTER_PATH"]]
    script = (
        "from jupyter_client.manager import KernelManager\n"
        "manager = KernelManager(kernel_name='other')\n"
        "manager.start_kernel(); print(type(manager.provisioner.process).__name__)\n"
        "manager.shutdown_kernel(now=True)\n"
    )
    environment = {**os.environ, "JUPYTER_PATH": os.pathsep.join(paths)}
    del environment["JUPYTER_DEFAULT_PROVISIONER_NAME"]
    found = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True
    )
    assert found.stdout.split()[-1] == "Popen"


def test_importing_the_room_loads_nothing_heavy():
    script = (
        "import sys, coursekit.kernels as k; k.environment(); k.describe()\n"
        "print({'tensorflow', 'numpy', 'jupyter_client', 'IPython', 'zmq'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout.strip() == "set()", found.stderr
