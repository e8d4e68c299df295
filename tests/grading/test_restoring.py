"""The checks of a plan are those of the course, whatever a submission does to its own."""

import copy
import dataclasses
import json
import zipfile

import pytest

from coursekit.course import find_lesson, shipped_course
from coursekit.grading.records import Submission
from coursekit.grading.submissions.finding import find_submissions
from coursekit.grading.submissions.reading import UnreadableError
from coursekit.grading.submissions.references import BrokenExerciseError, find_reference, references
from coursekit.grading.submissions.restoring import note_duplicates, plan
from tests.grading.submissions import cell_of, code, notebook, place_of, solutions, solved, write

PLATEAU, ADAM = "14_plateau", "14_adam_step"
EXERCISES = ["14_gradient_descent_path", "14_warmup_cosine", PLATEAU, ADAM]
KNOWN = references(shipped_course())


@pytest.fixture
def plan_of(tmp_path):
    def make(submission, name="14_optimizers.ipynb", known=KNOWN):
        path = write(submission, tmp_path / name)
        return plan(Submission("ana", path, None, name), known)

    return make


def order(found):
    """Give the steps in short: a number for the learner's cell, an id for a check."""
    return [step.exercise if step.kind == "check" else step.cell for step in found.steps]


def checks(found):
    return [step for step in found.steps if step.kind == "check"]


def only_note(found):
    (note,) = found.notes
    return note


def test_an_honest_submission_runs_as_it_is(plan_of):
    submission = solved()

    found = plan_of(submission)

    assert found.lesson == "14_optimizers"
    assert found.notes == ()
    assert order(found) == [2, 4, EXERCISES[0], 7, EXERCISES[1], 10, PLATEAU, 13, ADAM]
    for step in found.steps:
        if step.kind == "student":
            assert step.source == "".join(submission["cells"][step.cell - 1]["source"])
    last = found.steps[-1]
    assert (last.cell, last.grade_id, last.answer, last.points) == (14, ADAM, "adam_step", 3.0)
    assert last.source == ""


@pytest.mark.parametrize("lesson", KNOWN)
def test_every_exercise_of_the_course_can_be_planned(plan_of, lesson):
    found = plan_of(solved(lesson), "renamed.ipynb")

    assert found.lesson == lesson
    assert found.notes == ()
    assert [step.exercise for step in checks(found)] == [c.exercise for c in KNOWN[lesson].checks]
    assert sum(step.points for step in checks(found)) > 0


def test_a_missing_check_is_put_back_after_its_answer(plan_of):
    submission = solved()
    submission["cells"].remove(cell_of(submission, PLATEAU))

    found = plan_of(submission)

    assert order(found) == [2, 4, EXERCISES[0], 7, EXERCISES[1], 10, PLATEAU, 12, ADAM]
    assert checks(found)[2].cell is None
    assert only_note(found) == f"The check of {PLATEAU} was missing: it was put back after cell 10."


def test_a_check_whose_answer_moved_is_put_back_after_the_cell_that_defines_it(plan_of):
    submission = solved(answers={PLATEAU: "# see below"})
    submission["cells"].remove(cell_of(submission, PLATEAU))
    submission["cells"].append(code(solutions()[PLATEAU]))
    submission["cells"].append(code("1 + 1"))

    assert order(plan_of(submission))[-3:] == [14, PLATEAU, 15]


def test_checks_without_answers_come_at_the_end_in_order(plan_of):
    submission = notebook()
    submission["cells"] = [c for c in submission["cells"] if not c["metadata"]] + [code("x = 1")]

    found = plan_of(submission)

    assert order(found) == [2, 7, *EXERCISES]
    assert [step.cell for step in checks(found)] == [None] * 4
    assert len(found.notes) == 4


def test_an_empty_notebook_is_not_attempted_but_planned(plan_of):
    found = plan_of(notebook() | {"cells": []})

    assert order(found) == EXERCISES


EDITS = {
    "removed": "pass",
    "softened": f'try:\n    check("{ADAM}", adam_step)\nexcept Exception:\n    pass',
    "another function": f'check("{ADAM}", torch_adam)',
    "another exercise": f'check("{PLATEAU}", plateau)',
    "commented out": f'# check("{ADAM}", adam_step)',
    "an answer written into it": f'def adam_step(): ...\ncheck("{ADAM}", adam_step)',
    "a syntax error": "check(",
    "nesting": "(" * 5000,
    "megabytes": "check()\n" * 200_000,
}


@pytest.mark.parametrize("source", EDITS.values(), ids=EDITS)
def test_an_edited_check_is_replaced(plan_of, source):
    submission = solved()
    cell_of(submission, ADAM)["source"] = source

    found = plan_of(submission)

    assert order(found) == order(plan_of(solved()))
    assert found.steps[-1] == plan_of(solved()).steps[-1]
    assert only_note(found).startswith(f"Cell 14, the check of {ADAM}, was changed")


@pytest.mark.parametrize(
    "source",
    [
        f"\n  check( '{ADAM}' ,\n  adam_step )\n\n",
        f'check("{ADAM}", adam_step)  # right at last',
        [f'check("{ADAM}", ', "adam_step)"],
    ],
)
def test_spaces_quotes_and_comments_are_no_edit(plan_of, source):
    submission = solved()
    cell_of(submission, ADAM)["source"] = source

    assert plan_of(submission).notes == ()


@pytest.mark.parametrize(
    "marker", ["# NBVAL_SKIP", "#nbval_raises_exception", "%%capture", "%%script false", "%%time"]
)
def test_a_marker_in_a_check_is_replaced(plan_of, marker):
    submission = solved()
    cell_of(submission, ADAM)["source"] = f'{marker}\ncheck("{ADAM}", adam_step)'

    found = plan_of(submission)

    assert order(found) == order(plan_of(solved()))
    assert f"was marked with {marker.split()[0]}" in only_note(found)


@pytest.mark.parametrize(
    "tag", ["skip-execution", "raises-exception", "nbval-skip", "NBVAL-raises-exception"]
)
def test_a_tag_on_a_check_changes_nothing(plan_of, tag):
    submission = solved()
    cell_of(submission, ADAM)["metadata"]["tags"] = ["mine", tag]

    found = plan_of(submission)

    assert found.steps == plan_of(solved()).steps
    assert f"was tagged {tag}" in only_note(found)


def test_a_tag_of_ones_own_is_not_noted(plan_of):
    submission = solved()
    cell_of(submission, ADAM)["metadata"]["tags"] = ["important", "hide-output"]

    assert plan_of(submission).notes == ()


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_check_turned_into_text_is_made_where_it_stands(plan_of, kind):
    submission = solved()
    cell_of(submission, PLATEAU)["cell_type"] = kind

    found = plan_of(submission)

    assert found.steps == plan_of(solved()).steps
    assert f"was turned into {kind} text" in only_note(found)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_turned_into_text_is_noted_and_not_run(plan_of, kind):
    submission = solved()
    cell_of(submission, f"{PLATEAU}-answer")["cell_type"] = kind

    found = plan_of(submission)

    assert order(found) == [2, 4, EXERCISES[0], 7, EXERCISES[1], PLATEAU, 13, ADAM]
    assert f"Cell 10, the answer {PLATEAU}, was turned into {kind} text" in only_note(found)


def test_a_repeated_check_is_made_once_where_it_stands_first(plan_of):
    submission = solved()
    submission["cells"].append(copy.deepcopy(cell_of(submission, PLATEAU)))
    submission["cells"].append(cell_of(submission, PLATEAU) | {"source": "plateau = cheat"})

    found = plan_of(submission)

    assert order(found) == order(plan_of(solved()))
    assert found.notes == (
        f"Cell 15 repeats the check of {PLATEAU}: it is made once, at cell 11.",
        f"Cell 16 repeats the check of {PLATEAU} with other code: it was not run, "
        "and the check is made at cell 11.",
    )


def test_a_copy_of_a_check_without_its_mark_does_not_count_before_the_marked_one(plan_of):
    submission = solved()
    submission["cells"].insert(2, code(f'check("{ADAM}", adam_step)'))

    found = plan_of(submission)

    assert order(found) == [2, 5, EXERCISES[0], 8, EXERCISES[1], 11, PLATEAU, 14, ADAM]
    assert "Cell 3 repeats" in only_note(found)


def test_a_check_that_lost_its_mark_is_recognised_by_its_code(plan_of):
    submission = solved()
    for cell in submission["cells"]:
        cell["metadata"] = {}

    found = plan_of(submission, "work.ipynb")

    assert found.steps == plan_of(solved()).steps
    assert "recognised by their code" in only_note(found)


def test_cells_of_the_learners_own_run_in_their_order(plan_of):
    submission = solved()
    submission["cells"].insert(0, code("import math"))
    submission["cells"].insert(place_of(submission, PLATEAU), code("%matplotlib inline\nx = 1"))
    submission["cells"].append(code("   \n"))

    found = plan_of(submission)

    assert order(found) == [1, 3, 5, EXERCISES[0], 8, EXERCISES[1], 11, 12, PLATEAU, 15, ADAM]
    assert found.notes == ()


@pytest.mark.parametrize(
    "cell",
    [
        code("x = 1", tags=["skip-execution"]),
        code("# NBVAL_SKIP\nx = 1"),
        code("x", ["nbval-skip"]),
    ],
)
def test_a_cell_of_ones_own_that_asks_to_be_skipped_is_run_and_noted(plan_of, cell):
    submission = solved()
    submission["cells"].insert(2, cell)

    found = plan_of(submission)

    assert order(found)[:2] == [2, 3]
    assert only_note(found).startswith("Cell 3 asks to be skipped")


def test_a_cell_that_takes_a_checks_mark_is_not_run(plan_of):
    submission = solved()
    thief = code("import os; os._exit(0)", nbgrader={"grade_id": ADAM, "grade": True})
    submission["cells"].insert(0, thief)

    found = plan_of(submission)

    assert "os._exit" not in "".join(step.source for step in found.steps)
    assert [step.cell for step in checks(found) if step.exercise == ADAM] == [1]
    assert any("was changed" in note for note in found.notes)


def test_points_and_answers_never_come_from_the_submission(plan_of):
    submission = solved()
    cell_of(submission, ADAM)["metadata"]["nbgrader"] |= {"points": 1000, "grade": False}

    assert plan_of(submission).steps == plan_of(solved()).steps


# Which lesson it is


@pytest.mark.parametrize("name", ["work.ipynb", "08_l1_l2.ipynb", "a b.ipynb"])
def test_the_cells_tell_the_lesson_whatever_the_file_is_called(plan_of, name):
    assert plan_of(solved(), name).lesson == "14_optimizers"


def test_metadata_tells_the_lesson_first(plan_of):
    submission = notebook() | {"cells": []}
    submission["metadata"] = {"coursekit": {"lesson": "08_l1_l2"}}

    assert plan_of(submission).lesson == "08_l1_l2"


def test_calls_of_check_or_the_file_or_functions_tell_the_lesson(plan_of):
    submission = notebook() | {"cells": [code("if True:\n    check('08_ridge', ridge)")]}
    assert plan_of(submission).lesson == "08_l1_l2"

    submission["cells"] = [code("def adam_step(): ...")]
    assert plan_of(submission, "ana_08_l1_l2.ipynb").lesson == "08_l1_l2"
    assert plan_of(submission, "work.ipynb").lesson == "14_optimizers"


def test_two_lessons_in_one_notebook_are_noted(plan_of):
    submission = solved()
    submission["cells"] += solved("08_l1_l2")["cells"][:5]

    found = plan_of(submission, "work.ipynb")

    assert found.lesson == "14_optimizers"
    assert "also holds cells of 08_l1_l2" in found.notes[0]


def test_where_nothing_tells_the_lesson_the_reason_lists_them(plan_of):
    with pytest.raises(UnreadableError, match="14_optimizers"):
        plan_of(notebook() | {"cells": [code("1")]}, "work.ipynb")


def test_the_lesson_itself_instead_of_its_exercises_is_noted(plan_of):
    lesson = json.loads(find_lesson(14).notebook.read_text(encoding="utf-8"))

    assert any("looks like the lesson" in note for note in plan_of(lesson).notes)


# Answers in words


@pytest.fixture
def words(tmp_path):
    """Make a course whose exercise asks for words, and its references."""

    def text(source, **mark):
        marks = {"grade_id": "why", "points": 2, "grade": True, "solution": True} | mark
        facts = {"nbgrader": marks, "coursekit": {"question": "DL-25"}}
        return {"cell_type": "markdown", "metadata": facts, "source": source}

    exercise = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    exercise["cells"] = [
        text("YOUR ANSWER HERE"),
        text("Compare both.", grade_id="task", task=True, grade=False, solution=False),
        {"cell_type": "markdown", "metadata": {}, "source": "The end."},
    ]
    write(exercise, tmp_path / "course/exercises/14_optimizers.ipynb")
    write(exercise | {"cells": []}, tmp_path / "course/notebooks/14_optimizers.ipynb")
    return exercise, references(tmp_path / "course")


def test_answers_in_words_are_collected(plan_of, words):
    submission, known = copy.deepcopy(words[0]), words[1]
    submission["cells"][0]["source"] = "Because it adapts."
    own = [{"cell_type": "markdown", "metadata": {}, "source": "Mine."}, code("1 + 1")]
    submission["cells"][2:2] = own

    found = plan_of(submission, known=known)

    why, task = found.free_texts
    assert (why.text, why.points, why.question, why.cell) == ("Because it adapts.", 2, "DL-25", 1)
    assert (task.text, task.cell) == ("Mine.\n\n1 + 1", 2)
    assert order(found) == [4]


def test_words_that_are_not_there_are_empty(plan_of, words):
    found = plan_of(words[0], known=words[1])
    assert [each.text for each in found.free_texts] == ["", ""]

    missing = words[0] | {"cells": words[0]["cells"][1:]}
    found = plan_of(missing, known=words[1])
    assert (found.free_texts[0].text, found.free_texts[0].cell) == ("", None)
    assert "is missing" in only_note(found)


def test_words_written_twice_are_both_shown(plan_of, words):
    submission = copy.deepcopy(words[0])
    submission["cells"].append(submission["cells"][0] | {"source": "Again."})
    submission["cells"][0] = submission["cells"][0] | {"source": "First."}

    assert plan_of(submission, known=words[1]).free_texts[0].text == "First.\n\nAgain."


# References


def course_with(tmp_path, source, **mark):
    marks = {"grade_id": "14_x", "points": 2, "grade": True, "solution": False} | mark
    exercise = {"metadata": {}, "cells": [code(source, nbgrader=marks)]}
    write(exercise, tmp_path / "exercises/14_optimizers.ipynb")
    write({"metadata": {}, "cells": []}, tmp_path / "notebooks/14_optimizers.ipynb")
    return tmp_path


@pytest.mark.parametrize(
    "source",
    ["", "1 +", "assert f() == 1", 'check("a", f)\ncheck("b", g)', "check(a, f)", 'check("a")'],
)
def test_a_reference_that_is_not_one_call_is_an_error_that_names_the_cell(tmp_path, source):
    with pytest.raises(BrokenExerciseError, match=r"14_optimizers.*14_x must be one call"):
        references(course_with(tmp_path, source))


def test_a_reference_without_points_is_an_error(tmp_path):
    with pytest.raises(BrokenExerciseError, match="14_x states no points"):
        references(course_with(tmp_path, 'check("14_x", f)', points=None))


def test_a_damaged_reference_is_an_error(tmp_path):
    path = course_with(tmp_path, "") / "exercises" / "14_optimizers.ipynb"
    path.write_text("{}")

    with pytest.raises(BrokenExerciseError, match="damaged"):
        references(tmp_path)


def test_what_is_checked_may_be_any_expression(tmp_path):
    source = '# the check\ncoursekit.check("14_x", Model().fit)'

    (check,) = references(course_with(tmp_path, source))["14_optimizers"].checks

    assert (check.exercise, check.answer, check.points) == ("14_x", "Model().fit", 2.0)


def test_a_lesson_without_exercise_falls_back_on_its_solution():
    lesson = find_lesson(14)

    solution = find_reference(dataclasses.replace(lesson, exercise=None))

    assert solution.checks == find_reference(lesson).checks
    with pytest.raises(BrokenExerciseError, match="no exercises"):
        find_reference(dataclasses.replace(lesson, exercise=None, solution=None))


# Regrading


def test_the_fingerprint_is_that_of_what_runs(plan_of, tmp_path):
    submission = solved()
    first = plan_of(submission).fingerprint
    submission["cells"][3]["outputs"] = [{"output_type": "stream", "text": "1"}]
    submission["cells"][3]["execution_count"] = 9
    submission["cells"][0]["source"] = "# Other words"

    assert plan_of(submission).fingerprint == first
    assert plan_of(submission, "renamed.ipynb").fingerprint == first
    assert len(first) == 64

    cell_of(submission, f"{ADAM}-answer")["source"] += "\n"
    assert plan_of(submission).fingerprint != first


def test_the_fingerprint_changes_with_the_reference(plan_of):
    reference = dataclasses.replace(KNOWN["14_optimizers"], digest="other")

    found = plan_of(solved(), known={"14_optimizers": reference})

    assert found.fingerprint != plan_of(solved()).fingerprint


def test_the_reference_changes_with_the_code_that_checks(tmp_path, monkeypatch):
    from coursekit import checks as checks_package
    from coursekit.grading.submissions import references as module

    (tmp_path / "lesson_14_optimizers.py").write_text("1")
    monkeypatch.setattr(checks_package, "__file__", str(tmp_path / "__init__.py"))
    digests = set()
    for content in ("1", "2"):
        (tmp_path / "lesson_14_optimizers.py").write_text(content)
        module._read.cache_clear()
        digests.add(find_reference(14).digest)
    module._read.cache_clear()

    assert len(digests) == 2


# A class


def test_a_whole_class_is_planned_from_an_archive(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ana/x.ipynb", json.dumps(solved()))
        archive.writestr("ben/x.ipynb", "damaged")
        archive.writestr("cleo/x.ipynb", json.dumps(notebook("08_l1_l2")))

    ana, ben, cleo = find_submissions(path)

    assert plan(ana, KNOWN).lesson == "14_optimizers"
    with pytest.raises(UnreadableError, match="not valid JSON"):
        plan(ben, KNOWN)
    assert plan(cleo, KNOWN).lesson == "08_l1_l2"


def test_several_notebooks_of_one_lesson_are_noted_in_each(plan_of):
    one = plan_of(solved(), "one.ipynb")
    two = plan_of(notebook(), "two.ipynb")
    other = plan_of(notebook("08_l1_l2"), "other.ipynb")

    noted = note_duplicates([one, two, other])

    assert "Other notebooks of this lesson were handed in too: two.ipynb" in noted[0].notes[-1]
    assert "one.ipynb" in noted[1].notes[-1]
    assert noted[2] == other
    assert noted[0].fingerprint != one.fingerprint
