"""Anki imports the deck, and takes over an edit without losing a review."""

import hashlib
import json
import os
import sqlite3
import sys
import time
import zipfile

import pytest

from coursekit.practice import anki_deck, flash_cards
from coursekit.practice.anki_deck import DeckError, write_anki_deck
from coursekit.practice.flash_cards import make_flash_cards
from coursekit.questions import load_bank
from tests.practice.flash_card_samples import (
    LESSON,
    claims,
    figure,
    heading,
    record,
    shows,
    write_bank,
    write_notebook,
)

NOW = int(time.time())
GOOD = 3


class Author:
    """Writes questions and a lesson, and exports them at a given time before now."""

    def __init__(self, folder):
        self.bank = folder / "bank"
        self.notebook = folder / "notebooks" / f"{LESSON}.ipynb"
        self.file = folder / "deck.apkg"

    def export(self, *records, seconds_ago, colour="red"):
        questions = write_bank(self.bank, *records)
        write_notebook(
            self.notebook,
            shows(figure(colour)),
            claims("DL-25.a", "Adam leads."),
            heading("## Next"),
            claims("DL-26.a", "No picture."),
        )
        for path in (self.bank / f"{LESSON}.yaml", self.notebook):
            os.utime(path, (NOW - seconds_ago, NOW - seconds_ago))
        cards = make_flash_cards(questions, {LESSON: self.notebook}, self.bank)
        write_anki_deck(self.file, cards)
        return self.file


@pytest.fixture
def author(tmp_path, monkeypatch):
    pytest.importorskip("genanki", reason="needs genanki (the cards extra)")
    layout = tmp_path / "layout.py"
    layout.touch()
    os.utime(layout, (NOW - 9_000, NOW - 9_000))
    monkeypatch.setattr(flash_cards, "_LAYOUT_FILE", layout)
    return Author(tmp_path)


class Anki:
    """Anki's own backend with a collection in a folder."""

    def __init__(self, folder):
        from anki import collection

        self.package = collection
        self.collection = collection.Collection(str(folder / "anki.anki2"))

    def take(self, file, **options):
        """Import a package with the options that Anki's dialogue starts with."""
        request = self.package.ImportAnkiPackageRequest(
            package_path=str(file), options=self.package.ImportAnkiPackageOptions(**options)
        )
        return self.collection.import_anki_package(request).log

    def note(self, label):
        (found,) = self.collection.find_notes(f'"Label:{label}"')
        return self.collection.get_note(found)

    def review(self, label):
        """Answer a note's card with Good."""
        card = self.note(label).cards()[0]
        card.start_timer()
        self.collection.sched.answerCard(card, GOOD)

    def history(self):
        cards = "select id, nid, did, type, queue, due, ivl, factor, reps, data from cards"
        return (
            self.collection.db.all("select * from revlog order by id"),
            self.collection.db.all(f"{cards} order by id"),
        )


@pytest.fixture
def anki(tmp_path):
    pytest.importorskip("anki", reason="needs Anki's own backend (anki)")
    anki = Anki(tmp_path)
    yield anki
    anki.collection.close()


def test_every_question_is_a_note_in_its_lessons_deck(author, anki):
    log = anki.take(author.export(record("DL-25"), record("DL-26"), seconds_ago=900))
    assert len(log.new) == 2
    note = anki.note("DL-25")
    assert note.tags == ["adam", "difficulty::2", "lesson::14_optimizers", "optimization"]
    assert anki.collection.decks.name(note.cards()[0].did) == "Prove It::14 optimizers"
    assert len(note.cards()) == 1


def test_the_card_shows_the_question_and_on_its_back_the_answer(author, anki):
    anki.take(author.export(record("DL-25"), seconds_ago=900))
    card = anki.note("DL-25").cards()[0]
    assert "What is DL-25?" in card.question()
    assert "Adam leads." not in card.question()
    for text in ("What is DL-25?", r"\(\sqrt{v}\)", "large", "Adam leads.", "It ties.", "Because."):
        assert text in card.answer()


def test_a_text_that_looks_like_a_template_stays_text(author, anki):
    question = record(
        "DL-25", question="Is {{Evidence}} a {{c1::field}}, or $\\frac{1}{\\sqrt{2}}$?"
    )
    anki.take(author.export(question, seconds_ago=900))
    shown = anki.note("DL-25").cards()[0].question()
    assert r"Is {{Evidence}} a {{c1::field}}, or \(\frac{1}{\sqrt{2}}\)?" in shown


def test_a_part_that_is_empty_has_no_heading(author, anki):
    anki.take(author.export(record("DL-26", myths=[]), seconds_ago=900))
    answer = anki.note("DL-26").cards()[0].answer()
    assert "Key points" in answer
    assert "Myths" not in answer


def test_the_picture_is_in_the_collection_and_found(author, anki):
    anki.take(author.export(record("DL-25"), record("DL-26"), seconds_ago=900))
    media = anki.collection.media
    (name,) = os.listdir(media.dir())
    assert f'src="{name}"' in anki.note("DL-25")["Evidence"]
    assert "No picture." in anki.note("DL-26")["Evidence"]
    report = media.check()
    assert (list(report.missing), list(report.unused)) == ([], [])


@pytest.mark.parametrize("with_scheduling", [False, True])
def test_an_edit_updates_the_note_and_keeps_the_reviews(author, anki, with_scheduling):
    anki.take(author.export(record("DL-25"), record("DL-26"), seconds_ago=900))
    anki.review("DL-25")
    anki.review("DL-25")
    anki.review("DL-26")
    before = anki.history()
    assert len(before[0]) == 3

    edited = record("DL-25", question="What is Adam?", tags=["adam", "new"], difficulty=3)
    file = author.export(edited, record("DL-26"), seconds_ago=600, colour="blue")
    log = anki.take(file, with_scheduling=with_scheduling)

    assert not log.new
    assert [note.fields[0] for note in log.updated if "Adam" in note.fields[1]] == ["DL-25"]
    note = anki.note("DL-25")
    assert note["Question"] == "What is Adam?"
    assert note.tags == ["adam", "difficulty::3", "lesson::14_optimizers", "new"]
    assert anki.history() == before
    (picture,) = anki.collection.media.check().unused
    assert picture not in note["Evidence"]


def test_many_exports_leave_one_note_type_and_one_deck(author, anki):
    for seconds_ago in (900, 600, 300):
        question = record("DL-25", question=f"What, {seconds_ago}?")
        anki.take(author.export(question, seconds_ago=seconds_ago), merge_notetypes=False)
    names = [each.name for each in anki.collection.models.all_names_and_ids()]
    assert [name for name in names if "Prove" in name] == [anki_deck.NOTE_TYPE]
    decks = [each.name for each in anki.collection.decks.all_names_and_ids()]
    assert [name for name in decks if "Prove" in name] == ["Prove It", "Prove It::14 optimizers"]
    assert anki.note("DL-25")["Question"] == "What, 300?"
    assert anki.collection.note_count() == 1


def test_an_unchanged_note_never_overwrites_what_the_learner_wrote(author, anki):
    anki.take(author.export(record("DL-25"), record("DL-26"), seconds_ago=900))
    for label in ("DL-25", "DL-26"):
        note = anki.note(label)
        note["Short answer"] = "In my words."
        note.add_tag("mine")
        anki.collection.update_note(note)
    anki.collection.db.execute("update notes set mod = ?", NOW - 700)

    edited = record("DL-26", question="New?")
    log = anki.take(author.export(record("DL-25"), edited, seconds_ago=600))

    assert [note.fields[0] for note in log.updated] == ["DL-26"]
    assert anki.note("DL-25")["Short answer"] == "In my words."
    assert "mine" in anki.note("DL-25").tags
    assert anki.note("DL-26")["Question"] == "New?"


def test_a_question_that_moves_to_another_place_in_its_file_stays_the_same_note(author, anki):
    anki.take(author.export(record("DL-25"), record("DL-26"), seconds_ago=900))
    anki.review("DL-26")
    before = anki.history()
    log = anki.take(author.export(record("DL-26"), record("DL-25"), seconds_ago=600))
    assert not log.new
    assert anki.history() == before


def test_the_parts_of_a_split_question_are_two_notes(author, anki):
    parts = (record("DL-25", part="first"), record("DL-25", part="second"))
    log = anki.take(author.export(*parts, seconds_ago=900))
    assert len(log.new) == 2
    assert anki.note("DL-25 (first)").guid != anki.note("DL-25 (second)").guid


def test_the_whole_bank_is_taken(author, anki):
    write_anki_deck(author.file, make_flash_cards(load_bank(), {}))
    log = anki.take(author.file)
    assert len(log.new) == len(load_bank()) == anki.collection.card_count()


def _notes(file):
    with zipfile.ZipFile(file) as archive:
        content = archive.read("collection.anki2")
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    return connection.execute("select id, guid, mid, mod from notes order by guid").fetchall()


def test_the_same_content_is_the_same_file(author):
    first = author.export(record("DL-25"), seconds_ago=900).read_bytes()
    assert author.export(record("DL-25"), seconds_ago=900).read_bytes() == first


def test_ids_stay_and_the_date_rises_with_the_content(author):
    ((*ids, date),) = _notes(author.export(record("DL-25"), seconds_ago=900))
    edited = record("DL-25", question="New?", tags=["new"])
    ((*later_ids, later),) = _notes(author.export(edited, seconds_ago=600))
    assert later_ids == ids
    assert (date, later) == (NOW - 900, NOW - 600)


def test_a_note_keeps_its_date_when_only_its_neighbours_change(author):
    author.export(record("DL-25"), record("DL-26"), seconds_ago=900)
    edited = record("DL-26", question="New?")
    notes = _notes(author.export(record("DL-25"), edited, seconds_ago=600))
    assert [date for *_, date in notes] == [NOW - 900, NOW - 600]


def test_a_changed_note_is_newer_even_where_its_file_is_older(author):
    author.export(record("DL-25"), seconds_ago=600)
    ((*_, date),) = _notes(author.export(record("DL-25", difficulty=1), seconds_ago=900))
    assert date == NOW - 599


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", "zip of text"])
def test_a_file_that_is_no_deck_has_no_dates_to_keep(author, content):
    if content == "zip of text":
        with zipfile.ZipFile(author.file, "w") as archive:
            archive.writestr("collection.anki2", "text")
    else:
        author.file.write_bytes(content)
    ((*_, date),) = _notes(author.export(record("DL-25"), seconds_ago=900))
    assert date == NOW - 900


def test_a_date_in_the_future_counts_as_now_and_one_of_1970_as_none(author):
    for seconds_ago in (-5_000, NOW):
        os.utime(flash_cards._LAYOUT_FILE, (0, 0))
        author.file.unlink(missing_ok=True)
        ((*_, date),) = _notes(author.export(record("DL-25"), seconds_ago=seconds_ago))
        assert NOW <= date <= time.time()


def test_no_two_questions_of_the_bank_share_a_note_or_card_id(author):
    guids = [card.guid for card in make_flash_cards(load_bank(), {})]
    ids = {anki_deck._note_id(guid) for guid in guids}
    assert len(ids) == len(set(guids)) == len(guids)
    assert not {each + 1 for each in ids} & ids


def test_a_changed_layout_needs_a_later_date():
    """Raise NOTE_TYPE_DATE, then write the new digest here: Anki reads by the date alone."""
    layout = json.dumps(
        [anki_deck.FIELDS, anki_deck.FRONT, anki_deck.answer_template(), anki_deck.STYLE]
    )
    digest = hashlib.sha256(layout.encode()).hexdigest()[:16]
    assert (anki_deck.NOTE_TYPE_DATE, digest) == (1_795_219_200, "0652434b3e030741")


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(author, monkeypatch):
    file = author.export(record("DL-25"), seconds_ago=900)
    content, names = file.read_bytes(), sorted(os.listdir(file.parent))

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(anki_deck, "_add", fail)
    with pytest.raises(OSError, match="No space"):
        author.export(record("DL-25", question="New?"), seconds_ago=600)
    assert file.read_bytes() == content
    assert sorted(os.listdir(file.parent)) == names


def test_without_genanki_the_error_says_what_to_do(tmp_path, monkeypatch):
    questions = write_bank(tmp_path, record())
    monkeypatch.setitem(sys.modules, "genanki", None)
    with pytest.raises(DeckError, match=r"coursekit\[cards\]"):
        write_anki_deck(tmp_path / "deck.apkg", make_flash_cards(questions, {}, tmp_path))
    assert not (tmp_path / "deck.apkg").exists()


def test_no_cards_are_refused(tmp_path):
    with pytest.raises(DeckError, match="no questions"):
        write_anki_deck(tmp_path / "deck.apkg", ())
