"""A claim's figure is the nearest one before it in its own section of the lesson."""

import io

import pytest
from PIL import Image

from coursekit import evidence
from coursekit.practice.evidence_figures import (
    CLAIM_MIME_TYPE,
    EvidenceError,
    choose_evidence,
    make_picture,
    read_evidence,
)
from tests.practice.flash_card_samples import claims, figure, heading, shows, write_notebook

RED, BLUE = figure("red"), figure("blue")


def test_claims_are_found_under_the_type_that_they_are_stored_with():
    assert CLAIM_MIME_TYPE == evidence.CLAIM_MIME_TYPE


@pytest.fixture
def read(tmp_path):
    return lambda *cells: read_evidence(write_notebook(tmp_path / "14_optimizers.ipynb", *cells))


def test_the_nearest_figure_before_the_claim_is_its_evidence(read):
    found = read(shows(RED), shows(BLUE), heading("prose"), claims("DL-25.a", "Adam leads."))
    nearest = found["DL-25.a"]
    assert (nearest.figure, nearest.statement) == (BLUE, "Adam leads.")
    assert nearest.n_cells_between == 2


def test_a_figure_of_the_claims_own_cell_is_the_nearest(read):
    cell = claims("DL-25.a")
    cell["outputs"] += shows(BLUE)["outputs"]
    assert read(shows(RED), cell)["DL-25.a"].figure == BLUE


def test_a_figure_behind_the_claim_is_not_its_evidence(read):
    assert read(claims("DL-25.a"), shows(RED))["DL-25.a"].figure is None


def test_the_figure_of_another_section_is_not_its_evidence(read):
    found = read(shows(RED), heading("## Next"), claims("DL-25.a"))
    assert found["DL-25.a"].figure is None


def test_a_smaller_heading_is_the_same_section(read):
    found = read(shows(RED), heading("### Detail"), claims("DL-25.a"))
    assert found["DL-25.a"].figure == RED


def test_a_claim_that_does_not_hold_proves_nothing(read):
    assert read(shows(RED), claims("DL-25.a", holds=False)) == {}


def test_a_figure_may_be_stored_in_lines(read):
    cell = shows(RED)
    data = cell["outputs"][0]["data"]
    data["image/png"] = [data["image/png"][:40] + "\n", data["image/png"][40:] + "\n"]
    assert read(cell, claims("DL-25.a"))["DL-25.a"].figure == RED


def test_a_damaged_notebook_is_named(tmp_path):
    path = tmp_path / "14_optimizers.ipynb"
    for text in ("{", "[]", '{"cells": [1]}', '{"cells": [{}]}'):
        path.write_text(text)
        with pytest.raises(EvidenceError, match=r"14_optimizers\.ipynb: not a notebook"):
            read_evidence(path)
    with pytest.raises(EvidenceError, match=r"gone\.ipynb cannot be read"):
        read_evidence(tmp_path / "gone.ipynb")


def test_the_claim_closest_to_its_figure_is_chosen(read):
    found = read(
        claims("DL-25.none"), shows(RED), heading("text"), claims("DL-25.far"), shows(BLUE),
        claims("DL-25.near"), shows(RED), claims("DL-25.near-too"),
    )  # fmt: skip
    order = ("DL-25.none", "DL-25.far", "DL-25.near-too", "DL-25.near", "DL-25.unknown")
    assert choose_evidence(order, found).claim == "DL-25.near-too"


def test_without_a_figure_the_first_claim_is_chosen(read):
    found = read(claims("DL-25.a"), claims("DL-25.b"))
    assert choose_evidence(("DL-25.b", "DL-25.a"), found).claim == "DL-25.b"
    assert choose_evidence(("DL-25.c",), found) is None


def test_a_small_picture_stays_as_it_is_and_is_named_after_its_content():
    picture = make_picture(RED)
    assert picture.content == RED
    assert (picture.width, picture.height) == (60, 30)
    assert picture.name == make_picture(figure("red")).name
    assert picture.name != make_picture(BLUE).name
    assert picture.name.startswith("coursekit-")
    assert picture.name.removeprefix("coursekit-").removesuffix(".png").isalnum()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_wide_picture_is_shrunk_in_proportion(mode):
    picture = make_picture(figure("white", 1800, 900, mode))
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.size == (picture.width, picture.height) == (900, 450)
        assert image.convert("RGB").getpixel((450, 200)) == (255, 255, 255)


def test_what_is_no_picture_is_refused():
    with pytest.raises(EvidenceError, match="no PNG"):
        make_picture(b"GIF?")
    with pytest.raises(EvidenceError, match="no PNG"):
        make_picture(figure("red", 300, 300)[:200])
