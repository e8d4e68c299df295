"""The bank is refused loudly: file, line, field."""

from pathlib import Path

import pytest

from coursekit.questions import BankError, find_questions, load_bank, load_bank_file

ENTRY = """\
questions:
  - id: DL-25
    difficulty: 2
    tags: [optimizers]
    question: How does Adam work?
    short_answer: It averages gradients.
    deep_answer: It averages gradients and their squares.
    key_points:
      - {text: first moment, patterns: ["moment*"]}
      - {text: second moment, patterns: ["near(square*, gradient*, 4)"]}
      - {text: correction, weight: 3, patterns: ["bias correct*"]}
    follow_ups:
      - {question: "Why correct?", answer: The averages start at zero.}
      - {question: "Memory?", answer: Two slots a weight.}
    myths:
      - {text: Adam never diverges., truth: It may., claim: DL-25.adam-diverges}
    claims: [DL-25.adam-diverges]
    exercises: [14_adam_step]
    sources: [Kingma and Ba (2015)]
"""


@pytest.fixture
def bank_file(tmp_path):
    def write(text: str = ENTRY, name: str = "14_optimizers.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_entry_becomes_a_question_of_the_lesson_that_the_file_names(bank_file):
    (question,) = load_bank_file(bank_file())

    assert question.lesson == "14_optimizers"
    assert question.key_points[2].weight == 3
    assert question.label == "DL-25"


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("difficulty: 2", "difficulty: 4", 3, "difficulty"),
        ("id: DL-25", "id: DL25", 2, "id"),
        ("weight: 3", "weight: heavy", 11, "key_points.2.weight"),
        ("near(square*, gradient*, 4)", "near(square*, 4)", 10, "key_points.1.patterns"),
        ("truth: It may., ", "", 16, "myths.0.truth"),
        ("    sources: [Kingma and Ba (2015)]\n", "", 2, "sources"),
        ("exercises: [14_adam_step]", "colour: blue", 18, "colour"),
        ("claims: [DL-25.adam-diverges]", "claims: [DL-25.other]", 2, "the entry"),
        ("    exercises: [14_adam_step]\n", "", 2, "the entry"),
        ("id: DL-25", "id: DL-25\n    lesson: 15_gradients", 3, "lesson"),
        ("id: DL-25", "id: DL-25\n    id: DL-25", 3, "id"),
    ],
)
def test_a_fault_is_named_with_file_line_and_field(bank_file, old, new, line, field):
    assert old in ENTRY

    with pytest.raises(BankError) as refused:
        load_bank_file(bank_file(ENTRY.replace(old, new)))

    assert any(
        fault.startswith(f"14_optimizers.yaml:{line}: ") and f": {field}: " in fault
        for fault in str(refused.value).splitlines()
    ), refused.value


def test_all_faults_of_a_file_are_told_at_once(bank_file):
    text = ENTRY.replace("difficulty: 2", "difficulty: 0").replace("id: DL-25", "id: x")

    with pytest.raises(BankError) as refused:
        load_bank_file(bank_file(text))

    assert len(str(refused.value).splitlines()) >= 2


@pytest.mark.parametrize("text", ["questions: [", "- a list", "answers: []", "questions: none", ""])
def test_a_file_that_is_no_bank_is_named(bank_file, text):
    with pytest.raises(BankError, match=r"14_optimizers\.yaml"):
        load_bank_file(bank_file(text))


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "14_optimizers.yaml"
    path.write_bytes(ENTRY.replace("id: DL-25", "id: DL-25  # Schätzung").encode("latin-1"))
    with pytest.raises(BankError, match=r"14_optimizers\.yaml: not text in UTF-8"):
        load_bank_file(path)


def test_the_same_question_twice_needs_parts(bank_file, tmp_path):
    bank_file()
    bank_file(name="15_gradients.yaml")
    with pytest.raises(BankError, match="DL-25 stands in"):
        load_bank(tmp_path)

    split = ENTRY.replace("difficulty: 2", "difficulty: 2\n    part: classification")
    bank_file(split, "15_gradients.yaml")
    load_bank.cache_clear()

    assert [q.label for q in load_bank(tmp_path)] == ["DL-25", "DL-25 (classification)"]


def test_questions_are_found_by_lesson_and_by_id_whatever_the_case():
    bank = load_bank()

    assert find_questions(question_id="dl-25") == find_questions(question_id="DL-25") != ()
    assert {q.id for q in find_questions(lesson="14_optimizers")} >= {"DL-24", "DL-25"}
    assert find_questions(question_id="DL-99") == ()
    assert find_questions() == bank
