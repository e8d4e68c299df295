"""``init`` copies the course and never writes over what the learner changed."""

import json
import os
import shlex

import pytest

LESSON = "notebooks/14_optimizers.ipynb"


@pytest.fixture
def init(coursekit, course, tmp_path):
    """Copy the course into the folder ``mine``; give the state of each file."""

    def run(folder="mine"):
        result = coursekit("init", tmp_path / folder, "--source", course.root, "--json")
        assert result.exit_status == 0, result.err
        return {entry["file"]: entry["state"] for entry in result.json["files"]}

    return run


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "mine"


def test_the_first_copy_adds_lessons_and_exercises(init, course, mine):
    course.write("exercises/14_optimizers.ipynb", "x = 1")
    course.write("solutions/14_optimizers.ipynb", "secret = 1")
    course.write("notebooks/.hidden.ipynb", "x = 1")
    assert init() == {
        "notebooks/00_start_here.ipynb": "added",
        "notebooks/02_regression_losses.ipynb": "added",
        LESSON: "added",
        "exercises/14_optimizers.ipynb": "added",
    }
    assert (mine / LESSON).read_bytes() == (course.root / LESSON).read_bytes()
    assert not (mine / "solutions").exists()


def test_a_second_copy_changes_nothing(init, mine):
    init()
    before = {path: path.stat().st_mtime_ns for path in mine.rglob("*.ipynb")}
    assert set(init().values()) == {"unchanged"}
    assert {path: path.stat().st_mtime_ns for path in mine.rglob("*.ipynb")} == before


def test_a_new_lesson_is_added_and_an_untouched_one_updated(init, course, mine):
    init()
    course.write("notebooks/15_schedules.ipynb", "# New")
    course.write(LESSON, "# Better")
    states = init()
    assert states["notebooks/15_schedules.ipynb"] == "added"
    assert states[LESSON] == "updated"
    assert (mine / LESSON).read_bytes() == (course.root / LESSON).read_bytes()


def test_what_the_learner_changed_is_kept_and_the_new_version_put_beside(init, course, mine):
    init()
    (mine / LESSON).write_text("my own work")
    assert init()[LESSON] == "kept"
    assert not (mine / "notebooks/14_optimizers.new.ipynb").exists()  # nothing new to offer

    course.write(LESSON, "# Better")
    assert init()[LESSON] == "kept"
    assert (mine / LESSON).read_text() == "my own work"
    beside = mine / "notebooks/14_optimizers.new.ipynb"
    assert beside.read_bytes() == (course.root / LESSON).read_bytes()

    beside.write_text("my work too")
    course.write(LESSON, "# Better still")
    assert init()[LESSON] == "kept"
    assert beside.read_text() == "my work too"
    assert "Better still" in (mine / "notebooks/14_optimizers.new2.ipynb").read_text()


def test_the_new_version_is_said_in_words(init, coursekit, course, mine):
    init()
    (mine / LESSON).write_text("my own work")
    course.write(LESSON, "# Better")
    result = coursekit("init", mine, "--source", course.root)
    assert f"{LESSON}  kept  new version: notebooks/14_optimizers.new.ipynb" in result.out
    assert "1 kept, 2 unchanged" in result.out


def test_a_file_of_the_learners_with_a_lessons_name_is_kept(init, mine):
    (mine / "notebooks").mkdir(parents=True)
    (mine / LESSON).write_text("here before")
    assert init()[LESSON] == "kept"
    assert (mine / LESSON).read_text() == "here before"


def test_a_deleted_lesson_comes_back(init, mine):
    init()
    (mine / LESSON).unlink()
    assert init()[LESSON] == "added"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": 3}'])
def test_a_damaged_manifest_loses_nothing(init, course, mine, content):
    init()
    (mine / LESSON).write_text("my own work")
    (mine / ".coursekit.json").write_text(content)
    course.write(LESSON, "# Better")
    course.write("notebooks/00_start_here.ipynb", "# Better")
    states = init()
    assert (states[LESSON], states["notebooks/00_start_here.ipynb"]) == ("kept", "kept")
    assert (mine / LESSON).read_text() == "my own work"
    assert json.loads((mine / ".coursekit.json").read_text())["schema"] == 1


def test_an_interrupted_copy_is_finished_by_the_next(init, course, mine):
    init()
    (mine / ".coursekit.json").unlink()
    (mine / "notebooks/02_regression_losses.ipynb").unlink()
    assert init() == {
        "notebooks/00_start_here.ipynb": "unchanged",
        "notebooks/02_regression_losses.ipynb": "added",
        LESSON: "unchanged",
    }
    course.write(LESSON, "# Better")
    assert init()[LESSON] == "updated"


def test_a_link_of_the_learners_is_not_replaced(init, course, mine, tmp_path):
    init()
    elsewhere = tmp_path / "elsewhere.ipynb"
    (mine / LESSON).rename(elsewhere)
    (mine / LESSON).symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    course.write(LESSON, "# Better")
    assert init()[LESSON] == "kept"
    assert (mine / LESSON).is_symlink()
    assert elsewhere.read_bytes() == before


def test_a_folder_that_is_a_link_is_followed(init, mine, tmp_path):
    (tmp_path / "disk").mkdir()
    mine.symlink_to(tmp_path / "disk")
    assert set(init().values()) == {"added"}
    assert (tmp_path / "disk" / LESSON).is_file()


def test_a_link_out_of_the_folder_is_refused(coursekit, course, mine, tmp_path):
    (tmp_path / "outside").mkdir()
    mine.mkdir()
    (mine / "notebooks").symlink_to(tmp_path / "outside")
    result = coursekit("init", mine, "--source", course.root)
    assert result.exit_status == 1
    assert "is a link out of" in result.err
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_file_is_no_folder(coursekit, course, mine):
    mine.write_text("a file")
    result = coursekit("init", mine, "--source", course.root)
    assert (result.exit_status, result.out) == (2, "")
    assert "is a file, not a folder" in result.err
    assert mine.read_text() == "a file"


def test_the_course_is_not_copied_into_itself(coursekit, course):
    for folder in (course.root, course.root / "notebooks" / "mine"):
        result = coursekit("init", folder, "--source", course.root)
        assert result.exit_status == 2
        assert "is the course itself" in result.err
    assert not (course.root / ".coursekit.json").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_that_cannot_be_written_is_named(coursekit, course, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    result = coursekit("init", tmp_path / "locked" / "mine", "--source", course.root)
    assert result.exit_status == 1
    assert "locked" in result.err
    assert "Permission denied" in result.err


def test_a_manifest_that_cannot_be_written_is_told_in_words(coursekit, course, mine):
    (mine / ".coursekit.json").mkdir(parents=True)
    result = coursekit("init", mine, "--source", course.root)
    assert result.exit_status == 1
    assert f"{mine} cannot be written" in result.err
    assert "run the same command again" in result.err


@pytest.mark.skipif(os.name == "nt", reason="reads the line with a shell")
def test_the_next_step_can_be_pasted_whatever_the_folder_is_called(coursekit, course, tmp_path):
    folder = tmp_path / "mein Kürs"
    result = coursekit("init", folder, "--source", course.root)
    (line,) = [line for line in result.err.splitlines() if line.startswith("Next: ")]
    assert shlex.split(line.removeprefix("Next: "))[:2] == ["cd", str(folder)]
