"""Every lesson keeps to the recipe."""

import ast
import json
import re

import pytest

from coursekit.checks import exercises
from coursekit.course import find_lesson
from coursekit.evidence import CLAIM_MIME_TYPE, read_claims
from coursekit.grading import navigation
from coursekit.questions import load_bank_file

from .reading import LESSONS, ROOT, calls, code_cells, markdown, notebook, parse, source

BANK = ROOT / "coursekit" / "questions" / "bank"

pytestmark = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


@pytest.fixture
def facts(lesson):
    return notebook(lesson)["metadata"]["coursekit"]


@pytest.fixture
def bank(lesson):
    return load_bank_file(BANK / f"{lesson.stem}.yaml")


def test_the_header_says_what_is_answered_and_how_long_it_takes(lesson, facts):
    header = source(notebook(lesson)["cells"][0])

    assert header.startswith(f"# {lesson.stem[:2]} · {facts['title']}\n")
    for label in facts["questions"]:
        assert label.split(" ")[0] in header
    assert "**You will be able to**" in header
    assert f"{facts['minutes']} minutes to read" in header
    assert f"{facts['seconds']} seconds to run" in header
    assert facts["part"].startswith("Part ")


def test_the_time_is_measured_and_within_what_is_stated(facts):
    assert 0 < facts["measured_seconds"] <= facts["seconds"] <= 60


def test_the_lesson_links_to_its_neighbours(lesson):
    cells = [
        source(cell)
        for cell in notebook(lesson)["cells"]
        if "navigation" in cell["metadata"].get("tags", ())
    ]

    assert cells == [navigation(find_lesson(lesson))] * 2


def test_every_question_is_asked_answered_and_followed_up(lesson, facts, bank):
    assert {question.label for question in bank} == set(facts["questions"])
    prose = markdown(lesson)
    headings = "\n".join(re.findall(r"^## .*$", prose, re.MULTILINE))
    for question in bank:
        assert question.id in headings
        assert re.search(rf"> \*\*Interviewer \([^)]*{question.id}\b", prose), question.id
    assert prose.count("**The short answer") >= len(set(re.findall(r"^## .*-\d+.*$", prose, re.M)))
    assert prose.count("<details>") >= 2 * len(bank)
    assert "## What we saw" in prose
    assert f"../exercises/{lesson.name}" in prose
    assert "## Interview cards" in prose


def test_every_question_has_its_claims_and_every_claim_its_question(lesson, bank):
    made = [call.first for call in calls(lesson, "claim")]
    listed = [claim for question in bank for claim in question.claims]

    assert sorted(made) == sorted(set(made))
    assert set(made) == set(listed)
    for question in bank:
        assert any(claim.startswith(f"{question.id}.") for claim in question.claims), question.id


def test_every_myth_is_refuted_or_qualified_by_its_claim(lesson, bank):
    verdicts = {record["id"]: record["verdict"] for record in read_claims(lesson)}

    for question in bank:
        for myth in question.myths:
            assert verdicts[myth.claim] in {"refuted", "depends"}, myth.claim


def test_a_claim_is_a_comparison_of_what_was_computed(lesson):
    for call in calls(lesson, "claim"):
        names = [node for node in ast.walk(call.keywords["holds"]) if isinstance(node, ast.Name)]
        assert names, f"{call.first}: holds= names nothing that was computed"


def test_predictions_come_before_the_claims_that_answer_them(lesson):
    claims = {call.first: call for call in calls(lesson, "claim")}
    predictions = calls(lesson, "predict")

    assert predictions
    for call in predictions:
        assert call.first in claims
        assert call.cell < claims[call.first].cell
        answer = claims[call.first].keywords.get("answer")
        assert answer is not None, f"{call.first}: give answer="
        assert not isinstance(answer, ast.Constant), f"{call.first}: compute answer="


def test_a_prediction_does_not_show_the_name_of_its_claim(lesson):
    asking = {call.cell for call in calls(lesson, "predict")}
    # The first of all shows what a prediction is.
    for cell in [code_cells(lesson)[number] for number in asking if lesson.stem[:2] != "00"]:
        assert cell["metadata"].get("jupyter", {}).get("source_hidden"), source(cell)
        names = {type(node) for node in parse(source(cell)).body}
        assert names <= {ast.Assign, ast.Expr}, "only what asks is folded"


def test_the_stored_outputs_belong_to_the_code_that_stands_there(lesson, facts):
    from coursekit.cli.saving import code_fingerprint

    cells = code_cells(lesson)

    assert facts["code_sha256"] == code_fingerprint([source(cell) for cell in cells])
    counts = [cell["execution_count"] for cell in cells if source(cell).strip()]
    assert counts == list(range(1, len(counts) + 1))
    stored = [record["id"] for record in read_claims(lesson)]
    assert stored == [call.first for call in calls(lesson, "claim")]
    assert all(record["holds"] for record in read_claims(lesson))


def test_the_stored_outputs_are_clean_and_small(lesson):
    book = notebook(lesson)
    outputs = [output for cell in code_cells(lesson) for output in cell["outputs"]]

    assert "widgets" not in book["metadata"]
    assert not any(output["output_type"] == "error" for output in outputs)
    assert not any(output.get("name") == "stderr" for output in outputs)
    assert "widget-view" not in json.dumps(outputs)
    assert "Warning" not in json.dumps([o for o in outputs if o["output_type"] == "stream"])
    assert lesson.stat().st_size < 1_500_000


def test_predictions_and_claims_can_be_read_without_running(lesson):
    outputs = [output for cell in code_cells(lesson) for output in cell["outputs"]]
    claims = [o for o in outputs if CLAIM_MIME_TYPE in o.get("data", {})]

    assert claims
    assert all(output["data"]["text/html"] for output in claims)


def test_pictures_show_the_evidence(lesson, bank):
    outputs = [output for cell in code_cells(lesson) for output in cell["outputs"]]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]

    assert len(pictures) >= min(4, len(bank))


def test_the_exercises_of_the_bank_exist_and_are_all_used(lesson, bank):
    declared = {exercise.id for exercise in exercises(lesson.stem)}
    used = {exercise for question in bank for exercise in question.exercises}

    assert used == declared


def test_cells_are_short(lesson):
    longest = max(code_cells(lesson), key=lambda cell: len(parse(source(cell)).body))

    assert max(len(source(cell).splitlines()) for cell in code_cells(lesson)) <= 32, longest["id"]
