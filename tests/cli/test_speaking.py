"""Every command answers fast, plainly, and with one line when something is wrong."""

import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "sklearn", "matplotlib", "pandas", "numpy", "nbformat", "yaml")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"], ["lessons"]])
def test_a_quick_command_imports_nothing_heavy(course, arguments):
    script = (
        "import sys\nfrom coursekit.cli import app\n"
        f"try:\n    app({arguments!r})\n"
        "except SystemExit as end:\n    assert not end.code\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    process = subprocess.run(
        [sys.executable, "-c", script],
        env={"COURSEKIT_COURSE": str(course.root), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, "")


def test_help_names_every_command(coursekit):
    result = coursekit("--help")
    for command in ("lab", "init", "doctor", "lessons", "questions", "claims", "run", "check"):
        assert f"\n  {command} " in result.out


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["run", "99"], ["'99'", "14_optimizers"]),
        (["run", "optimzers"], ["Did you mean 14_optimizers?"]),
        (["check", "nowhere.ipynb"], ["nowhere.ipynb"]),
        (["questions", "--lesson", "nothing"], ["nothing", "00_start_here"]),
        (["questions", "--id", "DL-99"], ["DL-99"]),
    ],
)
def test_a_wrong_call_gives_one_line_and_status_2(coursekit, arguments, needed):
    result = coursekit(*arguments, "--json")
    assert result.exit_status == 2
    assert result.out == ""
    assert result.err.startswith("coursekit: ")
    assert len(result.err.splitlines()) == 1
    for text in needed:
        assert text in result.err


def test_a_damaged_lesson_is_named_without_a_traceback(coursekit, course):
    (course.root / "notebooks" / "02_regression_losses.ipynb").write_text("{")
    result = coursekit("lessons")
    assert result.exit_status == 1
    assert "02_regression_losses.ipynb is damaged" in result.err
    assert "Traceback" not in result.err


def test_a_damaged_lesson_does_not_stop_the_others(coursekit, course):
    (course.root / "notebooks" / "02_regression_losses.ipynb").write_text("{")
    assert coursekit("claims", "--lesson", "14").exit_status == 0


def test_a_reader_that_closes_the_pipe_sees_no_error(course):
    process = subprocess.run(
        f'"{sys.executable}" -m coursekit lessons | head -c 1',
        shell=True,
        env={"COURSEKIT_COURSE": str(course.root), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stderr == ""
