"""A class is examined by many processes; one that dies takes no submission with it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from coursekit.grading import distributing
from coursekit.grading.distributing import (
    MOST_TRIES,
    ClusterError,
    examine_here,
    examine_on_cluster,
)
from coursekit.grading.records import Plan, SubmissionResult

PLANS = [Plan(f"student {number}", f"s{number}.ipynb", "14_optimizers", ()) for number in range(8)]


def examiner(folder, *, deadly=(), deaths=0, seconds=0.0, together=1):
    """Give an examiner that notes its process, and dies of some submissions some times.

    It waits for as many processes as are to work ``together``.
    """

    def examine(plan):  # a closure: other processes get it by value
        notes = folder / plan.shown
        with notes.open("a") as file:
            file.write(f"{os.getpid()}\n")
        end = time.monotonic() + 60
        while len(processes(folder)) < together and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(seconds)
        if plan.student in deadly and len(notes.read_text().split()) <= deaths:
            os.kill(os.getpid(), signal.SIGKILL)
        return SubmissionResult(plan.student, plan.shown, plan.lesson)

    return examine


def processes(folder):
    return {int(pid) for path in folder.iterdir() for pid in path.read_text().split()}


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_submission_is_examined_once(tmp_path, n_jobs):
    examine = examiner(tmp_path, together=n_jobs)

    results = list(examine_here(PLANS, examine, n_jobs=n_jobs))

    assert sorted(result.student for result in results) == [plan.student for plan in PLANS]
    assert {result.status for result in results} == {"graded"}
    assert len(processes(tmp_path)) == n_jobs


def test_results_come_as_they_are_done(tmp_path):
    results = examine_here(PLANS, examiner(tmp_path, seconds=0.2), n_jobs=2)

    next(results)

    assert len(list(tmp_path.iterdir())) < len(PLANS)
    assert len(list(results)) == len(PLANS) - 1


def test_an_examiner_that_dies_once_costs_nothing(tmp_path):
    examine = examiner(tmp_path, deadly=["student 3"], deaths=1)

    results = list(examine_here(PLANS, examine, n_jobs=2))

    assert len(results) == len(PLANS)
    assert {result.status for result in results} == {"graded"}


def test_a_submission_that_always_kills_its_examiner_is_given_to_a_person(tmp_path):
    examine = examiner(tmp_path, deadly=["student 3"], deaths=1000)

    results = {result.student: result for result in examine_here(PLANS, examine, n_jobs=2)}

    assert len(results) == len(PLANS)
    (lost,) = [result for result in results.values() if result.status != "graded"]
    assert lost.student == "student 3"
    assert f"died {MOST_TRIES} times" in lost.reason


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(distributing, "_SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        list(examine_on_cluster(PLANS, print, address="tcp://127.0.0.1:9"))


def test_a_cluster_without_workers_is_told():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as empty,
        pytest.raises(ClusterError, match="has no worker: start `dask worker tcp://127"),
    ):
        list(examine_on_cluster(PLANS, print, address=empty.scheduler_address))


def test_without_dask_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'coursekit\[cluster\]'"):
        list(examine_on_cluster(PLANS, print, address="tcp://127.0.0.1:9"))


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster
        # Dask cannot end a worker that it is just starting again after it was killed.
        with distributed.Client(cluster) as client:
            client.wait_for_workers(2, timeout=60)


def kill_at_work(pid, folder):
    """Kill a worker as soon as it has begun a submission."""
    end = time.monotonic() + 60
    while pid not in processes(folder) and time.monotonic() < end:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_cluster_examines_and_outlives_a_worker(cluster, tmp_path):
    pids = [worker.pid for worker in cluster.workers.values()]
    examine = examiner(tmp_path, seconds=0.5)
    killer = threading.Thread(target=kill_at_work, args=(pids[0], tmp_path))
    killer.start()

    results = list(examine_on_cluster(PLANS, examine, address=cluster.scheduler_address))

    killer.join()
    assert sorted(result.student for result in results) == [plan.student for plan in PLANS]
    assert {result.status for result in results} == {"graded"}
    assert pids[0] in processes(tmp_path), "the killed worker was at work"
    tried = sum(len(path.read_text().split()) for path in tmp_path.iterdir())
    assert tried > len(PLANS), "what it was at ran again elsewhere"


@pytest.mark.slow
def test_a_submission_that_kills_every_worker_is_given_to_a_person(cluster, tmp_path):
    examine = examiner(tmp_path, deadly=["student 1"], deaths=1000)

    results = list(examine_on_cluster(PLANS[:3], examine, address=cluster.scheduler_address))

    lost = [result.student for result in results if result.status != "graded"]
    assert (len(results), lost) == (3, ["student 1"])


def test_a_check_that_never_ends_ends_its_process():
    script = """
import time
from coursekit.grading import distributing
from coursekit.grading.examination import examining
from coursekit.grading.records import Plan

distributing._SECONDS_TO_CHECK = 0.5
examining.examine = lambda *_, **__: sum(iter(int, 1))
examiner = distributing.Examiner(examining.Settings(total_seconds=0.5))
examiner(Plan("ana", "ana.ipynb", "14_optimizers", ()))
"""
    begun = time.monotonic()

    found = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)

    assert found.returncode == 1
    assert b"Traceback" not in found.stderr, "it was ended, and did not fail"
    assert time.monotonic() - begun < 30
