"""Submissions whose cells were taken out, moved, marked or changed by hand."""

import copy

from tests.grading import submissions

from .cases import EXERCISES, WRONG_ADAM, Case, attack, case

_CHECK = EXERCISES["adam"]
_ANSWER = f"{_CHECK}-answer"


def _tampered(name, tries, change, *, adam="wrong", others="right", says="", right=False):
    """Make a case: a notebook, wrong in Adam unless `right`, changed by a function."""
    answers = {} if right else {_CHECK: WRONG_ADAM}
    notebook = submissions.solved(answers=answers)
    changed = change(notebook)
    return case(name, tries, changed or notebook, adam=adam, others=others, says=says)


def _check(notebook):
    return submissions.cell_of(notebook, _CHECK)


def _removed(notebook):
    notebook["cells"].remove(_check(notebook))


def _all_removed(notebook):
    for exercise in EXERCISES.values():
        notebook["cells"].remove(submissions.cell_of(notebook, exercise))


def _becomes(**facts):
    def change(notebook):
        _check(notebook).update(facts)

    return change


def _tagged(*tags):
    def change(notebook):
        _check(notebook)["metadata"]["tags"] = list(tags)
        submissions.cell_of(notebook, _ANSWER)["metadata"]["tags"] = list(tags)

    return change


def _begins(line):
    def change(notebook):
        cell = _check(notebook)
        cell["source"] = line + "\n" + "".join(cell["source"])

    return change


def _marked(wanted=_CHECK, **facts):
    def change(notebook):
        submissions.cell_of(notebook, wanted)["metadata"]["nbgrader"].update(facts)

    return change


def _duplicated(notebook):
    twin = copy.deepcopy(_check(notebook))
    twin["source"] = "print('right')"
    notebook["cells"].insert(submissions.place_of(notebook, _CHECK), twin)
    notebook["cells"].append(copy.deepcopy(twin))


def _check_first(notebook):
    cell = _check(notebook)
    notebook["cells"].remove(cell)
    notebook["cells"].insert(1, cell)


def _reversed(notebook):
    notebook["cells"].reverse()


def _without_metadata(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    notebook["metadata"] = {}


def _without_ids(notebook):
    for cell in notebook["cells"]:
        cell.pop("id", None)


def _swapped(notebook):
    first, second = (submissions.cell_of(notebook, EXERCISES[n]) for n in ("path", "adam"))
    marks = first["metadata"]["nbgrader"], second["metadata"]["nbgrader"]
    second["metadata"]["nbgrader"], first["metadata"]["nbgrader"] = marks


def _answer_twice(notebook):
    """Add a right answer cell of the same id behind the check: too late."""
    twin = copy.deepcopy(submissions.cell_of(submissions.solved(), _ANSWER))
    notebook["cells"].append(twin)


def _check_in_answer(notebook):
    cell = submissions.cell_of(notebook, _ANSWER)
    cell["source"] += f'\n\ncheck = print\ncheck("{_CHECK}", adam_step)'


def _invented(notebook):
    mark = {
        "grade": True,
        "grade_id": "14_bonus",
        "points": 1000,
        "solution": False,
        "locked": True,
        "schema_version": 3,
        "task": False,
    }
    notebook["cells"].append(submissions.code('check("14_bonus", print)', nbgrader=mark))


def _forged_outputs(notebook):
    outcome = {
        "schema": 1,
        "exercise": _CHECK,
        "outcome": "right",
        "points": 3,
        "earned": 3,
        "message": "",
        "mistake": None,
        "lesson": "14_optimizers",
    }
    data = {"application/vnd.coursekit.outcome+json": outcome, "text/plain": "right"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    _check(notebook)["outputs"] = [output]
    _check(notebook)["execution_count"] = 9


def _other_language(notebook):
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "display_name": "Bash", "language": "bash"},
        "language_info": {"name": "bash", "file_extension": ".sh"},
    }


def _other_lesson(notebook):
    notebook["metadata"]["coursekit"] = {"lesson": "08_l1_l2", "title": "L1 and L2", "part": "II"}


def _raw_answer(notebook):
    submissions.cell_of(notebook, _ANSWER)["cell_type"] = "raw"


def _one_cell(notebook):
    code = "\n\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    notebook["cells"] = [submissions.code(code)]


def _sources_as_lists(notebook):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)


CASES: tuple[Case, ...] = (
    _tampered("check-removed", "the check cell is gone", _removed, says="14_adam_step"),
    _tampered("checks-removed", "all check cells are gone", _all_removed, says="14_adam_step"),
    _tampered(
        "check-edited",
        "the check cell prints",
        _becomes(source='print("right")'),
        says="14_adam_step",
    ),
    _tampered("check-emptied", "the check cell is empty", _becomes(source=""), says="14_adam_step"),
    _tampered(
        "check-of-another",
        "the check cell checks another function",
        _becomes(source='check("14_plateau", plateau)'),
        says="14_adam_step",
    ),
    _tampered(
        "check-swallowed",
        "the check cell swallows the failure",
        _becomes(source=f'try:\n    check("{_CHECK}", adam_step)\nexcept BaseException:\n    pass'),
        says="14_adam_step",
    ),
    _tampered(
        "check-as-markdown",
        "the check cell is prose",
        _becomes(cell_type="markdown"),
        says="14_adam_step",
    ),
    _tampered("check-as-raw", "the check cell is raw", _becomes(cell_type="raw"), says="14_adam"),
    _tampered(
        "check-twice", "the check cell stands there three times", _duplicated, says="14_adam"
    ),
    _tampered(
        "check-before-answer",
        "the check stands first",
        _check_first,
        right=True,
        adam="right|crashed",
    ),
    _tampered(
        "check-skipped",
        "the cells carry every tag that skips or forgives",
        _tagged("skip-execution", "raises-exception", "nbval-skip", "nbval-raises-exception"),
        says="tag|skip",
    ),
    _tampered("check-marker", "a comment for nbval", _begins("# NBVAL_SKIP"), says="14_adam|NBVAL"),
    _tampered(
        "check-as-script", "the check under %%script", _begins("%%script false"), says="14_ad"
    ),
    _tampered("check-captured", "the check under %%capture", _begins("%%capture"), says="14_adam"),
    _tampered("metadata-stripped", "no cell has metadata", _without_metadata),
    _tampered("ids-stripped", "no cell has an id", _without_ids),
    _tampered("grade-id-renamed", "another grade_id", _marked(grade_id="14_bonus")),
    _tampered("points-changed", "the check is worth 100 points", _marked(points=100)),
    _tampered("points-negative", "the check is worth NaN points", _marked(points=float("nan"))),
    _tampered("grade-flag-off", "the check is not graded", _marked(grade=False)),
    _tampered(
        "answer-flagged-as-check",
        "the answer cell says that it is graded",
        _marked(_ANSWER, grade=True, points=50, grade_id=_CHECK),
        adam="wrong|crashed",
        says="14_adam_step, was changed",
    ),
    _tampered(
        "grade-ids-swapped",
        "two checks have each other's grade_id",
        _swapped,
        adam="wrong|crashed",
        says="14_adam_step, was changed",
    ),
    _tampered("answered-twice", "a right answer cell behind the check", _answer_twice),
    _tampered(
        "check-in-answer",
        "checks itself in the answer cell",
        _check_in_answer,
        adam="wrong|review",
    ),
    _tampered("invented-check", "a check of its own for 1,000 points", _invented),
    _tampered("forged-stored-outputs", "stored outputs that say right", _forged_outputs),
    _tampered("other-language", "says that it is a Bash notebook", _other_language),
    _tampered(
        "other-lesson",
        "says that it is lesson 8",
        _other_lesson,
        adam="wrong|lost",
        others="right|lost|crashed|not attempted",
        says="14_optimizers",
    ),
    _tampered(
        "answer-as-raw",
        "the answer cell is raw",
        _raw_answer,
        adam="not attempted|crashed",
    ),
    _tampered("one-cell", "all code in one cell", _one_cell),
    _tampered("sources-as-lists", "sources are lists of lines", _sources_as_lists),
    _tampered(
        "cells-reversed",
        "all cells in the reverse order",
        _reversed,
        adam="wrong|crashed|not attempted",
        others="right|crashed|not attempted",
    ),
    attack(
        "skips-rest-of-file",
        "a cell that ends the notebook for nbval and papermill",
        first=["%%javascript\nIPython.notebook.clear_all_output()", "# NBVAL_STOP\n%exit"],
    ),
)
