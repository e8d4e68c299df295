"""A notebook is read if it can be; what is forgiven is noted, and the rest has a plain reason."""

import contextlib
import copy
import json
import random
import subprocess
import sys
import zipfile

import pytest

from coursekit.grading.records import Submission
from coursekit.grading.submissions.reading import UnreadableError, read_cells
from coursekit.grading.submissions.references import references
from coursekit.grading.submissions.restoring import plan
from tests.grading.submissions import notebook, solved

CELLS = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}


@pytest.fixture
def read(tmp_path):
    """Read what is given as bytes, as text or as plain data."""

    def read_it(content):
        path = tmp_path / "14_optimizers.ipynb"
        if not isinstance(content, bytes | str):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_cells(Submission("ana", path, None, path.name))

    return read_it


def with_cells(*cells, **more):
    return CELLS | {"cells": list(cells)} | more


def code_cell(**facts):
    return {"cell_type": "code", "metadata": {}, "source": "1", "outputs": []} | facts


def test_a_sound_notebook_is_read_without_a_note(read):
    given = notebook()

    found = read(given)

    assert found.notes == ()
    assert [cell.number for cell in found.cells] == list(range(1, len(given["cells"]) + 1))
    assert [cell.kind for cell in found.cells] == [cell["cell_type"] for cell in given["cells"]]
    assert [cell.source for cell in found.cells] == ["".join(c["source"]) for c in given["cells"]]
    assert found.cells[4].grade_id == "14_gradient_descent_path"


HARMLESS = {
    "no minor version": with_cells(code_cell(), nbformat_minor=None),
    "version 4.0 without ids": with_cells(code_cell(), nbformat_minor=0),
    "ids that repeat": with_cells(code_cell(id="a"), code_cell(id="a"), nbformat_minor=5),
    "no metadata at all": {"nbformat": 4, "cells": [{"cell_type": "code", "source": "1"}]},
    "metadata that is a list": with_cells(code_cell(), metadata=[]),
    "no outputs": with_cells({"cell_type": "code", "source": ["1"]}),
    "outputs of any shape": with_cells(code_cell(outputs={"a": [None]})),
    "a tag that is no text": with_cells(code_cell(metadata={"tags": [1, None], "nbgrader": 3})),
}


@pytest.mark.parametrize("given", HARMLESS.values(), ids=HARMLESS)
def test_what_does_no_harm_is_not_even_noted(read, given):
    found = read(given)

    assert found.notes == ()
    assert [cell.source for cell in found.cells] == ["1"] * len(given["cells"])


FORGIVEN = {
    "cell metadata that is a list": (with_cells(code_cell(metadata=[])), "metadata of cell 1"),
    "a source that is a number": (with_cells(code_cell(source=3)), "text of cell 1"),
    "a source that holds a number": (with_cells(code_cell(source=["1", 2])), "text of cell 1"),
    "no source": (with_cells({"cell_type": "code"}), "text of cell 1"),
    "an unknown type": (with_cells(code_cell(cell_type="heading")), "neither code nor text"),
    "a cell that is no cell": (with_cells(code_cell(), "cell", None), "2 of its cells"),
    "no version": ({"cells": [code_cell()], "metadata": {}}, "notebook format 4"),
    "a version to come": (with_cells(code_cell(), nbformat=5), "notebook format 4"),
    "half a character": (with_cells(code_cell(source="'\ud800'")), "half a character"),
}


@pytest.mark.parametrize(("given", "says"), FORGIVEN.values(), ids=FORGIVEN)
def test_what_is_forgiven_is_noted(read, given, says):
    found = read(given)

    assert len(found.notes) == 1
    assert says in found.notes[0]
    for cell in found.cells:
        cell.source.encode("utf-8")


def test_an_unknown_type_with_outputs_is_code_and_without_is_not_run(read):
    found = read(with_cells(code_cell(cell_type="x"), {"cell_type": "x", "source": "1"}))

    assert [cell.kind for cell in found.cells] == ["code", "raw"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(read, encoding):
    text = json.dumps(with_cells(code_cell(source="'é✓'")), ensure_ascii=False)

    found = read(text.encode(encoding))

    assert found.cells[0].source == "'é✓'"
    assert found.notes == ()


def test_an_encoding_of_windows_is_noted(read):
    text = json.dumps(with_cells(code_cell(source="'é'")), ensure_ascii=False)

    found = read(text.encode("cp1252"))

    assert found.cells[0].source == "'é'"
    assert "Windows-1252" in found.notes[0]


def test_nul_bytes_of_a_broken_save_are_dropped(read):
    found = read(json.dumps(with_cells(code_cell())).encode() + bytes(4096))

    assert found.cells[0].source == "1"
    assert "NUL bytes" in found.notes[0]


def test_a_huge_number_is_forgiven(read):
    text = json.dumps(with_cells(code_cell(execution_count=7))).replace("7", "7" * 10_000)

    found = read(text)

    assert found.cells[0].source == "1"
    assert "thousands of digits" in found.notes[0]


def test_large_outputs_are_left_behind(read):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}

    found = read(with_cells(code_cell(outputs=[output])))

    assert found.cells[0].source == "1"
    assert found.notes == ()


UNREADABLE = {
    "nothing": (b"", "is empty"),
    "spaces": (b" \n\t", "is empty"),
    "NUL bytes": (bytes(1000), "nothing but NUL bytes"),
    "a notebook that was cut off": (json.dumps(with_cells(code_cell()))[:-9], "not valid JSON at"),
    "words": ("def f(): pass", "not valid JSON"),
    "any bytes": (bytes(range(256)) * 9, "not valid JSON"),
    "half of UTF-16": (b"\xff\xfe{\0}\0a", "damaged (utf-16)"),
    "a web page": ("<!DOCTYPE html><html></html>", "a web page"),
    "a merge": ('{"cells": [\n<<<<<<< HEAD\n]}', "git merge"),
    "a list": ([], "not a notebook"),
    "a number": (1, "not a notebook"),
    "other JSON": ({"name": "ana"}, "not a notebook"),
    "cells that are no list": (CELLS | {"cells": {"0": code_cell()}}, "no list of cells"),
    "too many cells": (with_cells(*[code_cell()] * 5001), "5001 cells"),
    "too much code": (with_cells(code_cell(source="#" * 6_000_000)), "MB of text"),
    "too many outputs": (b'{"cells": [' + b"{}," * 8_000_000 + b"]}", "too many to read"),
    "deep nesting": ("[" * 200_000 + "]" * 200_000, "nested too deeply"),
    "deep nesting inside": (
        json.dumps(with_cells(code_cell(outputs="DEEP"))).replace(
            '"DEEP"', "[" * 200_000 + "]" * 200_000
        ),
        "nested too deeply",
    ),
    "a damaged old notebook": ({"nbformat": 3, "worksheets": [{"cells": [1]}]}, "old notebook"),
    "worksheets of nothing": ({"worksheets": None}, "old notebook"),
}


@pytest.mark.parametrize(("given", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_has_a_reason(read, given, says):
    with pytest.raises(UnreadableError) as error:
        read(given)

    assert says in error.value.reason
    assert error.value.reason == str(error.value)
    assert "\n" not in error.value.reason


@pytest.mark.parametrize("version", [2, 3])
def test_an_old_format_is_converted(read, version):
    mark = {"nbgrader": {"grade_id": "14_plateau-answer"}}
    cells = [
        {"cell_type": "markdown", "source": ["Words"]},
        {"cell_type": "code", "language": "python", "input": "a = 1\nb = 2", "outputs": []},
    ]
    if version == 3:
        cells = [cell | {"metadata": mark} for cell in cells]
    given = {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": ""}}

    found = read(given | {"worksheets": [{"cells": cells}]})

    assert [(cell.kind, cell.source) for cell in found.cells] == [
        ("markdown", "Words"),
        ("code", "a = 1\nb = 2"),
    ]
    assert found.cells[1].grade_id == ("14_plateau-answer" if version == 3 else "")
    assert f"old notebook format {version}" in found.notes[0]


def test_a_known_problem_is_the_reason(tmp_path):
    with pytest.raises(UnreadableError, match="it is a link"):
        read_cells(Submission("ana", tmp_path, None, "x", "it is a link"))


@pytest.mark.parametrize("kind", ["missing", "folder", "link", "name"])
def test_what_changed_since_it_was_found_has_a_reason(tmp_path, kind):
    path = tmp_path / ("a\0b" if kind == "name" else "x.ipynb")
    if kind == "folder":
        path.mkdir()
    if kind == "link":
        (tmp_path / "secret").write_text(json.dumps(notebook()))
        path.symlink_to(tmp_path / "secret")

    with pytest.raises(UnreadableError):
        read_cells(Submission("ana", path, None, "x"))


def test_a_notebook_in_an_archive_is_read(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ana/x.ipynb", json.dumps(notebook()))

    assert len(read_cells(Submission("ana", path, "ana/x.ipynb", "x")).cells) == len(
        notebook()["cells"]
    )
    with pytest.raises(UnreadableError, match="no longer"):
        read_cells(Submission("ana", path, "ben/x.ipynb", "x"))


def test_reading_loads_nothing_that_is_slow():
    names = ("nbformat", "IPython", "numpy", "tensorflow", "nbgrader")
    loaded = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, coursekit.grading.submissions.finding\n"
            "from coursekit.grading.submissions import restoring\n"
            "from coursekit.grading.submissions.references import references\nreferences()\n"
            f"print([name for name in {names} if name in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.strip() == "[]"


def test_no_damage_raises_anything_but_a_reason(tmp_path):
    random_ = random.Random(0)
    known = references()
    path = tmp_path / "14_optimizers.ipynb"
    submission = Submission("ana", path, None, path.name)
    n_read = 0
    for number in range(300):
        damage = _damage_bytes if number % 3 == 0 else _damage_data
        path.write_bytes(damage(solved(), random_))
        with contextlib.suppress(UnreadableError):
            found = plan(submission, known)
            exercises = [step.exercise for step in found.steps if step.kind == "check"]
            asked = [check.exercise for check in known[found.lesson].checks]
            assert sorted(exercises) == sorted(asked)
            n_read += 1
    assert 100 < n_read < 300


def _damage_data(given, random_):
    """Put something wrong into any place of a notebook's data."""
    damaged = copy.deepcopy(given)
    for _ in range(random_.randint(1, 4)):
        place = damaged
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = random_.choice(keys)
            if isinstance(place[key], dict | list) and random_.random() < 0.8:
                place = place[key]
                continue
            wrong = [None, 0, -1.5, "", "\ud800\0", [], {}, [[]], {"a": None}, True, 10**30, [{}]]
            place[key] = copy.deepcopy(random_.choice(wrong))
            break
    return json.dumps(damaged).encode()


def _damage_bytes(given, random_):
    """Overwrite, cut or repeat a piece of a notebook's file."""
    data = bytearray(json.dumps(given).encode())
    start = random_.randrange(len(data))
    end = min(len(data), start + random_.randint(0, 50))
    piece = random_.choice([b"", random_.randbytes(20), bytes(9), b'"', b"}", data[start:] * 2])
    data[start:end] = piece
    return bytes(data)
