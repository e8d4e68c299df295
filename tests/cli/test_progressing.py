"""`coursekit progress`: what is known, what is next, the settings, and the way to elsewhere."""

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
import typer
from typer.testing import CliRunner

from coursekit.cli import progressing
from coursekit.practice.cards import rate
from coursekit.practice.database import ProgressFileError, database_file
from coursekit.practice.settings import load_settings, save_settings
from coursekit.questions import load_bank

app = typer.Typer()
progressing.register(app)
app.command("other")(lambda: None)  # with one command alone, typer leaves its name out


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "home"))


def progress(*arguments):
    return CliRunner().invoke(app, ["progress", *arguments])


def test_progress_shows_counts_weak_spots_and_the_next_thing():
    question = load_bank()[0]
    rate(question.label, "hard", missed=[question.key_points[0].text])

    result = progress()

    assert result.exit_code == 0, result.output
    assert f"Cards seen        1 of {len(load_bank())}" in result.output
    missed = f"{question.label}: {question.key_points[0].text}"
    assert missed in " ".join(result.output.split())
    assert "Next: " in result.output
    assert progress("show").output == result.output
    assert "\x1b" not in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_a_row_that_cannot_be_read_is_named():
    rate(load_bank()[0].label, "good")
    with closing(sqlite3.connect(database_file())) as database, database:
        database.execute("UPDATE reviews SET reviewed_at = 'yesterday'")

    error = progress().exception

    assert isinstance(error, ProgressFileError)  # which the application tells in one line
    assert "in table reviews, the row with id" in str(error)


def test_json_is_one_document():
    for arguments in (("--json",), ("show", "--json")):
        document = json.loads(progress(*arguments).output)
        assert document["schema"] == 1
        assert document["saved"] is True
        assert document["n_cards"] == len(load_bank())
        assert document["next_step"]["command"].startswith("coursekit ")


def test_the_interview_date_is_set_shown_and_taken_back():
    result = progress("set", "--interview", "2999-01-29", "--retention", "0.95", "--new", "4")

    assert result.output.splitlines()[:2] == ["interview: 2999-01-29", "retention: 95%"]
    assert "2999-01-29, in " in progress().output
    assert json.loads(progress("set", "--json").output)["new_per_day"] == 4
    progress("set", "--interview", "none")
    assert load_settings().interview_date is None
    assert load_settings().retention == 0.95


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--interview", "Friday"), "'Friday' is no date"),
        (("--interview", "2001-01-01"), "has passed"),
        (("--retention", "3"), "retention is 3"),
        (("--new", "-1"), "new_per_day is -1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(arguments, message):
    result = progress("set", *arguments)

    assert result.exit_code != 0
    assert message in str(result.exception)


def test_progress_moves_to_another_machine_once(tmp_path, monkeypatch):
    rate(load_bank()[0].label, "good")
    file = str(tmp_path / "progress.json")
    assert progress("export", file).output == f"wrote {file}\n"
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "there"))

    assert progress("import", file).output == "added: reviews 1\n"
    assert progress("import", file).output == "added nothing: all of it was here\n"
    assert json.loads(progress("import", file, "--json").output)["reviews"] == 0


def test_an_export_replaces_a_file_only_when_told(tmp_path):
    file = tmp_path / "progress.json"
    file.write_text("mine")

    assert "--force replaces it" in str(progress("export", str(file)).exception)
    assert file.read_text() == "mine"
    assert progress("export", str(file), "--force").exit_code == 0
    assert json.loads(file.read_text())["format"] == "coursekit-progress"


def test_an_import_that_cannot_be_saved_is_an_error(tmp_path, monkeypatch):
    file = tmp_path / "progress.json"
    progress("export", str(file))
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))

    result = progress("import", str(file))

    assert result.exit_code != 0
    assert "nothing was kept" in str(result.exception)
    assert "without saving" in result.stderr


@pytest.mark.parametrize(
    ("days", "shown"), [(0, ", today"), (1, ", tomorrow"), (9, ", in 9 days"), (-1, " has passed")]
)
def test_the_day_of_the_interview_is_told_as_people_say_it(days, shown):
    day = date.today() + timedelta(days=days)
    save_settings(interview_date=day)

    assert f"Interview         {day}{shown}" in progress().output
