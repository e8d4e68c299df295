"""The table holds a card a line and nothing that a program would run."""

import csv
import html

import pytest

from coursekit.practice.card_table import COLUMNS, HEADER, _harmless, write_card_table
from coursekit.practice.flash_cards import make_flash_cards
from tests.practice.flash_card_samples import (
    LESSON,
    claims,
    figure,
    record,
    shows,
    write_bank,
    write_notebook,
)


def _rows(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    assert tuple(lines[: len(HEADER)]) == HEADER
    assert lines[-1] == ""
    reader = csv.reader(lines[len(HEADER) : -1], delimiter="\t", strict=True)
    return [dict(zip(COLUMNS, row, strict=True)) for row in reader]


@pytest.fixture
def table(tmp_path):
    def write(*records):
        questions = write_bank(tmp_path / "bank", *records)
        notebook = write_notebook(tmp_path / f"{LESSON}.ipynb", shows(figure()), claims("DL-25.a"))
        cards = make_flash_cards(questions, {LESSON: notebook}, tmp_path / "bank")
        write_card_table(tmp_path / "cards.tsv", cards)
        return _rows(tmp_path / "cards.tsv")

    return write


def test_a_card_is_a_line(table):
    first, second = table(record("DL-25"), record("DL-26", part="rates"))
    assert first["guid"] == "prove-it:DL-25"
    assert second["guid"] == "prove-it:DL-26:rates"
    assert first["deck"] == "Prove It::14 optimizers"
    assert first["tags"].split() == (
        ["optimization", "adam", "lesson::14_optimizers", "difficulty::2"]
    )
    assert first["question"] == "What is DL-25?"


def test_the_answer_has_every_part_but_the_picture(table):
    (row,) = table(record())
    for text in (r"\(\sqrt{v}\)", "large", "Adam leads.", "It ties.", "Then this.", "2015"):
        assert text in row["answer"]
    assert "<img" not in row["answer"]


def test_tabs_quotes_and_line_breaks_stay_inside_their_cell(table):
    text = 'a\tb "c"\nd\r\ne'
    (row,) = table(record(question=text, short_answer=text))
    assert row["question"] == "a b &quot;c&quot;<br>d<br>e"


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_runs_as_a_formula_of_a_spreadsheet(table, start):
    (row,) = table(record(question=f"{start}cmd"))
    assert row["question"] == f"&#{ord(start)};cmd"


@pytest.mark.parametrize("sign", "＝＋－＠")
def test_wide_signs_count_as_those_of_a_formula(table, sign):
    (row,) = table(record(question=f"{sign}cmd"))
    assert row["question"] == f"&#{ord(sign)};cmd"


@pytest.mark.parametrize("before", [" ", "\u00a0", "\u3000", "\ufeff", " \u200b ", "\u2060"])
def test_a_sign_behind_what_is_not_shown_counts_too(before):
    cell = _harmless(f"{before}=cmd")
    assert cell == f"{before}&#61;cmd"
    assert html.unescape(cell) == f"{before}=cmd"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("1 = 1", "1 = 1"),
        ("", ""),
        ("one\u2028two\x0bthree", "one two three"),
        ("\n=cmd", " &#61;cmd"),
        ("a\x00b", "a\ufffdb"),
        ("half a letter \ud800", "half a letter ?"),
    ],
)
def test_a_cell_is_one_line_that_every_reader_can_read(cell, written):
    assert _harmless(cell) == written


def test_anki_reads_the_table(table, tmp_path):
    collection = pytest.importorskip("anki.collection", reason="needs Anki's own backend (anki)")
    table(record("DL-25"), record("DL-26"))
    anki = collection.Collection(str(tmp_path / "anki.anki2"))
    try:
        path = str(tmp_path / "cards.tsv")
        metadata = anki.get_csv_metadata(path, None)
        log = anki.import_csv(collection.ImportCsvRequest(path=path, metadata=metadata)).log
        assert len(log.new) == 2
        note = anki.get_note(anki.find_notes("tag:adam")[0])
        assert note.guid == "prove-it:DL-25"
        assert note.fields[0] == "What is DL-25?"
        assert r"\(\sqrt{v}\)" in note.fields[1]
        assert anki.decks.name(note.cards()[0].did) == "Prove It::14 optimizers"
    finally:
        anki.close()
