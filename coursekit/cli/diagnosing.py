"""Examines the machine: what ``coursekit doctor`` reports, check by check."""

import contextlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from coursekit import course

Status = Literal["ok", "note", "fail"]

_REINSTALL = "run `make lab` in the repository, or: python -m pip install --upgrade coursekit"
_ANOTHER_HOME = "set COURSEKIT_HOME to a folder of yours"
_GIB = 1024**3
_DISK_NEEDED, _DISK_COMFORTABLE = 0.5, 2.0  # GiB: notebooks and figures; Keras's data sets
_MEMORY_NEEDED, _MEMORY_COMFORTABLE = 1.0, 2.0  # GiB: one kernel with TensorFlow; two of them
_DEVICE_SECONDS = 180
_DEVICE_SCRIPT = (
    "import json; from coursekit.device import describe_device; "
    "print('\\n' + json.dumps(describe_device(), default=str))"
)


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    name: str
    status: Status
    detail: str
    advice: str = ""

    def record(self) -> dict[str, str]:
        """Give the finding as ``--json`` prints it."""
        return asdict(self)


def diagnose() -> Iterator[Finding]:
    """Check the machine.

    Yields
    ------
    Finding
        One at a time, as soon as it is known: the device takes seconds.
    """
    yield _check_python()
    yield from _check_packages()
    yield _check_jupyterlab()
    with _spinner("Trying the device"):
        device = _check_device()
    yield device
    yield _check_kernels()
    yield _check_course()
    yield _check_data_home()
    yield _check_disk()
    yield _check_memory()


def print_finding(finding: Finding) -> None:
    """Print one line, and what to do on the same line where something is to do."""
    advice = f" -> {finding.advice}" if finding.advice else ""
    line = f"{finding.status:<4}  {finding.name}: {finding.detail}{advice}"
    if not sys.stdout.isatty():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.text import Text

    text = Text(line)
    text.stylize({"ok": "green", "note": "yellow", "fail": "bold red"}[finding.status], 0, 4)
    Console(soft_wrap=True).print(text)


def data_home() -> Path:
    """Give the folder of the learner's progress: ``COURSEKIT_HOME``, or the system's own place."""
    import platformdirs

    named = os.environ.get("COURSEKIT_HOME")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("coursekit"))


def _check_python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = _required_python()
    detail = f"{version} at {sys.executable}"
    from packaging.specifiers import SpecifierSet

    if not SpecifierSet(wanted).contains(version, prereleases=True):
        return Finding("python", "fail", detail, f"the course needs Python {wanted}")
    if sys.maxsize <= 2**32:
        return Finding("python", "fail", f"{detail}, 32 bits", "install the 64-bit Python")
    return Finding("python", "ok", detail)


def _check_packages() -> Iterator[Finding]:
    """Compare what is installed with what the package's own metadata ask for."""
    from packaging.requirements import Requirement

    try:
        specifications = importlib.metadata.requires("coursekit") or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("coursekit", "fail", "not installed in this Python", _REINSTALL)
        return
    yield Finding("coursekit", "ok", importlib.metadata.version("coursekit"))
    for requirement in map(Requirement, specifications):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _check_package(requirement)


def _check_package(requirement: Any) -> Finding:
    wanted = f"{requirement.name}{requirement.specifier}"
    advice = f'python -m pip install "{wanted}"'
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(requirement.name, "fail", "not installed", advice)
    if not requirement.specifier.contains(version, prereleases=True):
        detail = f"{version}, needs {requirement.specifier}"
        return Finding(requirement.name, "fail", detail, advice)
    return Finding(requirement.name, "ok", version)


def _check_jupyterlab() -> Finding:
    """Start JupyterLab's program: that its package is listed does not prove that it runs."""
    result = _run([sys.executable, "-m", "jupyterlab", "--version"], seconds=60)
    if result is None or result.returncode != 0:
        reason = _last_line(result.stderr) if result else "no answer in 60 s"
        return Finding("jupyterlab starts", "fail", reason, _REINSTALL)
    return Finding("jupyterlab starts", "ok", result.stdout.strip())


def _check_device() -> Finding:
    """Try the device in a process of its own: a broken driver ends that one and not this."""
    result = _run([sys.executable, "-c", _DEVICE_SCRIPT], seconds=_DEVICE_SECONDS)
    if result is None:
        return Finding("device", "fail", f"no answer in {_DEVICE_SECONDS} s", _REINSTALL)
    if result.returncode != 0:
        reason = _last_line(result.stderr) or f"exit status {result.returncode}"
        return Finding("device", "fail", f"TensorFlow does not run: {reason}", _REINSTALL)
    return _judge_device(json.loads(result.stdout.strip().splitlines()[-1]))


def _judge_device(facts: dict[str, Any]) -> Finding:
    """Judge what :func:`coursekit.device.describe_device` tells."""
    if facts["device"] is None:
        advice = "unset COURSEKIT_DEVICE" if facts["asked_for"] else _REINSTALL
        return Finding("device", "fail", facts["reason"], advice)
    detail = f"{facts['device']}, {facts['n_cpus']} CPU cores ({facts['reason']})"
    broken = [f"{gpu['name']}: {gpu['problem']}" for gpu in facts["gpus"] if not gpu["works"]]
    if broken:
        advice = "close other programs on the GPU or update its driver; the CPU does meanwhile"
        return Finding("device", "note", f"{detail}; {'; '.join(broken)}", advice)
    return Finding("device", "ok", detail)


def _check_kernels() -> Finding:
    """Say whether notebooks open with TensorFlow loaded; ordinary kernels are no fault."""
    from coursekit import kernels

    facts = kernels.describe()
    kind = "warm" if facts["warm"] else "ordinary"
    detail = f"{kind}: {facts['reason']}"
    if facts["problem"]:
        return Finding(
            "kernels", "note", f"{detail}; {facts['problem']}", "set it anew or unset it"
        )
    return Finding("kernels", "ok", detail)


def _check_course() -> Finding:
    try:
        root = course.course_root()
        n_lessons = len(course.lessons(root))
    except course.CourseError as error:
        return Finding("course", "fail", str(error))
    detail = f"{n_lessons} lessons in {root}"
    if not _is_writable(root / "notebooks"):
        return Finding(
            "course", "note", f"{detail}, read-only", "`coursekit init DIR` makes a copy of yours"
        )
    return Finding("course", "ok", detail)


def _check_data_home() -> Finding:
    home = data_home()
    place = _nearest_folder(home)
    if not _is_writable(place):
        return Finding("progress folder", "fail", f"{place} cannot be written", _ANOTHER_HOME)
    return Finding("progress folder", "ok", str(home))


def _check_disk() -> Finding:
    place = _nearest_folder(data_home())
    free = shutil.disk_usage(place).free / _GIB
    detail = f"{free:.1f} GiB free at {place}"
    return _graded("disk", detail, free, _DISK_NEEDED, _DISK_COMFORTABLE, "free some disk space")


def _check_memory() -> Finding:
    import psutil

    memory = psutil.virtual_memory()
    free, total = memory.available / _GIB, memory.total / _GIB
    detail = f"{free:.1f} of {total:.1f} GiB available"
    advice = "close other programs and notebooks that you do not use"
    return _graded("memory", detail, free, _MEMORY_NEEDED, _MEMORY_COMFORTABLE, advice)


def _graded(
    name: str, detail: str, amount: float, needed: float, comfortable: float, advice: str
) -> Finding:
    if amount >= comfortable:
        return Finding(name, "ok", detail)
    return Finding(name, "fail" if amount < needed else "note", detail, advice)


def _required_python() -> str:
    try:
        return importlib.metadata.metadata("coursekit")["Requires-Python"] or ""
    except importlib.metadata.PackageNotFoundError:
        return ""  # the check of the packages reports it


def _nearest_folder(path: Path) -> Path:
    """Give the folder itself, else the one in which it would be made."""
    absolute = path.absolute()
    return next(folder for folder in (absolute, *absolute.parents) if folder.exists())


def _is_writable(folder: Path) -> bool:
    """Try it: permission bits tell neither of read-only mounts nor of full disks."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"coursekit")
    except OSError:
        return False
    return True


def _run(command: list[str], seconds: float) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return None


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""


@contextlib.contextmanager
def _spinner(title: str) -> Iterator[None]:
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(title):
        yield
