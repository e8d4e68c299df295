"""Lessons link to their neighbours without anybody keeping a list."""

import json

import pytest

from coursekit.course import find_lesson
from coursekit.grading import link_lessons, navigation


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_COURSE", str(tmp_path))
    (tmp_path / "notebooks").mkdir()

    def add(name, title):
        cell = {"cell_type": "markdown", "metadata": {"tags": ["navigation"]}, "source": ["x"]}
        other = {"cell_type": "markdown", "metadata": {}, "source": ["prose"]}
        book = {"cells": [cell, other, cell], "metadata": {"coursekit": {"title": title}}}
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(json.dumps(book))

    add("00_start_here", "Start here")
    add("02_losses", "Losses")
    add("14_optimizers", "Optimizers")
    return add


def test_a_lesson_links_back_to_the_start_and_on(course):
    assert navigation(find_lesson(2)) == (
        "[Start](00_start_here.ipynb) · [14 · Optimizers](14_optimizers.ipynb) →"
    )
    assert navigation(find_lesson(14)) == (
        "← [02 · Losses](02_losses.ipynb) · [Start](00_start_here.ipynb)"
    )
    assert navigation(find_lesson(0)) == "[02 · Losses](02_losses.ipynb) →"


def test_a_new_lesson_changes_the_links_of_its_neighbours_only(course):
    assert len(link_lessons()) == 3
    assert link_lessons() == []

    course("03_classification", "Classification")

    assert [path.stem for path in link_lessons(write=False)] == [
        "02_losses",
        "03_classification",
        "14_optimizers",
    ]
    link_lessons()
    assert link_lessons(write=False) == []
    assert "prose" in find_lesson(2).notebook.read_text()
