"""``cards export`` writes the bank for Anki, or as a table for other programs."""

import json
import zipfile

import pytest
import typer
from typer.testing import CliRunner

from coursekit.cli import exporting_cards
from coursekit.cli.output import CommandError
from coursekit.course import CourseError
from coursekit.practice.evidence_figures import EvidenceError
from coursekit.questions import find_questions, load_bank
from tests.practice.flash_card_samples import claims, figure, shows, write_notebook

LESSON = "14_optimizers"
N_CARDS = len(find_questions(lesson=LESSON))


@pytest.fixture
def export(course, tmp_path, monkeypatch):
    """Run the command in a folder, with a course whose lesson 14 shows one figure."""
    claim = find_questions(lesson=LESSON)[0].claims[0]
    write_notebook(course.root / "notebooks" / f"{LESSON}.ipynb", shows(figure()), claims(claim))
    monkeypatch.setenv("COURSEKIT_COURSE", str(course.root))
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    exporting_cards.register(app)

    def run(*arguments):
        result = CliRunner().invoke(app, ["cards", "export", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_the_deck_holds_every_question_of_the_bank(export, tmp_path):
    pytest.importorskip("genanki", reason="needs genanki (the cards extra)")
    result = export("deck.apkg")
    assert result.exit_code == 0
    assert result.output.startswith(
        f"wrote {len(load_bank())} cards, 1 of them with a picture, to deck.apkg ("
    )
    with zipfile.ZipFile(tmp_path / "deck.apkg") as archive:
        (picture,) = json.loads(archive.read("media")).items()
        assert archive.read(picture[0]) == figure()


def test_one_lesson_as_a_table(export, tmp_path):
    result = export("cards.tsv", "--lesson", "14")
    assert result.output.startswith(f"wrote {N_CARDS} cards to cards.tsv (")
    lines = (tmp_path / "cards.tsv").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if not line.startswith("#")]) == N_CARDS


def test_the_report_as_json(export, tmp_path):
    document = json.loads(export("cards.txt", "--format", "tsv", "--lesson", "14", "--json").output)
    assert document == {
        "file": "cards.txt",
        "format": "tsv",
        "cards": N_CARDS,
        "pictures": 0,
        "bytes": (tmp_path / "cards.txt").stat().st_size,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["deck"], r"deck must end in \.apkg .* name it deck\.apkg"),
        (["thesis.pdf"], r"must end in \.apkg .* name it thesis\.apkg"),
        (["deck.apkg", "--format", "tsv"], r"must end in \.tsv or \.txt"),
        (["deck.tsv", "--format", "apkg"], r"must end in \.apkg"),
        (["gone/deck.apkg"], "no folder gone"),
        (["folder.apkg"], "is a folder"),
    ],
)
def test_a_place_where_no_deck_can_stand_is_refused(export, tmp_path, arguments, message):
    (tmp_path / "folder.apkg").mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CommandError, match=message) as caught:
        export(*arguments)
    assert caught.value.exit_status == 2
    assert sorted(tmp_path.iterdir()) == before


def test_an_unknown_lesson_is_refused(export):
    with pytest.raises(CourseError, match="no lesson '77'"):
        export("deck.apkg", "--lesson", "77")


def test_a_lesson_without_questions_is_said(export):
    with pytest.raises(CommandError, match="00_start_here has no questions"):
        export("deck.apkg", "--lesson", "0")


def test_a_damaged_lesson_is_named(export, course):
    path = course.root / "notebooks" / f"{LESSON}.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["outputs"][0]["data"]["image/png"] = "bm8gcGljdHVyZQ=="
    path.write_text(json.dumps(notebook))
    with pytest.raises(EvidenceError, match=rf"{LESSON}\.ipynb: .*no PNG"):
        export("cards.tsv")
