"""A row that SQLite accepts and Python cannot read is named, with what to do."""

import sqlite3
from contextlib import closing

import pytest

from coursekit.practice.cards import all_cards, rate
from coursekit.practice.database import ProgressFileError, connect, database_file
from coursekit.practice.mock_store import start_interview
from coursekit.practice.progress import show_progress
from coursekit.practice.progress_files import export_progress
from coursekit.questions import load_bank

BANK = load_bank()
LABEL = BANK[0].label
INTERVIEW = (
    "INSERT INTO mock_interviews (id, started_at, finished_at, seed, minutes, state, debrief) "
    "VALUES ('mock', '2027-03-01', ?, 7, 20, '{}', ?)"
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))


def spoil(statement, *parameters):
    """Write as any other program may."""
    with closing(sqlite3.connect(database_file())) as database, database:
        database.execute(statement, parameters)


@pytest.mark.parametrize(
    ("table", "key", "statement"),
    [
        ("reviews", "id", "UPDATE reviews SET reviewed_at = 'yesterday'"),
        ("reviews", "id", "UPDATE reviews SET missed = '5'"),
        ("reviews", "id", "UPDATE reviews SET reviewed_at = CAST(x'32ff' AS TEXT)"),
        ("cards", "label", "UPDATE cards SET due = 'soon'"),
        ("cards", "label", "UPDATE cards SET state = 9"),
        ("cards", "label", "UPDATE cards SET stability = 0"),
        ("settings", "name", "INSERT INTO settings (name, value) VALUES ('retention', '\"a\"')"),
        ("settings", "name", "INSERT INTO settings (name, value) VALUES ('new_per_day', '-1')"),
        ("settings", "name", "INSERT INTO settings (name, value) VALUES ('interview_date', '7')"),
    ],
)
def test_progress_names_file_table_and_row(table, key, statement):
    rate(LABEL, "good")
    spoil(statement)

    with pytest.raises(ProgressFileError) as error:
        show_progress()

    message = str(error.value)
    assert str(database_file()) in message
    assert f"in table {table}, the row with {key} " in message
    assert "coursekit progress import" in message
    assert f"DELETE FROM {table} WHERE {key} = " in message


@pytest.mark.parametrize("debrief", ["[]", "{}", '{"questions": [{"label": "DL-25"}]}'])
def test_a_debrief_that_is_none_is_named_too(debrief):
    rate(LABEL, "good")
    spoil(INTERVIEW, "2027-03-01", debrief)

    for read in (show_progress, lambda: start_interview(BANK)):
        with pytest.raises(ProgressFileError, match="in table mock_interviews, the row with id"):
            read()


def test_the_statement_that_is_advised_mends_the_file():
    rate(LABEL, "good")
    spoil("UPDATE reviews SET id = 'it''s', missed = '5'")
    with pytest.raises(ProgressFileError) as error:
        all_cards()

    spoil("DELETE FROM reviews" + str(error.value).partition("DELETE FROM reviews")[2])

    assert all(card.is_new for card in all_cards())


def test_text_that_is_no_utf_8_does_not_stop_what_does_not_need_it():
    with connect() as database:
        database.execute(
            "INSERT INTO attempts (made_at, exercise, lesson, outcome) "
            "VALUES ('2027-03-01', CAST(x'ff' AS TEXT), '14_optimizers', 'right')"
        )

    assert show_progress().n_cards == len(BANK)


def test_an_export_names_the_row_instead_of_writing_what_no_import_takes(tmp_path):
    rate(LABEL, "good")
    spoil("UPDATE reviews SET missed = CAST(x'5b22ff225d' AS TEXT)")

    with pytest.raises(ProgressFileError, match="in table reviews, the row with id"):
        export_progress(tmp_path / "progress.json")

    assert not (tmp_path / "progress.json").exists()
