"""A claim shows what was observed, and raises when the comparison fails."""

import json

import numpy as np
import pytest

from coursekit.evidence import (
    CLAIM_MIME_TYPE,
    ClaimFailed,
    LedgerError,
    claim,
    claims_made,
    format_observed,
    predict,
    prediction,
    read_claims,
)
from coursekit.evidence.rendering import (
    claim_as_html,
    claim_as_text,
    claim_bundle,
)


def make(claim_id="DL-25.adam-leads-early", statement="Adam leads.", **changes):
    settings = {"holds": True, "observed": {"Adam": [0.31, 0.29, 0.35], "momentum": 0.74}}
    claim(claim_id, statement, **(settings | changes))
    return claims_made()[-1]


def test_a_claim_that_holds_prints_its_numbers(capsys):
    make()

    printed = capsys.readouterr().out
    assert "DL-25.adam-leads-early: holds" in printed
    assert "0.31 (0.29 to 0.35, n = 3)" in printed


def test_a_claim_that_does_not_hold_shows_its_numbers_and_raises(capsys):
    with pytest.raises(ClaimFailed, match="does not hold: Adam leads") as failed:
        make(holds=np.bool_(False))

    assert "0.74" in capsys.readouterr().out
    assert failed.value._render_traceback_() == [str(failed.value)]


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"claim_id": "adam leads"}, ValueError, "no claim id"),
        ({"claim_id": None}, ValueError, "no claim id"),
        ({"statement": " "}, ValueError, "statement is ' '"),
        ({"statement": None}, ValueError, "statement is None"),
        ({"observed": [0.31, 0.74]}, TypeError, "must map names"),
        ({"holds": np.array([True, True])}, TypeError, r"\.all\(\)"),
        ({"holds": 1}, TypeError, "one True or False"),
        ({"observed": {}}, ValueError, "observed is empty"),
        ({"observed": {"Adam": object()}}, TypeError, "'Adam'"),
        ({"observed": {"Adam": np.zeros((2, 2))}}, TypeError, r"\(2, 2\)"),
        ({"verdict": "true"}, ValueError, "verdict must be"),
        ({"verdict": "refuted"}, ValueError, "about="),
    ],
)
def test_what_is_no_claim_is_refused(changes, error, says):
    with pytest.raises(error, match=says):
        make(**changes)


def test_the_record_is_plain_json_with_six_digits():
    record = make(observed={"mean": np.float32(1 / 3), "seeds": np.arange(3), "winner": "Adam"})

    stored = json.loads(json.dumps(claim_bundle(record)[CLAIM_MIME_TYPE]))
    assert stored["observed"] == {"mean": 0.333333, "seeds": [0, 1, 2], "winner": "Adam"}
    assert stored["schema"] == 1


def test_a_number_that_json_lacks_leaves_the_notebook_valid():
    record = make(observed={"loss": float("nan"), "losses": [0.5, np.inf]})

    stored = json.loads(json.dumps(record.to_json(), allow_nan=False))
    assert stored["observed"] == {"loss": "nan", "losses": [0.5, "inf"]}


def test_the_html_escapes_every_text():
    record = make(
        statement="<script>alert(1)</script>",
        observed={"<b>": "<i>"},
        verdict="refuted",
        about="<u>Adam</u> & co",
    )

    html = claim_as_html(record)
    assert "<script>" not in html
    assert "<u>" not in html
    assert "&lt;i&gt;" in html


def test_numbers_read_well():
    assert format_observed(122570) == "122,570"
    assert format_observed(0.000012) == "1.2e-05"
    assert format_observed(12345.6) == "12,346"
    assert format_observed([5]) == "5"
    assert format_observed([6, 6]) == "6 (n = 2, all alike)"


def test_what_is_no_number_is_counted_and_spoils_no_range():
    assert format_observed(float("nan")) == format_observed("nan") == "nan"
    assert format_observed([float("nan"), 2.0, 1.0, 3.0]) == "2 (1 to 3, n = 3, and 1 nan)"
    assert format_observed([1.0, float("nan")]) == "1 (n = 1, and 1 nan)"
    assert format_observed(["nan", "nan"]) == "nan (n = 2, all alike)"
    assert format_observed([0.5, "inf", 0.25]) == "0.5 (0.25 to inf, n = 3)"


def test_a_prediction_is_answered_by_its_claim(monkeypatch):
    monkeypatch.setitem(
        __import__("coursekit.evidence.predictions", fromlist=["_"])._predictions,
        "DL-25.adam-leads-early",
        "momentum",
    )

    record = make(answer="Adam")

    assert "You predicted: momentum. It came out: Adam" in claim_as_text(record)


def test_asking_again_forgets_the_old_prediction_and_a_silent_reader_is_no_prediction(capsys):
    predict("DL-25.adam-leads-early", "Which leads?", ["Adam", "momentum"])

    assert "( ) momentum" in capsys.readouterr().out
    assert prediction("DL-25.adam-leads-early") is None
    assert "predicted" not in claim_as_text(make())


@pytest.mark.parametrize("options", [[], ["one"], ["same", "same"]])
def test_a_prediction_needs_a_choice(options):
    with pytest.raises(ValueError, match="two or more different options"):
        predict("DL-25.adam-leads-early", "Which leads?", options)


@pytest.mark.parametrize("claim_id", ["DL-25.Adam-leads", "DL25.adam-leads", "adam", None])
def test_a_prediction_that_no_claim_could_answer_is_refused(claim_id):
    with pytest.raises(ValueError, match="is no claim id: write it like"):
        predict(claim_id, "Which leads?", ["Adam", "momentum"])


def test_the_ledger_reads_the_claims_of_a_notebook(tmp_path):
    record = make().to_json()
    notebook = tmp_path / "14_optimizers.ipynb"
    outputs = [{"output_type": "display_data", "data": {CLAIM_MIME_TYPE: record}}]
    notebook.write_text(json.dumps({"cells": [{"cell_type": "code", "outputs": outputs}, {}]}))

    (stored,) = read_claims(notebook)

    assert stored == {"lesson": "14_optimizers", **record}


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 3}', '{"cells": [3]}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    notebook = tmp_path / "broken.ipynb"
    notebook.write_text(text)

    with pytest.raises(LedgerError, match=r"broken\.ipynb"):
        read_claims(notebook)
