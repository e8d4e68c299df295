"""Serves the course in JupyterLab."""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

from coursekit import course, kernels
from coursekit.cli.output import CommandError, print_note

_JUPYTER_DEFAULTS = Path(__file__).parent / "jupyter"


def serve_lab(*, port: int | None, browser: bool) -> int:
    """Run JupyterLab on the course's folder until it ends.

    Parameters
    ----------
    port : int, optional
        The port to listen on; Jupyter's choice by default.
    browser : bool
        Whether to open a browser on the first lesson.

    Returns
    -------
    int
        JupyterLab's exit status.

    Raises
    ------
    CommandError
        If JupyterLab is missing, or the course's folder cannot be written.
    """
    root = course.course_root()
    _require_writable(root)
    if importlib.util.find_spec("jupyterlab") is None:
        raise CommandError("JupyterLab is not installed: python -m pip install jupyterlab")
    print_note(f"Serving {root}; Ctrl-C twice stops it.")
    return _run(lab_command(root, port=port, browser=browser), root)


def lab_command(root: Path, *, port: int | None, browser: bool) -> list[str]:
    """Give the command that starts JupyterLab on the first lesson."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{course.FIRST_LESSON}",
        "--ServerApp.kernel_spec_manager_class=coursekit.cli.lab_kernels.LabKernelSpecManager",
        *kernels.server_options(),
    ]
    if port is not None:
        command.append(f"--port={port}")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container everyone is root, and it listens locally
    return command


def _require_writable(root: Path) -> None:
    packaged = root == Path(course.__file__).parent / "_course"
    if packaged or not os.access(root / "notebooks", os.W_OK):
        raise CommandError(
            f"{root} is not yours to change: copy the course into a folder of your own first, "
            "`coursekit init prove-it`, then `cd prove-it` and `coursekit lab`"
        )


def _config_path() -> list[str]:
    """Put our defaults first: without them, a newcomer is asked about Jupyter's news."""
    others = os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)
    return [str(_JUPYTER_DEFAULTS), *filter(None, others)]


def _environment(root: Path) -> dict[str, str]:
    """Give the environment of the server, its kernels and its terminals."""
    defaults = {
        "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel, not one the user made long ago
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    # `make lab` activates nothing, and yet `coursekit` has to be found in a terminal of the lab.
    programs = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return {
        **defaults,
        **os.environ,
        "COURSEKIT_COURSE": str(root),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(_config_path()),
        "PATH": os.pathsep.join(filter(None, programs)),
    }


def _run(command: list[str], root: Path) -> int:
    environment = _environment(root)
    if kernels.describe(environment)["warm"]:
        kernels.start_parent(environment)  # ready by the time that the first notebook opens
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir(root)
        os.execve(command[0], command, environment)
    # Windows has no exec: wait, and leave Ctrl-C to JupyterLab, which asks before it stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode
