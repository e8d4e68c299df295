"""The first notebook shows the way to every lesson."""

import json

from coursekit.course import find_lesson, lessons
from coursekit.grading import navigation

from .reading import ROOT, code_cells, notebook, source

START = ROOT / "notebooks" / "00_start_here.ipynb"


def test_the_stored_map_lists_every_lesson_with_nobodys_progress():
    outputs = json.dumps([cell["outputs"] for cell in code_cells(START)])

    for lesson in lessons()[1:]:
        assert f"({lesson.notebook.name})" in outputs, "run: coursekit run 00 --save"
    assert "0 of 3 right" in outputs


def test_it_links_to_the_first_lesson():
    cells = notebook(START)["cells"]
    links = [source(c) for c in cells if "navigation" in c["metadata"].get("tags", ())]

    assert links == [navigation(find_lesson(0))] * 2


def test_its_stored_outputs_are_clean():
    outputs = [output for cell in code_cells(START) for output in cell["outputs"]]

    assert not any(output["output_type"] == "error" for output in outputs)
    assert not any(output.get("name") == "stderr" for output in outputs)
    assert "widget-view" not in json.dumps(outputs)
