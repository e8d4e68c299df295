import json
import os
import socket
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import psutil
import pytest

from coursekit.grading.records import Plan
from coursekit.grading.reports.journal import Journal, read_results
from coursekit.grading.reports.output_folder import OutputError
from tests.grading.results_samples import CELLS, check, result, unreadable

MADE_AT = datetime(2026, 1, 5, tzinfo=UTC)


def plan_of(found):
    return Plan(found.student, found.shown, found.lesson, (), fingerprint=found.fingerprint)


def graded(student="Ann", fingerprint="v1", **facts):
    return result(student, fingerprint=fingerprint, cells=CELLS, **facts)


def keep(output, *results, **circumstances):
    with Journal(output, **circumstances) as journal:
        for each in results:
            journal.add(each)


def test_a_result_is_on_disk_before_the_next_is_waited_for(tmp_path):
    with Journal(tmp_path) as journal:
        journal.add(graded())

        assert len(journal.path.read_text().splitlines()) == 1


def test_a_second_run_takes_up_what_has_not_changed(tmp_path):
    ann, bob = graded("Ann"), graded("Bob")
    keep(tmp_path, ann, bob)

    with Journal(tmp_path) as journal:
        assert journal.finished(plan_of(ann)) == ann
        assert journal.finished(plan_of(graded("Bob", "v2"))) is None
        assert list(journal) == [ann]


@pytest.mark.parametrize(
    "circumstances", [{"isolation": "none"}, {"settings": {"cell_seconds": 5}}]
)
def test_a_result_found_under_other_circumstances_is_not_used(tmp_path, circumstances):
    ann = graded()
    keep(tmp_path, ann, isolation="Landlock", settings={"cell_seconds": 30})

    same = {"isolation": "Landlock", "settings": {"cell_seconds": 30}}
    with Journal(tmp_path, **same) as journal:
        assert journal.finished(plan_of(ann)) == ann
    with Journal(tmp_path, **same | circumstances) as journal:
        assert journal.finished(plan_of(ann)) is None


def test_what_could_not_be_graded_is_tried_again(tmp_path):
    given_up = graded(status="unreadable", reason="the process died 3 times")
    keep(tmp_path, given_up)

    with Journal(tmp_path) as journal:
        assert journal.finished(plan_of(given_up)) is None


@pytest.mark.parametrize("n_bytes_left", [1, 40, 200])
def test_a_line_half_written_when_the_run_was_killed_is_dropped(tmp_path, n_bytes_left):
    ann, bob, eve = graded("Ann"), graded("Bob"), graded("Eve")
    keep(tmp_path, ann, bob)
    path = Journal(tmp_path).path
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    path.write_bytes(whole[: last + n_bytes_left])

    with Journal(tmp_path) as journal:
        assert journal.finished(plan_of(ann)) == ann
        assert journal.finished(plan_of(bob)) is None
        journal.add(eve)
    with Journal(tmp_path) as journal:
        assert journal.finished(plan_of(eve)) == eve
        assert journal.n_damaged == 0


def test_a_damaged_line_costs_only_what_it_held(tmp_path):
    ann, bob = graded("Ann"), graded("Bob")
    keep(tmp_path, ann, bob)
    path = Journal(tmp_path).path
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first[:50] + b"\x00\xff\n" + second)

    with Journal(tmp_path) as journal:
        assert journal.n_damaged == 1
        assert journal.finished(plan_of(ann)) is None
        assert journal.finished(plan_of(bob)) == bob


def test_results_json_holds_everything_in_the_order_of_the_files(tmp_path):
    results = [graded("Bob 10"), graded("Bob 9"), unreadable("Ann")]
    with Journal(tmp_path, isolation="Landlock", settings={"cell_seconds": 30}) as journal:
        for each in results:
            journal.add(each)
        path = journal.write_results(MADE_AT)
        first = path.read_bytes()
        assert journal.write_results(MADE_AT).read_bytes() == first

    document = json.loads(first)
    assert {k: v for k, v in document.items() if k not in ("submissions", "coursekit")} == {
        "schema": 1,
        "made_at": "2026-01-05T00:00:00+00:00",
        "isolation": "Landlock",
        "settings": {"cell_seconds": 30},
    }
    assert [each["student"] for each in document["submissions"]] == ["Ann", "Bob 9", "Bob 10"]
    assert read_results(tmp_path) == (results[2], results[1], results[0])


def test_a_class_without_submissions_gives_an_empty_list(tmp_path):
    with Journal(tmp_path) as journal:
        journal.write_results()

    assert read_results(tmp_path) == ()


def test_texts_that_no_file_can_hold_are_kept(tmp_path):
    odd = graded("a\ud800\x00\u202e", checks=[check(message="\udcff")])
    keep(tmp_path, odd)

    with Journal(tmp_path) as journal:
        assert journal.finished(plan_of(odd)) == odd


@pytest.mark.parametrize("content", ["", "[]", '{"schema": 2, "submissions": []}', "{"])
def test_another_file_is_refused_as_results(tmp_path, content):
    (tmp_path / "results.json").write_text(content)

    with pytest.raises(OutputError, match=r"results\.json cannot be read"):
        read_results(tmp_path)


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    with (
        Journal(tmp_path),
        pytest.raises(OutputError, match=f"process {os.getpid()} .* is grading into"),
        Journal(tmp_path),
    ):
        pass
    with Journal(tmp_path):
        pass


def test_the_lock_of_another_process_holds_until_it_dies(tmp_path):
    code = """
        import sys, time
        from pathlib import Path
        from coursekit.grading.reports.journal import Journal
        with Journal(Path(sys.argv[1])):
            print("in", flush=True)
            time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline().strip() == b"in"
        with pytest.raises(OutputError, match=str(other.pid)), Journal(tmp_path):
            pass
        other.kill()
    with Journal(tmp_path) as journal:
        journal.add(graded())


def test_a_lock_whose_number_another_process_has_by_now_is_stale(tmp_path):
    lock = tmp_path / ".grading" / "running.json"
    lock.parent.mkdir()
    started = psutil.Process().create_time() - 1000
    owner = {"pid": os.getpid(), "started": started, "host": socket.gethostname()}
    lock.write_text(json.dumps(owner))

    with Journal(tmp_path):
        pass


def test_the_lock_of_another_machine_is_respected(tmp_path):
    lock = tmp_path / ".grading" / "running.json"
    lock.parent.mkdir()
    lock.write_text(json.dumps({"pid": 1, "started": 0.0, "host": "elsewhere.example"}))

    with pytest.raises(OutputError, match=r"elsewhere.example.*delete .*running.json"):
        Journal(tmp_path).__enter__()


def test_a_lock_left_empty_by_a_kill_is_stale(tmp_path):
    lock = tmp_path / ".grading" / "running.json"
    lock.parent.mkdir()
    lock.touch()
    os.utime(lock, (0, 0))

    with Journal(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "grades").write_text("a file, not a folder")

    with pytest.raises(OutputError, match=r"grades.* cannot be written"):
        Journal(tmp_path / "grades").__enter__()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full device")
def test_a_full_disk_is_said_and_loses_nothing(tmp_path):
    ann, bob = graded("Ann"), graded("Bob")
    with Journal(tmp_path) as journal:
        journal.add(ann)
        usable = journal._file
        journal._file = open("/dev/full", "wb")  # noqa: SIM115
        with pytest.raises(OutputError, match=r"No space left.*make room"):
            journal.add(bob)
        journal._file = usable
    with Journal(tmp_path) as journal:
        assert journal.finished(plan_of(ann)) == ann
        assert journal.finished(plan_of(bob)) is None
