"""Programs that are started anew for each notebook: nbval, nbclient, otter."""

import abc
import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from xml.etree import ElementTree

from .engines import CELL_SECONDS, NOTEBOOK_SECONDS, Engine, Points, Tick
from .handed_in import HandedIn, grade_id, is_check


class ByNotebook(Engine):
    """A program that is started anew for each notebook."""

    def prepare(self) -> None:
        """Lay the submissions down."""
        for each in self.handed_in:
            each.write(self.folder / f"{each.student}.ipynb")

    def grade(self, tick: Tick) -> None:
        """Grade one notebook after the other, or several at once."""
        students = [each.student for each in self.handed_in]
        pool = ThreadPoolExecutor(self.jobs)
        try:
            for n_done, _ in enumerate(pool.map(self.grade_one, students), start=1):
                tick(n_done)
        finally:  # also when the user has seen enough
            pool.shutdown(cancel_futures=True)

    def points(self) -> Points:
        """Read what was found of each notebook; no points where nothing was written."""
        nothing = dict.fromkeys(self.handed_in[0].points, 0.0)
        return {
            each.student: nothing | dict(self.points_of(each.student)) for each in self.handed_in
        }

    @abc.abstractmethod
    def grade_one(self, student: str) -> None:
        """Grade a notebook."""

    @abc.abstractmethod
    def points_of(self, student: str) -> Iterator[tuple[str, float]]:
        """Read the points of a notebook, by exercise."""

    def _points_of_cells(
        self, student: str, is_right: Callable[[int], bool]
    ) -> Iterator[tuple[str, float]]:
        """Give the points of each check cell that is right, by its number among code cells."""
        notebook = next(each.notebook for each in self.handed_in if each.student == student)
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for place, cell in enumerate(code):
            if is_check(cell) and is_right(place):
                yield grade_id(cell), float(cell["metadata"]["nbgrader"]["points"])


class Nbval(ByNotebook):
    """One ``pytest --nbval-lax`` for each notebook: a check has passed or it has not."""

    name = "nbval"

    def grade_one(self, student: str) -> None:
        """Run a notebook as tests."""
        command = self.command(
            *("pytest", "--nbval-lax", f"--nbval-cell-timeout={CELL_SECONDS}", "--quiet"),
            *("-p", "no:cacheprovider", f"--junitxml={student}.xml", f"{student}.ipynb"),
        )
        self.run(command, limit=NOTEBOOK_SECONDS, accepted=(0, 1))

    def points_of(self, student: str) -> Iterator[tuple[str, float]]:
        """Read pytest's report."""
        report = self.folder / f"{student}.xml"
        if not report.is_file():
            return
        cases = list(ElementTree.parse(report).iter("testcase"))
        passed = {case.get("name", "").rpartition(" ")[2] for case in cases if not len(case)}
        yield from self._points_of_cells(student, lambda place: str(place) in passed)


class Nbclient(ByNotebook):
    """One ``jupyter execute`` for each notebook: a check shows an error or it does not."""

    name = "nbclient"

    def grade_one(self, student: str) -> None:
        """Execute a notebook and keep its outputs."""
        command = self.command(
            *("jupyter", "execute", "--allow-errors", "--inplace"),
            *(f"--timeout={CELL_SECONDS}", f"{student}.ipynb"),
        )
        # What fails as a whole, such as by a time limit, writes nothing.
        self.run(command, limit=NOTEBOOK_SECONDS, accepted=(0, 1))

    def points_of(self, student: str) -> Iterator[tuple[str, float]]:
        """Read which checks ran without an error."""
        text = (self.folder / f"{student}.ipynb").read_text("utf-8")
        code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        yield from self._points_of_cells(student, lambda place: _ran_well(code[place]))


class Otter(ByNotebook):
    """One ``otter run`` for each notebook, as where there is no Docker for ``otter grade``."""

    name = "otter"

    @classmethod
    def missing(cls, python: str) -> str:
        """Look for otter in the Python that was named."""
        command = [python, "-c", "import otter, tensorflow"]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            return ""
        told = (tried.stderr.strip().splitlines() or ["it does not start"])[-1]
        return f"{python}: {told} (pip install 'otter-grader[grading]'; see --help)"

    def prepare(self) -> None:
        """Make otter's own tests of the checks, pack them, and lay the submissions down."""
        tests = self.folder / "tests"
        tests.mkdir()
        for cell in filter(is_check, self.handed_in[0].notebook["cells"]):
            (tests / f"{grade_id(cell)}.py").write_text(_otter_test(cell), encoding="utf-8")
        bare = ("--no-config", "--no-environment", "--no-requirements")
        self.run(self.command("otter", "generate", "-t", "tests", "-o", "autograder.zip", *bare))
        for each in self.handed_in:
            _for_otter(each).write(self.folder / f"{each.student}.ipynb")
            (self.folder / "results" / each.student).mkdir(parents=True)

    def grade_one(self, student: str) -> None:
        """Run a notebook under otter."""
        command = self.command(
            *("otter", "run", "--no-logo", "-a", "autograder.zip"),
            *("-o", f"results/{student}", f"{student}.ipynb"),
        )
        self.run(command, limit=NOTEBOOK_SECONDS, accepted=(0, 1))

    def points_of(self, student: str) -> Iterator[tuple[str, float]]:
        """Read otter's report, which Gradescope reads too."""
        report = self.folder / "results" / student / "results.json"
        if report.is_file():
            for test in json.loads(report.read_text("utf-8"))["tests"]:
                if "score" in test:
                    yield test["name"], float(test["score"])


def _ran_well(cell: dict[str, Any]) -> bool:
    fails = any(output["output_type"] == "error" for output in cell["outputs"])
    return cell["execution_count"] is not None and not fails


def _otter_test(cell: dict[str, Any]) -> str:
    """Write a test of otter's exception-based form that makes the same check."""
    facts = cell["metadata"]["nbgrader"]
    function = grade_id(cell).partition("_")[2]
    return (
        "OK_FORMAT = False\n\nfrom otter.test_files import test_case\n\n"
        f"name = {grade_id(cell)!r}\npoints = {facts['points']}\n\n\n"
        f"@test_case(points={facts['points']})\ndef test_{function}({function}):\n"
        f"    from coursekit import check\n\n    check({grade_id(cell)!r}, {function})\n"
    )


def _for_otter(each: HandedIn) -> HandedIn:
    """Give the submission with otter's own check cells in the place of ours."""
    cells = [dict(cell) for cell in each.notebook["cells"]]
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    first["source"] = ["import otter\n", "grader = otter.Notebook()\n", *first["source"]]
    for cell in filter(is_check, cells):
        cell["source"] = f"grader.check({grade_id(cell)!r})"
    return HandedIn(each.student, {**each.notebook, "cells": cells}, each.points, each.hangs)
