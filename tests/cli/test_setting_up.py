"""``doctor`` examines the machine, ``lab`` opens the course."""

import os
import sys

import pytest
from traitlets.config.manager import BaseJSONConfigManager
from traitlets.utils.importstring import import_item

from coursekit.cli import diagnosing, serving
from coursekit.cli.serving import lab_command
from coursekit.kernels import fallback

# What the machine that runs the tests has to spare is no fault of the installation.
SPARE = {"disk", "memory"}


def test_doctor_gives_one_line_a_check_and_leaves_no_folder_behind(coursekit, tmp_path):
    home = tmp_path / "home"
    result = coursekit("doctor", env={"COURSEKIT_HOME": str(home / "coursekit")})
    assert not home.exists()
    lines = [line.split(maxsplit=1) for line in result.out.splitlines()]
    states = {told.split(":")[0]: state for state, told in lines}
    assert {"python", "tensorflow", "jupyterlab starts", "device", *SPARE} <= set(states)
    assert set(states.values()) <= {"ok", "note", "fail"}
    assert {name for name, state in states.items() if state == "fail"} <= SPARE, result.out
    assert result.exit_status == ("fail" in states.values())


def test_doctor_fails_and_says_what_to_do(coursekit, tmp_path):
    home = tmp_path / "file"
    home.write_text("")
    result = coursekit(
        "doctor",
        "--json",
        env={"COURSEKIT_COURSE": str(tmp_path / "nowhere"), "COURSEKIT_HOME": str(home / "x")},
    )
    assert result.exit_status == 1
    assert result.json["ok"] is False
    failed = {each["name"]: each for each in result.json["checks"] if each["status"] == "fail"}
    assert set(failed) - SPARE == {"course", "progress folder"}
    assert "nowhere" in failed["course"]["detail"]
    assert "COURSEKIT_HOME" in failed["progress folder"]["advice"]


@pytest.mark.parametrize(
    ("requirement", "status", "detail"),
    [
        ("pytest>=1", "ok", pytest.__version__),
        ("pytest>=999", "fail", f"{pytest.__version__}, needs >=999"),
        ("no-such-package>=1", "fail", "not installed"),
    ],
)
def test_a_package_is_compared_with_what_the_course_needs(monkeypatch, requirement, status, detail):
    monkeypatch.setattr(diagnosing.importlib.metadata, "requires", lambda name: [requirement])
    finding = list(diagnosing._check_packages())[-1]
    assert (finding.status, finding.detail) == (status, detail)
    assert (requirement in finding.advice) == (status == "fail")


def test_what_only_an_extra_needs_is_not_checked(monkeypatch):
    needs = ['no-such-package>=1; extra == "docs"', 'neither-this; sys_platform == "other"']
    monkeypatch.setattr(diagnosing.importlib.metadata, "requires", lambda name: needs)
    assert [finding.name for finding in diagnosing._check_packages()] == ["coursekit"]


def test_a_setting_of_warm_kernels_that_makes_no_sense_is_told(monkeypatch):
    monkeypatch.setattr(fallback, "why_cold", lambda environ: None)
    monkeypatch.setenv("COURSEKIT_WARM_KERNELS_IDLE", "abc")
    finding = diagnosing._check_kernels()
    assert finding.status == "note"
    assert "COURSEKIT_WARM_KERNELS_IDLE=abc is no positive number of seconds" in finding.detail
    assert finding.advice


@pytest.mark.parametrize(
    ("script", "seconds", "told"),
    [
        ("raise ImportError('libcudart is missing')", 60, "libcudart is missing"),
        ("import os; os.abort()", 60, "TensorFlow does not run"),
        ("import time; time.sleep(60)", 2, "no answer in 2 s"),
    ],
)
def test_a_broken_device_is_found_and_doctor_survives_it(monkeypatch, script, seconds, told):
    monkeypatch.setattr(diagnosing, "_DEVICE_SCRIPT", script)
    monkeypatch.setattr(diagnosing, "_DEVICE_SECONDS", seconds)
    finding = diagnosing._check_device()
    assert finding.status == "fail"
    assert told in finding.detail
    assert finding.advice


def test_a_gpu_that_does_not_work_is_a_note():
    finding = diagnosing._judge_device(
        {
            "device": "/CPU:0",
            "reason": "no GPU works",
            "asked_for": None,
            "n_cpus": 2,
            "gpus": [{"name": "/GPU:0", "works": False, "problem": "out of memory"}],
        }
    )
    assert finding.status == "note"
    assert "/GPU:0: out of memory" in finding.detail
    assert finding.advice


@pytest.mark.parametrize(("free", "status"), [(0.1, "fail"), (1.0, "note"), (5.0, "ok")])
def test_disk_space_is_judged(monkeypatch, free, status):
    usage = type("Usage", (), {"free": free * 1024**3})
    monkeypatch.setattr(diagnosing.shutil, "disk_usage", lambda path: usage)
    finding = diagnosing._check_disk()
    assert finding.status == status
    assert bool(finding.advice) == (status != "ok")


def test_lab_starts_on_the_first_lesson(tmp_path):
    command = lab_command(tmp_path, port=8899, browser=False)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path}" in command
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command
    assert "--port=8899" in command
    assert "--no-browser" in command


def test_lab_opens_a_browser_unless_told_otherwise(tmp_path):
    assert "--no-browser" not in lab_command(tmp_path, port=None, browser=True)


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_lab_refuses_a_port_that_is_none(coursekit, port):
    result = coursekit("lab", "--port", port)
    assert result.exit_status == 2
    assert "--port" in result.err


def test_what_tensorflow_tells_the_terminal_stays_out_of_the_notebooks_of_lab(tmp_path):
    command = lab_command(tmp_path, port=None, browser=False)
    (option,) = [word for word in command if "kernel_spec_manager_class" in word]
    manager = import_item(option.partition("=")[2])()

    argv = manager.get_kernel_spec("python3").argv
    assert argv[-1] == "--IPKernelApp.capture_fd_output=False"
    # Asked twice, and not told twice: the specification is read anew.
    assert manager.get_kernel_spec("python3").argv == argv
    assert "python3" in manager.find_kernel_specs()


def test_a_terminal_of_lab_finds_the_programs_of_this_python(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "/theirs")
    first, theirs = serving._environment(tmp_path)["PATH"].split(os.pathsep)
    assert first == os.path.dirname(sys.executable)
    assert theirs == "/theirs"


def test_newcomers_are_not_asked_about_jupyters_news(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", os.pathsep.join(["/theirs", ""]))
    ours, theirs = serving._config_path()
    settings = BaseJSONConfigManager(config_dir=os.path.join(ours, "labconfig"))

    defaults = settings.get("default_setting_overrides")
    assert defaults["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert theirs == "/theirs"
