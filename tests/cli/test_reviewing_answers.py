"""``review`` shows what an answer mentions, as a checklist."""

import json
import re

import pytest
import typer
from typer.testing import CliRunner

from coursekit.cli import reviewing_answers
from coursekit.cli.output import CommandError

ANSWER = "Adam adds momentum and bias correction. Adam always converges."


@pytest.fixture
def run():
    app = typer.Typer()
    reviewing_answers.register(app)
    app.command("other")(lambda: None)  # an application of one command would not take its name

    def invoke(*arguments, **options):
        return CliRunner().invoke(app, ["review", *arguments], **options)

    return invoke


def test_it_shows_what_is_mentioned_and_what_is_not(run):
    out = run("DL-25", ANSWER).output

    assert "[x] Bias correction, because both means start at zero" in out
    assert "matched: bias correction" in out
    assert "[ ] AdaGrad suits sparse features" in out
    assert "[!] Adam overcomes local minima, or always converges" in out
    assert "[Adam always converges]." in out
    assert "suggested rating: hard" in out


def test_it_is_a_checklist_and_no_verdict(run):
    out = run("DL-25", ANSWER).output

    assert "A checklist, not a verdict" in out
    assert not re.search(r"\bcorrect\b", out)


def test_every_line_fits_80_columns(run):
    out = run("DL-25", ANSWER * 20).output

    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_json_is_one_document(run):
    document = json.loads(run("DL-25", ANSWER, "--json").stdout)

    assert document["question"] == "DL-25"
    assert document["suggested_rating"] == "hard"
    assert any(point["words"] == ["bias correction"] for point in document["key_points"])


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_the_answer_may_come_from_standard_input(run, arguments):
    assert run("DL-25", *arguments, input=ANSWER).output == run("DL-25", ANSWER).output


def test_the_answer_may_come_from_a_file(run, tmp_path):
    path = tmp_path / "answer.txt"
    path.write_text(ANSWER, encoding="utf-8-sig")

    assert run("DL-25", "--file", str(path)).output == run("DL-25", ANSWER).output


def test_an_empty_answer_is_fine(run):
    result = run("DL-25", input="")

    assert result.exit_code == 0
    assert "0 of 7 key points, 0% by weight; 0 words; suggested rating: again" in result.output


def test_of_a_long_answer_only_what_is_around_the_matches_is_shown(run):
    filler = "lorem ipsum dolor sit amet " * 400
    out = run("DL-25", f"{filler}Adam adds momentum here. {filler}").output

    assert "... " in out
    assert "dolor sit amet [Adam] adds [momentum] here. lorem" in " ".join(out.split())
    assert len(out.splitlines()) < 60


def test_a_long_answer_without_a_match_is_not_shown(run):
    out = run("DL-25", "lorem ipsum dolor sit amet " * 400).output

    assert "(a long text without a match)" in out
    assert "lorem" not in out


def test_a_long_answer_full_of_matches_says_how_much_is_left_out(run):
    out = run("DL-25", ("Adam adds momentum. " + "lorem ipsum dolor " * 40) * 100).output

    assert re.search(r"\(\d+ more parts with matches: --json names every place\)", out)
    assert len(out.splitlines()) < 140
    assert max(map(len, out.splitlines())) <= 80


def test_an_answer_of_60_lines_is_shown_whole(run):
    out = run("DL-25", "lorem ipsum dolor sit amet " * 165 + "the end").output

    assert "the end" in out
    assert " ..." not in out


def test_signs_that_steer_a_terminal_are_not_printed(run):
    out = run("DL-25", "mo\x1b[31mmentum \x07 momentum\x1b]0;title\x07").output

    assert "\x1b" not in out
    assert "\x07" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("DL-99", "text"), "there is no question 'DL-99'"),
        (("MT-4", "text"), "'MT-4 (regression)' or 'MT-4 (classification)'"),
        (("DL-25", "text", "--file", "answer.txt"), "not both"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(run, arguments, message):
    error = run(*arguments).exception

    assert isinstance(error, CommandError)
    assert error.exit_status == 2
    assert message in str(error)


def test_a_file_in_another_encoding_is_told(run, tmp_path):
    path = tmp_path / "answer.txt"
    path.write_bytes(b"na\xefve")

    error = run("DL-25", "--file", str(path)).exception

    assert isinstance(error, CommandError)
    assert "is not text in UTF-8" in str(error)
