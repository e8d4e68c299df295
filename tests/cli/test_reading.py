"""``lessons``, ``questions`` and ``claims`` show what the course holds."""

import io
import json
import re
import sys

import pytest

from coursekit.cli.output import print_table, print_text
from coursekit.evidence import format_observed

RECORD = {
    "schema": 1,
    "id": "DL-25.adam-leads-early",
    "statement": "Adam leads early.",
    "about": None,
    "verdict": "supported",
    "holds": True,
    "observed": {"adam": 0.31234567, "sgd": [0.5, 0.25]},
    "prediction": None,
    "answer": None,
}


def _store_claim(path, record):
    notebook = json.loads(path.read_text())
    notebook["cells"][2]["outputs"] = [
        {
            "output_type": "display_data",
            "data": {"application/vnd.coursekit.claim+json": record},
            "metadata": {},
        }
    ]
    path.write_text(json.dumps(notebook))


def test_lessons_in_order_one_a_line(coursekit):
    lines = coursekit("lessons").out.splitlines()
    assert lines[0].split() == ["lesson", "title", "part", "questions", "read", "run"]
    assert [line.split()[0] for line in lines[1:]] == [
        "00_start_here",
        "02_regression_losses",
        "14_optimizers",
    ]
    assert lines[3].split() == (
        ["14_optimizers", "Optimizers", "Training", "DL-25", "30", "min", "60", "s"]
    )


def test_lessons_as_json(coursekit, course):
    document = coursekit("lessons", "--json").json
    assert document["course"] == str(course.root)
    last = document["lessons"][-1]
    assert (last["number"], last["name"], last["title"]) == (14, "14_optimizers", "Optimizers")
    assert (last["questions"], last["minutes"], last["seconds"]) == (["DL-25"], 30, 60)
    assert last["notebook"] == str(course.root / "notebooks" / "14_optimizers.ipynb")
    assert last["exercise"] is None


def test_claims_of_all_lessons_as_json(coursekit, course):
    _store_claim(course.root / "notebooks" / "14_optimizers.ipynb", RECORD)
    assert coursekit("claims", "--json").json == {
        "claims": [
            {
                "id": "DL-25.adam-leads-early",
                "lesson": "14_optimizers",
                "verdict": "supported",
                "holds": True,
                "observed": {"adam": 0.31234567, "sgd": [0.5, 0.25]},
                "statement": "Adam leads early.",
            }
        ]
    }


def test_claims_as_a_table_round_their_numbers(coursekit, course):
    _store_claim(course.root / "notebooks" / "14_optimizers.ipynb", {**RECORD, "holds": False})
    line = coursekit("claims").out.splitlines()[1]
    words = ("DL-25.adam-leads-early", "14_optimizers", "supported", "NO")
    observed = "adam = 0.312; sgd = 0.375 (0.25 to 0.5, n = 2)"
    assert line.split() == [*words, *observed.split()]


def test_claims_read_as_their_notebook_shows_them(coursekit, course):
    observed = {"gain": [0.5, 0.125, 2, 1, 0.25], "n": 122570, "loss": "nan", "losses": [1, "inf"]}
    _store_claim(
        course.root / "notebooks" / "14_optimizers.ipynb", {**RECORD, "observed": observed}
    )
    line = coursekit("claims").out.splitlines()[1]
    for name, value in observed.items():
        assert f"{name} = {format_observed(value)}" in line


def test_claims_of_one_lesson_leave_the_others_out(coursekit, course):
    _store_claim(course.root / "notebooks" / "14_optimizers.ipynb", RECORD)
    assert coursekit("claims", "--lesson", "2", "--json").json == {"claims": []}
    assert len(coursekit("claims", "--lesson", "14", "--json").json["claims"]) == 1


def test_a_number_that_json_lacks_is_given_as_a_word(coursekit, course):
    record = {**RECORD, "observed": {"loss": float("nan")}}
    _store_claim(course.root / "notebooks" / "14_optimizers.ipynb", record)
    assert coursekit("claims", "--json").json["claims"][0]["observed"] == {"loss": "nan"}


def test_questions_as_json_have_the_names_of_the_schema(coursekit):
    from coursekit.questions import load_bank

    records = coursekit("questions", "--json").json["questions"]
    assert len(records) == len(load_bank())
    for record in records:
        assert {"id", "lesson", "difficulty", "key_points", "claims", "exercises"} <= set(record)


def test_questions_by_id_show_the_whole_answer(coursekit):
    from coursekit.questions import load_bank

    for question in load_bank()[:1]:
        text = coursekit("questions", "--id", question.id).out
        assert question.question in text
        assert question.key_points[0].text in text
        for source in question.sources:
            assert source in text


class Terminal(io.StringIO):
    """A standard output at which a person looks."""

    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    """Give the lines that a call prints on a terminal of 60 columns."""

    def run(function, *arguments, **options):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Terminal())
            patch.setenv("COLUMNS", "60")
            patch.setenv("NO_COLOR", "1")
            patch.setenv("TERM", "xterm")
            function(*arguments, **options)
            text = re.sub(r"\x1b\[[0-9;]*m", "", sys.stdout.getvalue())
        return [line.rstrip() for line in text.splitlines()]

    return run


def test_on_a_narrow_terminal_long_texts_stand_below_their_row(shown):
    text = "floor = 0.0119 to 0.01334 (5 values); ratio = 2"
    rows = [("HT-4.noise-floor", "14_optimizers", text), ("HT-4.x", "14_optimizers", "n = 1")]
    assert shown(print_table, ("claim", "lesson", "observed"), rows, below=("observed",)) == [
        "claim             lesson",
        "HT-4.noise-floor  14_optimizers",
        "    floor = 0.0119 to 0.01334 (5 values); ratio = 2",
        "HT-4.x            14_optimizers",
        "    n = 1",
    ]


def test_a_terminal_that_is_wide_enough_shows_all_columns(shown):
    lines = shown(print_table, ("claim", "observed"), [("HT-4.x", "n = 1")], below=("observed",))
    assert [line.split() for line in lines] == [["claim", "observed"], ["HT-4.x", "n", "=", "1"]]


def test_a_terminal_breaks_texts_between_words(shown):
    text = "All three divide each weight's step by the root of that weight's squared gradients."
    assert shown(print_text, text, "  - ", "    ") == [
        "  - All three divide each weight's step by the root of that",
        "    weight's squared gradients.",
    ]
