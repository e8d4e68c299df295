"""Writes flash cards as a table for programs other than Anki."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from coursekit.files import replacing

from .flash_cards import PARTS, FlashCard, section

COLUMNS = ("guid", "deck", "tags", "question", "answer")
# Anki reads these lines; a program that does not shows them as rows to delete. A line #columns
# would make Anki look for fields of these names, and take the guid for the question.
HEADER = (
    "#separator:tab",
    "#html:true",
    "#guid column:1",
    "#deck column:2",
    "#tags column:3",
)
# What spreadsheets take for the start of a formula; the wide forms count in East Asian ones.
_FORMULA_SIGNS = tuple("=+-@＝＋－＠")
_UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"
_IMAGE = re.compile(r"<img [^>]*>")


def write_card_table(file: Path, cards: Sequence[FlashCard]) -> None:
    """Write guid, deck, tags, question and answer as tab-separated text, one line a card.

    Question and answer are HTML. The table holds no pictures.

    Parameters
    ----------
    file : Path
        One that is there is replaced when the new one is whole.
    cards : sequence of FlashCard
    """
    text = io.StringIO(newline="")
    text.writelines(f"{line}\n" for line in HEADER)
    rows = csv.writer(text, delimiter="\t", lineterminator="\n")
    for card in cards:
        row = (card.guid, card.deck, " ".join(card.tags), card.fields["Question"], _answer(card))
        rows.writerow([_harmless(cell) for cell in row])
    with replacing(file) as new:
        new.write(text.getvalue().encode())


def _answer(card: FlashCard) -> str:
    fields = {**card.fields, "Evidence": _IMAGE.sub("", card.fields["Evidence"])}
    return "".join(section(name, fields[name]) for name in PARTS if fields[name])


def _harmless(cell: str) -> str:
    """Write a cell on one line, and so that no spreadsheet runs it; in HTML it reads the same."""
    # A NUL or half a surrogate pair would end the cell, or the file, for some readers.
    text = cell.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    text = " ".join(text.splitlines())
    # Spreadsheets look behind what they do not show.
    shown = text.lstrip().lstrip(_UNSEEN).lstrip()
    if shown[:1] not in _FORMULA_SIGNS:
        return text
    place = len(text) - len(shown)
    return f"{text[:place]}&#{ord(shown[0])};{shown[1:]}"
