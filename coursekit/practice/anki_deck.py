"""Packs flash cards as a deck for Anki.

Anki finds a note again by its guid, which comes from the question alone, and takes over what a
newer note says; the schedule and the review history of its cards stay as they are. A note is as new
as the newest file that it was made from, and a note that reads as in the deck that is replaced
keeps its date: it does not overwrite what a learner wrote into it.
"""

import hashlib
import itertools
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coursekit.files import replacing

from .flash_cards import PARTS, FlashCard, section

NOTE_TYPE = "Prove It question"
NOTE_TYPE_ID = 1_792_540_117
# Anki takes over a changed template when this date is later: raise it with every change below.
NOTE_TYPE_DATE = 1_795_219_200
# The note type's fields must never change, or Anki would keep two of it: what comes later goes
# into the spare ones.
SPARE_FIELDS = ("Spare 1", "Spare 2", "Spare 3", "Spare 4")
FIELDS = ("Label", "Question", *PARTS, *SPARE_FIELDS)
_FIRST_NOTE_ID = 1_700_000_000_000  # ids are milliseconds since 1970: Anki shows them as "created"

Earlier = dict[str, tuple[int, str, str]]  # guid: date, fields, tags

STYLE = """\
.card { font: 18px/1.5 system-ui, sans-serif; text-align: left; max-width: 46em;
  margin: 0 auto; padding: .5em; overflow-wrap: break-word; }
.label { opacity: .75; font-size: .8em; }
.question { font-size: 1.25em; font-weight: 600; }
h3 { font-size: 1em; margin: 1.2em 0 .2em; }
ul { margin: 0; padding-left: 1.3em; }
p { margin: 0 0 .6em; }
figure { margin: 0; border-left: 4px solid #0173b2; padding-left: .8em; }
figure img { max-width: 100%; height: auto; background: #fff; }
figcaption code { display: block; font-size: .75em; opacity: .75; }
summary { cursor: pointer; }
details { margin-top: .4em; }
.part { margin-top: 1.2em; }
.part > summary { font-weight: bold; }
"""
FRONT = '<div class="label">{{Label}}</div>\n<div class="question">{{Question}}</div>'


class DeckError(Exception):
    """Raised when a deck cannot be written; the message says what to do."""


def answer_template() -> str:
    """Give the template of the card's back: each part that the note has, under its heading."""
    parts = (f"{{{{#{name}}}}}{section(name, f'{{{{{name}}}}}')}{{{{/{name}}}}}" for name in PARTS)
    return "\n".join(["{{FrontSide}}", '<hr id="answer">', *parts])


def write_anki_deck(file: Path, cards: Sequence[FlashCard]) -> None:
    """Write a deck that Anki imports, with the pictures inside.

    The same cards give the same file, byte by byte.

    Parameters
    ----------
    file : Path
        The ``.apkg`` file. One that is there is read for the dates of its notes, and replaced when
        the new one is whole.
    cards : sequence of FlashCard

    Raises
    ------
    DeckError
        If genanki is not installed, or there are no cards.
    """
    if not cards:
        raise DeckError("there are no questions to make cards of: choose another lesson")
    pictures = {card.picture.name: card.picture.content for card in cards if card.picture}
    names = dict(enumerate(sorted(pictures)))
    with TemporaryDirectory() as folder:
        earlier = _earlier_notes(file, Path(folder) / "earlier.anki2")
        collection = _collection(cards, earlier, Path(folder) / "collection.anki2")
    with replacing(file) as new, zipfile.ZipFile(new, "w") as archive:
        _add(archive, "collection.anki2", collection)
        _add(archive, "media", json.dumps(names).encode())
        for number, name in names.items():
            _add(archive, str(number), pictures[name])


def _earlier_notes(deck: Path, file: Path) -> Earlier:
    """Read date, fields and tags of the notes in a deck; nothing from what is none."""
    try:
        with zipfile.ZipFile(deck) as archive:
            file.write_bytes(archive.read("collection.anki2"))
        with closing(sqlite3.connect(file)) as connection:
            rows = connection.execute("SELECT guid, mod, flds, tags FROM notes").fetchall()
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, sqlite3.Error):
        return {}
    return {guid: (date, fields, tags) for guid, date, fields, tags in rows}


def _collection(cards: Sequence[FlashCard], earlier: Earlier, file: Path) -> bytes:
    """Write the package's database through genanki, which knows Anki's tables.

    Genanki's own ``write_to_file`` would give all notes one date and the ids of the moment, and
    leave a temporary file behind.
    """
    genanki = _genanki()
    note_type = _note_type(genanki)
    decks = {card.deck: genanki.Deck(_deck_id(card.deck), card.deck) for card in cards}
    for deck in decks.values():
        deck.add_model(note_type)
    with closing(sqlite3.connect(file)) as connection:
        cursor = connection.cursor()
        genanki.Package(list(decks.values())).write_to_db(cursor, NOTE_TYPE_DATE, iter(()))
        for position, card in enumerate(cards):
            note = genanki.Note(
                note_type, _values(card), tags=card.tags, guid=card.guid, due=position
            )
            ids = itertools.count(_note_id(card.guid))
            date = _date(card, earlier)
            note.write_to_db(cursor, date, decks[card.deck].deck_id, ids)
        connection.commit()
    return file.read_bytes()


def _note_type(genanki: Any) -> Any:
    return genanki.Model(
        NOTE_TYPE_ID,
        NOTE_TYPE,
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Interview", "qfmt": FRONT, "afmt": answer_template()}],
        css=STYLE,
    )


def _date(card: FlashCard, earlier: Earlier) -> int:
    """Give a note's date: it stays where the note reads as before, and else it rises."""
    if card.guid not in earlier:
        return card.changed
    date, fields, tags = earlier[card.guid]
    same = fields.split("\x1f") == _values(card) and tags.split() == card.tags
    return date if same else max(card.changed, date + 1)


def _values(card: FlashCard) -> list[str]:
    values = {"Label": card.question.label, **card.fields}
    return [values.get(name, "") for name in FIELDS]


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)


def _genanki() -> Any:
    try:
        import genanki
    except ModuleNotFoundError as error:
        raise DeckError(
            'an Anki deck needs genanki: `pip install "coursekit[cards]"`, '
            "or write a table with --format tsv"
        ) from error
    return genanki


def _deck_id(name: str) -> int:
    return (1 << 30) + _digest(name) % (1 << 30)


def _note_id(guid: str) -> int:
    """Give a note's id; its card has the next number, so a note's is even."""
    return _FIRST_NOTE_ID + 2 * (_digest(guid) % 10**9)


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
