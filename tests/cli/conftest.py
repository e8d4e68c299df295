"""A course of three small lessons, and the command line to use it with."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

CLAIM = """
from IPython.display import display
display({{"application/vnd.coursekit.claim+json": {{
    "schema": 1, "id": "{id}", "statement": "Adam leads.", "about": None, "verdict": "supported",
    "holds": {holds}, "observed": {{"adam": 0.31234567, "n": 3}},
    "prediction": None, "answer": None,
}}, "text/plain": "claim"}}, raw=True)
"""


class Course:
    """A course on disk that a test may write to."""

    def __init__(self, root):
        self.root = root
        for name in ("notebooks", "exercises", "solutions"):
            (root / name).mkdir(parents=True)

    def write(self, file, *sources, facts=None, kernel="python3"):
        """Write a notebook; a source that starts with # and a space is a heading."""
        cells = [
            nbformat.v4.new_markdown_cell(source, id=f"cell-{place}")
            if source.startswith("# ")
            else nbformat.v4.new_code_cell(source, id=f"cell-{place}")
            for place, source in enumerate(sources)
        ]
        metadata = {"kernelspec": {"name": kernel, "display_name": "?", "language": "python"}}
        if facts is not None:
            metadata["coursekit"] = facts
        path = self.root / file
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
        return path

    @staticmethod
    def claim(claim_id, *, holds):
        """Give the source of a cell that shows a claim."""
        return CLAIM.format(id=claim_id, holds=holds)

    def write_exercise(self, file, *cells):
        """Write an exercise from (grade_id or None, source) pairs; each check has 3 points."""
        notebook = nbformat.v4.new_notebook()
        for place, (grade_id, source) in enumerate(cells):
            cell = nbformat.v4.new_code_cell(source, id=f"cell-{place}")
            if grade_id:
                cell.metadata["nbgrader"] = {
                    "schema_version": 3,
                    "grade_id": grade_id,
                    "points": 3,
                    "grade": True,
                    "solution": False,
                    "locked": True,
                    "task": False,
                }
            notebook.cells.append(cell)
        path = self.root / file
        nbformat.write(notebook, path)
        return path


@pytest.fixture
def course(tmp_path):
    """Give a course with the lessons 00, 02 and 14."""
    course = Course(tmp_path / "course")
    course.write(
        "notebooks/00_start_here.ipynb",
        "# Start here",
        facts={"title": "Start here", "part": "Start", "questions": [], "minutes": 5, "seconds": 1},
    )
    course.write("notebooks/02_regression_losses.ipynb", "# Regression losses", "1 + 1")
    course.write(
        "notebooks/14_optimizers.ipynb",
        "# Optimizers",
        "print('a', flush=True)\nprint('b')",
        course.claim("DL-25.adam-leads-early", holds=True),
        facts={
            "title": "Optimizers",
            "part": "Training",
            "questions": ["DL-25"],
            "minutes": 30,
            "seconds": 60,
        },
    )
    return course


class Result:
    """What a command gave."""

    def __init__(self, process):
        self.exit_status = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    @property
    def json(self):
        """Read standard output as the one JSON document that it must be."""
        return json.loads(self.out)


@pytest.fixture
def coursekit(course, tmp_path):
    """Run the command line as a user does: its own process, its output in pipes."""

    def run(*arguments, cwd=tmp_path, env=None):
        environment = {**os.environ, "COURSEKIT_COURSE": str(course.root), **(env or {})}
        process = subprocess.run(
            [sys.executable, "-m", "coursekit", *map(str, arguments)],
            cwd=cwd,
            env={name: value for name, value in environment.items() if value is not None},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )
        return Result(process)

    return run
