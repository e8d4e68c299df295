"""``lessons``, ``questions`` and ``claims`` show what the course holds."""

import json

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
    words = "DL-25.adam-leads-early 14_optimizers supported NO adam = 0.3123; sgd = [0.5, 0.25]"
    assert line.split() == words.split()


def test_a_long_list_is_shown_by_its_range(coursekit, course):
    record = {**RECORD, "observed": {"gain": [0.5, 0.125, 2, 1, 0.25]}}
    _store_claim(course.root / "notebooks" / "14_optimizers.ipynb", record)
    assert coursekit("claims").out.splitlines()[1].endswith("gain = 0.125 to 2 (5 values)")


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
