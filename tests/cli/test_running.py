"""``run`` executes a lesson and tells what it claims."""

import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest

from coursekit.cli.executing import execute
from coursekit.cli.saving import clean_notebook, code_fingerprint, find_blemishes

LESSON = "notebooks/14_optimizers.ipynb"


def test_json_lists_the_claims_with_their_numbers(coursekit, course):
    before = (course.root / LESSON).read_bytes()
    result = coursekit("run", "14", "--json")
    assert (result.exit_status, result.err) == (0, "")
    assert result.json["lesson"] == "14_optimizers"
    assert 0 < result.json["seconds"] < 60
    (claim,) = result.json["claims"]
    assert claim["id"] == "DL-25.adam-leads-early"
    assert (claim["verdict"], claim["holds"]) == ("supported", True)
    assert claim["observed"] == {"adam": 0.31234567, "n": 3}
    assert (course.root / LESSON).read_bytes() == before


def test_a_cell_that_raises_is_named_with_its_first_lines(coursekit, course):
    course.write(
        LESSON, "# Optimizers", "x = 1", "# Then\n\nprose", "a = 2\nb = 0\nc = a / b\nd = 1"
    )
    result = coursekit("run", "optimizers", "--json")
    assert result.exit_status == 1
    assert result.json["failure"] == {
        "cell": 2,
        "source": "a = 2\nb = 0\nc = a / b\n...",
        "error": "ZeroDivisionError: division by zero",
    }
    assert "cell [2] failed: ZeroDivisionError: division by zero" in result.err
    assert "\x1b" not in result.out + result.err


def test_a_claim_that_does_not_hold_fails_the_run(coursekit, course):
    course.write(LESSON, "# Optimizers", course.claim("DL-25.wrong", holds=False))
    result = coursekit("run", "14")
    assert result.exit_status == 1
    assert result.out.splitlines()[1].startswith("NO")
    assert "does not hold: DL-25.wrong" in result.err


def test_a_cell_over_its_time_ends_the_run(coursekit, course):
    course.write(LESSON, "# Optimizers", "import time; time.sleep(60)")
    result = coursekit("run", "14", "--json", "--timeout", "1")
    assert result.exit_status == 1
    assert "longer than 1 s" in result.json["failure"]["error"]


def test_a_kernel_that_dies_is_told(coursekit, course):
    course.write(LESSON, "# Optimizers", "import os; os._exit(3)")
    result = coursekit("run", "14", "--json")
    assert result.exit_status == 1
    assert result.json["failure"]["cell"] == 1
    assert "the kernel died" in result.json["failure"]["error"]


def test_the_lesson_runs_in_this_python_in_its_own_folder(course):
    path = course.write(
        LESSON, "import os, sys; print(sys.executable); print(os.getcwd())", kernel="no-such-kernel"
    )
    ((output,),) = [cell.outputs for cell in execute(path, timeout=60).notebook.cells]
    assert output.text.splitlines() == [sys.executable, str(path.parent)]


def test_the_learners_progress_takes_no_part(course, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "mine"))
    path = course.write(LESSON, "import os; print(os.environ['COURSEKIT_HOME'])")
    ((output,),) = [cell.outputs for cell in execute(path, timeout=60).notebook.cells]
    assert output.text.strip() != str(tmp_path / "mine")


def test_what_native_libraries_write_is_no_output(course):
    path = course.write(LESSON, "import os; _ = os.write(2, b'native'), os.write(1, b'native')")
    execution = execute(path, timeout=60)
    assert execution.failure is None
    assert execution.notebook.cells[0].outputs == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_stops_the_kernel_too(course, tmp_path):
    alive = tmp_path / "kernel"
    course.write(
        LESSON,
        f"import os, pathlib, time; pathlib.Path({str(alive)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(100)",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "coursekit", "run", "14"],
        env={**os.environ, "COURSEKIT_COURSE": str(course.root)},
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_until(lambda: alive.is_file() and alive.read_text())
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "coursekit: stopped\n")
    _wait_until(lambda: not _is_running(int(alive.read_text())))


def test_save_stores_clean_outputs(coursekit, course):
    path = course.root / LESSON
    result = coursekit("run", "14", "--save")
    assert result.exit_status == 0, result.err
    text = path.read_text()
    assert text.endswith("}\n")
    assert text.startswith('{\n "cells"')
    notebook = json.loads(text)
    facts = notebook["metadata"]["coursekit"]
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert notebook["metadata"] == {
        "coursekit": {
            "title": "Optimizers",
            "part": "Training",
            "questions": ["DL-25"],
            "minutes": 30,
            "seconds": 60,
            "measured_seconds": facts["measured_seconds"],
            "code_sha256": code_fingerprint(sources),
        },
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell["id"] for cell in notebook["cells"]] == ["cell-0", "cell-1", "cell-2"]
    assert [cell["metadata"] for cell in notebook["cells"]] == [{}, {}, {}]
    (stream,) = notebook["cells"][1]["outputs"]
    assert stream["text"] == ["a\n", "b\n"]
    assert coursekit("claims", "--json").json["claims"][0]["id"] == "DL-25.adam-leads-early"

    assert coursekit("run", "14", "--save").exit_status == 0
    again = json.loads(path.read_text())
    again["metadata"]["coursekit"]["measured_seconds"] = facts["measured_seconds"]
    assert again == notebook


def test_save_refuses_what_is_not_clean_and_names_the_cell(coursekit, course):
    path = course.write(LESSON, "# Optimizers", "1", "object()")
    before = path.read_bytes()
    result = coursekit("run", "14", "--save")
    assert result.exit_status == 1
    assert "cell [2] shows an address: at 0x" in result.err
    assert path.read_bytes() == before


def test_warnings_and_traces_of_the_machine_are_blemishes(course):
    path = course.write(
        LESSON,
        "import os, sys, warnings; warnings.warn('old')",
        "print(os.getcwd())",
        "import pytest; pytest.__file__",
        "from pathlib import Path; Path.home() / 'data'",
        "print('/home/someone/data', r'C:\\Users\\someone')",
        "print('1/2 of a/tmp/b, https://example.org/data'); 0.5",
        "from IPython.display import HTML; HTML('<img src=\"data:image/png;base64,AA/tmp/AA==\">')",
    )
    blemishes = find_blemishes(execute(path, timeout=60).notebook)
    assert [blemish.split(":")[0] for blemish in blemishes] == [
        "cell [1] writes to standard error",
        "cell [2] shows a path of this machine",
        "cell [3] shows a path of this machine",
        "cell [4] shows a path of this machine",
        "cell [5] shows a path of this machine",
    ]


def test_widgets_leave_no_dead_views():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    cell = nbformat.v4.new_code_cell("explore()", execution_count=7)
    cell.metadata = {"execution": {"iopub.status.busy": "now"}, "tags": ["hide-input"]}
    cell.outputs = [
        nbformat.v4.new_output("display_data", {**view, "text/plain": "VBox()"}),
        nbformat.v4.new_output("display_data", {**view, "text/html": "<img>", "text/plain": "x"}),
    ]
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})
    cleaned = clean_notebook(notebook, seconds=1.2)
    assert "widgets" not in cleaned.metadata
    assert cleaned.metadata.coursekit.measured_seconds == 2
    (only,) = cleaned.cells
    assert (only.execution_count, only.metadata) == (1, {"tags": ["hide-input"]})
    assert [output.data for output in only.outputs] == [{"text/html": "<img>", "text/plain": "x"}]


def test_save_leaves_a_failing_lesson_as_it_is(coursekit, course):
    path = course.write(LESSON, "# Optimizers", "1 / 0")
    before = path.read_bytes()
    assert coursekit("run", "14", "--save").exit_status == 1
    assert path.read_bytes() == before


def test_without_save_an_address_is_no_fault(coursekit, course):
    course.write(LESSON, "# Optimizers", "object()")
    assert coursekit("run", "14").exit_status == 0


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
