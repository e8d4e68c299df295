"""Sets every test, and every notebook run as one, apart from the machine and its user."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from coursekit import kernels

# Set before TensorFlow, matplotlib or a kernel starts: all three read the environment once.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["COURSEKIT_PROGRESS"] = "0"
os.environ["MATPLOTLIBRC"] = str(Path(__file__).parent / "tests" / "matplotlibrc")
os.environ.pop("COURSEKIT_COURSE", None)


def pytest_configure(config: pytest.Config) -> None:
    """Give each worker an empty folder for the learner's progress, and all one warm parent."""
    home = _folder(config)
    os.environ["COURSEKIT_HOME"] = home
    if not hasattr(config, "workerinput"):
        _share_warm_kernels(config)


def _share_warm_kernels(config: pytest.Config) -> None:
    """Start the warm parent of this run, which nobody else's kernels come from."""
    os.environ.update(kernels.environment(), XDG_RUNTIME_DIR=_folder(config))
    if kernels.describe()["warm"]:
        kernels.start_parent(os.environ)
        config.add_cleanup(kernels.stop_parent)


def _folder(config: pytest.Config) -> str:
    folder = tempfile.mkdtemp(prefix="coursekit-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder
