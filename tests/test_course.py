"""The course is found on disk, and each lesson by its number, its name or its path."""

import json

import pytest

from coursekit import course as module
from coursekit.course import CourseError, course_root, find_lesson, lessons, neighbours

FACTS = {
    "title": "Optimizers",
    "part": "Training",
    "questions": ["DL-25", "DL-26"],
    "minutes": 40,
    "seconds": 60,
}


def _write(root, name, facts=None, folder="notebooks", heading="# A heading"):
    path = root / folder / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"coursekit": facts} if facts is not None else {}
    cells = [{"cell_type": "markdown", "source": [heading, "\n", "text"], "metadata": {}}]
    path.write_text(json.dumps({"cells": cells, "metadata": metadata}), encoding="utf-8")
    return path


@pytest.fixture
def root(tmp_path, monkeypatch):
    for name in ("00_start_here", "02_regression_losses", "14_optimizers"):
        _write(tmp_path, name, FACTS if name == "14_optimizers" else None)
    monkeypatch.setenv("COURSEKIT_COURSE", str(tmp_path))
    return tmp_path


def test_a_lesson_tells_what_its_notebook_says(root):
    exercise = _write(root, "14_optimizers", folder="exercises")
    lesson = find_lesson(14)
    assert (lesson.number, lesson.name, lesson.title) == (14, "14_optimizers", "Optimizers")
    assert (lesson.part, lesson.questions) == ("Training", ("DL-25", "DL-26"))
    assert (lesson.minutes, lesson.seconds) == (40, 60)
    assert lesson.notebook == root / "notebooks" / "14_optimizers.ipynb"
    assert (lesson.exercise, lesson.solution) == (exercise, None)


def test_lessons_are_found_by_their_files_in_order(root):
    _write(root, "03_new")
    assert [lesson.number for lesson in lessons()] == [0, 2, 3, 14]


@pytest.mark.parametrize(
    "name", ["14_optimizers-Copy1", "14_optimizers.new", "Untitled", "notes_14", "3_short"]
)
def test_other_notebooks_are_no_lessons(root, name):
    _write(root, name)
    assert [lesson.number for lesson in lessons()] == [0, 2, 14]


def test_a_lesson_without_metadata_goes_by_its_heading(root):
    lesson = find_lesson(2)
    assert (lesson.title, lesson.questions, lesson.seconds) == ("A heading", (), 0)


@pytest.mark.parametrize(
    "key", [14, "14", " 14 ", "14_optimizers", "optimizers", "14_optimizers.ipynb"]
)
def test_a_lesson_is_found_by_number_or_name(root, key):
    assert find_lesson(key).name == "14_optimizers"


@pytest.mark.parametrize("folder", ["notebooks", "exercises"])
@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_a_lesson_is_found_by_the_path_of_its_notebooks(root, folder, kind):
    path = _write(root, "14_optimizers", FACTS, folder=folder)
    assert find_lesson(kind(path)).name == "14_optimizers"


def test_a_path_is_taken_from_its_own_course(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    path = _write(other, "14_optimizers", {**FACTS, "title": "Another"})
    assert find_lesson(path).title == "Another"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (15, ["'15'", "00_start_here, 02_regression_losses, 14_optimizers"]),
        ("optimisers", ["Did you mean 14_optimizers?"]),
        ("regression", ["Did you mean 02_regression_losses?"]),
        ("", ["''"]),
    ],
)
def test_an_unknown_lesson_lists_what_there_is(root, key, told):
    with pytest.raises(LookupError) as caught:
        find_lesson(key)
    for text in told:
        assert text in str(caught.value)


def test_neighbours_are_none_at_the_ends(root):
    first, middle, last = lessons()
    assert neighbours(first) == (None, middle)
    assert neighbours(middle) == (first, last)
    assert neighbours(last) == (middle, None)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"cells": 3, "metadata": {}}', '{"cells": []}']
)
def test_a_damaged_notebook_is_named(root, content):
    (root / "notebooks" / "02_regression_losses.ipynb").write_text(content)
    with pytest.raises(CourseError, match=r"02_regression_losses\.ipynb is damaged"):
        lessons()
    assert find_lesson(14).number == 14


def test_metadata_of_a_wrong_type_is_named(root):
    _write(root, "14_optimizers", {**FACTS, "minutes": "forty"})
    with pytest.raises(CourseError, match=r"14_optimizers\.ipynb.*coursekit\.minutes.*'forty'"):
        lessons()


def test_two_lessons_with_one_number_are_named(root):
    _write(root, "14_momentum")
    with pytest.raises(CourseError, match=r"14_momentum\.ipynb and 14_optimizers\.ipynb"):
        lessons()


def test_the_environment_comes_first(root, tmp_path_factory, monkeypatch):
    other = tmp_path_factory.mktemp("other")
    _write(other, "00_start_here")
    monkeypatch.chdir(other)
    assert course_root() == root
    monkeypatch.delenv("COURSEKIT_COURSE")
    assert course_root() == other


def test_a_wrong_environment_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSEKIT_COURSE", str(tmp_path / "nowhere"))
    with pytest.raises(CourseError, match=r"COURSEKIT_COURSE.*nowhere"):
        course_root()


def test_a_folder_inside_the_course_will_do(root, monkeypatch):
    monkeypatch.delenv("COURSEKIT_COURSE")
    monkeypatch.chdir(root / "notebooks")
    assert course_root() == root


def test_elsewhere_the_packages_own_copy_is_used(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSEKIT_COURSE", raising=False)
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "site-packages" / "coursekit"
    monkeypatch.setattr(module, "_PACKAGE", package)
    with pytest.raises(CourseError, match="no lessons found"):
        course_root()
    _write(package / "_course", "00_start_here")
    assert course_root() == package / "_course"
    _write(package.parent, "00_start_here")
    assert course_root() == package.parent
