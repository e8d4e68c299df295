"""Sets every test, and every notebook run as one, apart from the machine and its user."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

# Set before TensorFlow, matplotlib or a kernel starts: all three read the environment once.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["COURSEKIT_PROGRESS"] = "0"
os.environ["MATPLOTLIBRC"] = str(Path(__file__).parent / "tests" / "matplotlibrc")
os.environ.pop("COURSEKIT_COURSE", None)


def pytest_configure(config: pytest.Config) -> None:
    """Give each worker an empty folder for the learner's progress."""
    home = tempfile.mkdtemp(prefix="coursekit-tests-")
    os.environ["COURSEKIT_HOME"] = home
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
