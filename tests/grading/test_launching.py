"""Learners' processes are started and ended, forked or anew, and nothing of them stays."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from coursekit.grading.examination import warm_forks
from coursekit.grading.examination.examining import examine
from tests.grading.hand_made_plans import (
    CHECK_TRIM,
    TRIM,
    examined,
    outcomes,
    plan_of,
    settings,
    shown,
)
from tests.grading.test_examining import HANGING, STUBBORN

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
forked_only = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux to fork")

EXAMINER = """
from coursekit.grading.examination import warm_forks
from tests.grading.hand_made_plans import examined

print(warm_forks.warm_forks().pid, flush=True)
examined("import os, time; os.system('sleep 100 &'); time.sleep(100)", cell_seconds=100)
"""


def test_a_process_started_anew_gives_the_same():
    plan = plan_of(TRIM, "print('out')", CHECK_TRIM, "import os\nos._exit(1)", CHECK_TRIM)

    forked, fresh = (examine(plan, settings=settings(fresh=fresh)) for fresh in (False, True))

    assert outcomes(fresh) == outcomes(forked) == ["right", "right"]
    assert [cell.error for cell in fresh.cells] == [cell.error for cell in forked.cells]


def test_a_process_started_anew_is_stopped_when_it_hangs():
    result = examined(HANGING, STUBBORN, TRIM, CHECK_TRIM, cell_seconds=1, fresh=True)

    assert outcomes(result) == ["right"]
    assert [cell.error[:14] for cell in result.cells[:2]] == ["TimeLimitError"] * 2


def test_a_warm_parent_that_died_is_replaced():
    examined(TRIM, CHECK_TRIM)
    psutil.Process(warm_forks.warm_forks().pid).kill()

    assert outcomes(examined(TRIM, CHECK_TRIM)) == ["right"]


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    examined(TRIM)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    parent = psutil.Process(warm_forks.warm_forks().pid)
    own = psutil.Process()
    messy = (
        "import os, subprocess, sys\n"
        "os.makedirs('a/b'); open('a/b/c', 'w').close()\n"
        "for i in range(1500):\n    os.mkdir('deep'); os.chdir('deep')\n"
        "os.chdir(os.environ['HOME']); os.chmod('a/b', 0); os.chmod('a', 0)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'],"
        " start_new_session=True)"
    )

    def open_files():
        return parent.num_fds(), own.num_fds(), threading.active_count()

    before = open_files()
    for _ in range(3):
        assert examined(messy).cells[0].error == ""

    assert open_files() == before
    assert parent.children(recursive=True) == []
    assert list(tmp_path.iterdir()) == []


def test_the_teachers_environment_and_home_are_not_the_learners(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    warm_forks.stop_warm_forks()

    look = "import os\nos.environ.get('SECRET_TOKEN'), os.path.expanduser('~') == os.getcwd()"
    (cell,) = examined(look).cells

    assert shown(cell).strip() == "(None, True)"


@forked_only
def test_all_ends_with_the_examiner():
    examiner = subprocess.Popen(
        [sys.executable, "-c", EXAMINER], stdout=subprocess.PIPE, text=True, cwd=_root()
    )
    parent = psutil.Process(int(examiner.stdout.readline()))
    give_up = time.monotonic() + 20
    while len(parent.children(recursive=True)) < 2 and time.monotonic() < give_up:
        time.sleep(0.1)
    family = [parent, *parent.children(recursive=True)]

    os.kill(examiner.pid, signal.SIGKILL)

    _, alive = psutil.wait_procs(family, timeout=20)
    assert len(family) >= 3
    assert alive == []
    examiner.wait()
    examiner.stdout.close()


@forked_only
def test_a_warm_parent_that_cannot_be_is_done_without(monkeypatch):
    warm_forks.stop_warm_forks()
    monkeypatch.setattr(warm_forks, "_COMMAND", ("-c", "raise SystemExit(1)"))
    monkeypatch.setattr(warm_forks, "_failure", "")

    assert outcomes(examined(TRIM, CHECK_TRIM)) == ["right"]


def _root():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
