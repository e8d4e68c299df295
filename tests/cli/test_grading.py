"""`coursekit grade`: a class in, a gradebook, feedback and a page of the class out."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.grading.submissions import code, notebook, solutions, solved, write

WRONG = "def gradient_descent_path(learning_rate, curvature, start, n_steps):\n"
WRONG += "    return start * (1 - learning_rate) ** np.arange(n_steps + 1)\n"
SLOW = [code("import time; time.sleep(1.5)")]


def grade(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "coursekit", "grade", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def gradebook(folder):
    with open(folder / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def results(folder):
    document = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return {each["student"]: each for each in document["submissions"]}


def hand_in(folder):
    """Write a small class: right, one mistake, nothing done, damaged."""
    answers = solutions("14_optimizers")
    write(solved(), folder / "ana" / "14_optimizers.ipynb")
    one_mistake = {**answers, "14_gradient_descent_path": WRONG}
    write(notebook(answers=one_mistake), folder / "ben" / "14_optimizers.ipynb")
    write(notebook(), folder / "cleo" / "14_optimizers.ipynb")
    (folder / "dan").mkdir()
    (folder / "dan" / "14_optimizers.ipynb").write_text("{", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    found = grade(hand_in(folder / "submissions"), "--output", folder / "grades", "--jobs", 2)
    assert found.returncode == 0, found.stderr
    return folder, found


@pytest.fixture
def copied(graded, tmp_path):
    shutil.copytree(graded[0], tmp_path / "class")
    return tmp_path / "class" / "submissions", tmp_path / "class" / "grades"


def test_each_learner_has_a_row(graded):
    rows = gradebook(graded[0] / "grades")

    assert {name: row["final"] for name, row in rows.items()} == {
        "ana": "11",
        "ben": "9",
        "cleo": "0",
        "dan": "",
    }
    assert "not valid JSON" in rows["dan"]["notes"]


def test_the_mistake_is_named_to_the_learner_and_to_the_teacher(graded):
    grades = graded[0] / "grades"
    (check, *_) = results(grades)["ben"]["checks"]

    assert (check["exercise"], check["mistake"]) == ("14_gradient_descent_path", "no-curvature")
    for page in (grades / "feedback" / "ben" / "14_optimizers.html", grades / "class.html"):
        assert "no-curvature" in page.read_text(encoding="utf-8")
    assert "ben" not in (grades / "feedback" / "ana" / "14_optimizers.html").read_text()


def test_what_is_enforced_is_said_first_and_stored_with_each_result(graded):
    folder, found = graded
    line = found.stderr.splitlines()[0]

    assert line.startswith("Isolation: ")
    stored = {each["isolation"] for each in results(folder / "grades").values() if each["checks"]}
    assert stored == {line}


def test_a_second_run_grades_only_what_changed(copied):
    submissions, grades = copied
    write(solved(), submissions / "cleo" / "14_optimizers.ipynb")
    before = results(grades)

    found = grade(submissions, "--output", grades, "--jobs", 1)

    assert "2 graded before and unchanged; 1 to grade" in found.stderr
    after = results(grades)
    assert gradebook(grades)["cleo"]["final"] == "11"
    assert after["ana"] == before["ana"]


def test_decisions_by_hand_are_kept_and_counted(copied):
    submissions, grades = copied
    decision = "student,exercise,points,comment\nben,14_gradient_descent_path,1,half right\n"
    (grades / "adjustments.csv").write_text(decision, encoding="utf-8")

    found = grade(submissions, "--output", grades, "--format", "canvas")

    assert found.returncode == 0, found.stderr
    assert (grades / "adjustments.csv").read_text(encoding="utf-8") == decision
    assert gradebook(grades)["ben"]["final"] == "10"
    assert "half right" in (grades / "feedback" / "ben" / "14_optimizers.html").read_text()


def test_a_slip_in_the_decisions_is_told_before_anything_is_graded(copied):
    submissions, grades = copied
    (grades / "adjustments.csv").write_text("student,exercise,points\nben,14_plateau,lots\n")

    found = grade(submissions, "--output", grades)

    assert found.returncode == 1
    assert "line 2: points are 'lots', which is no number" in found.stderr


def test_one_json_document(copied):
    found = grade(copied[0], "--output", copied[1], "--json")

    document = json.loads(found.stdout)
    earned = {each["student"]: each["earned"] for each in document["submissions"]}
    assert earned == {"ana": 11, "ben": 9, "cleo": 0, "dan": 0}


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(tmp_path):
    submissions, grades = tmp_path / "submissions", tmp_path / "grades"
    for name in ("ana", "ben", "cleo", "dora"):
        submission = solved()
        submission["cells"] += SLOW
        write(submission, submissions / name / "14_optimizers.ipynb")
    command = [sys.executable, "-m", "coursekit", "grade", submissions, "-o", grades, "--jobs", "1"]
    journal = grades / ".grading" / "results.jsonl"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 200
        while not (journal.is_file() and journal.read_bytes().count(b"\n")):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        started = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
    assert started
    assert psutil.wait_procs(started, timeout=20)[1] == [], "nothing outlives it"

    found = grade(submissions, "--output", grades, "--jobs", 1)

    n_before = int(found.stderr.split(" graded before")[0].split()[-1])
    assert 1 <= n_before < 4
    assert {row["final"] for row in gradebook(grades).values()} == {"11"}


@pytest.mark.slow
def test_nbval_gives_the_same_verdicts(graded, tmp_path):
    folder, _ = graded

    found = grade(folder / "submissions", "--output", tmp_path, "--engine", "nbval", "--jobs", 2)

    assert found.returncode == 0, found.stderr
    assert "under nbval a submission runs as you" in found.stderr
    names = ("exercise", "outcome", "earned", "points", "mistake", "misunderstanding", "message")
    verdicts = [
        {
            student: [tuple(check[name] for name in names) for check in each["checks"]]
            for student, each in results(place).items()
        }
        for place in (folder / "grades", tmp_path)
    ]
    assert verdicts[0] == verdicts[1]
    assert len(verdicts[0]["ana"]) == 4


def test_less_isolation_than_required_is_refused(tmp_path):
    found = grade(
        hand_in(tmp_path / "submissions"),
        *("--output", tmp_path / "grades", "--require-isolation", "full"),
        COURSEKIT_ISOLATION="limits",
    )

    assert found.returncode == 1
    assert "'full' is required, and this machine offers 'limits'" in found.stderr
    assert not (tmp_path / "grades").exists()


def test_a_folder_that_is_not_there_or_empty_is_told(tmp_path):
    (tmp_path / "empty").mkdir()

    missing = grade(tmp_path / "nowhere", "--output", tmp_path / "grades")
    empty = grade(tmp_path / "empty", "--output", tmp_path / "grades")

    assert missing.returncode
    assert "nowhere" in missing.stderr
    assert empty.returncode == 2
    assert "there are no submissions in" in empty.stderr
    assert "Traceback" not in missing.stderr + empty.stderr


def test_an_output_that_cannot_be_is_told_with_what_to_do(tmp_path):
    submissions = hand_in(tmp_path / "submissions")
    (tmp_path / "file").touch()

    around = grade(submissions, "--output", tmp_path)
    no_folder = grade(submissions, "--output", tmp_path / "file")

    assert around.returncode
    assert "choose another folder" in around.stderr
    assert no_folder.returncode
    assert "is no folder: choose another one with --output" in no_folder.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C is no signal of one process")
def test_a_stopped_run_says_that_nothing_is_lost_and_how_to_go_on(tmp_path):
    submission = solved()
    submission["cells"] += [code("import time; time.sleep(60)")]
    write(submission, tmp_path / "submissions" / "ana" / "14_optimizers.ipynb")
    write({}, tmp_path / "submissions" / "ben" / "14_optimizers.ipynb")
    command = [sys.executable, "-m", "coursekit", "grade", "submissions", "--jobs", "1"]
    journal = tmp_path / "grades" / ".grading" / "results.jsonl"
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 200
        while not (journal.is_file() and journal.read_bytes().count(b"\n")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=100)[1]

    assert process.returncode == 130
    assert "run the same command again to go on" in told
    assert "Traceback" not in told


def test_a_cluster_that_does_not_answer_is_told(tmp_path):
    pytest.importorskip("distributed")

    found = grade(
        hand_in(tmp_path / "submissions"),
        *("--output", tmp_path / "grades", "--cluster", "tcp://127.0.0.1:9"),
    )

    assert found.returncode == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in found.stderr


@pytest.mark.slow
def test_a_cluster_gives_the_same_grades(graded, tmp_path):
    distributed = pytest.importorskip("distributed")
    folder, _ = graded

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        address = cluster.scheduler_address
        found = grade(folder / "submissions", "--output", tmp_path, "--cluster", address)

    assert found.returncode == 0, found.stderr
    assert gradebook(tmp_path) == gradebook(folder / "grades")
    told = [
        {each["isolation"] for each in results(place).values() if each["checks"]}
        for place in (folder / "grades", tmp_path)
    ]
    assert told[0] == told[1]
