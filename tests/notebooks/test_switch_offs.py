"""Claims fail when their effect is switched off."""

from importlib import import_module
from pathlib import Path

import pytest

from .reading import LESSONS, ROOT, calls
from .switching import SwitchOff, claim_fails, claim_holds

FOLDER = Path(__file__).parent / "switch_offs"


def declared(path: Path) -> list[SwitchOff]:
    return import_module(f"tests.notebooks.switch_offs.{path.stem}").SWITCH_OFFS


CASES = [
    (path.stem, switch) for path in sorted(FOLDER.glob("[0-9]*.py")) for switch in declared(path)
]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


# Without its effect an experiment may divide by nothing.
@pytest.mark.filterwarnings("ignore::RuntimeWarning:lesson")
@pytest.mark.parametrize(
    ("lesson", "switch"), CASES, ids=[f"{switch.claim}:{switch.why}" for _, switch in CASES]
)
def test_a_claim_fails_when_its_effect_is_switched_off(lesson, switch):
    assert claim_fails(ROOT / "notebooks" / f"{lesson}.ipynb", switch)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_claim_has_a_switch_off(lesson):
    switched = {switch.claim for name, switch in CASES if name == lesson.stem}

    assert {call.first for call in calls(lesson, "claim")} <= switched


def notebook_of(tmp_path, *codes):
    import json

    cells = [{"cell_type": "code", "source": code} for code in codes]
    path = tmp_path / "02_toy.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    return path


TOY = (
    "from coursekit import claim\nimport numpy as np",
    "size = 3",
    "unrelated = 1 / 0",
    "values = np.ones(size)\nvalues[0] = 5",
    'claim("DS-9.toy", "Big.", holds=bool(values.sum() > 6), observed={"sum": values.sum()})',
)


def test_only_the_cells_that_the_claim_needs_are_run(tmp_path):
    lesson = notebook_of(tmp_path, *TOY)

    assert claim_holds(lesson, "DS-9.toy")
    assert claim_fails(lesson, SwitchOff("DS-9.toy", {"size = 3": "size = 1"}, "fewer"))


def test_a_text_that_does_not_occur_is_an_error_and_not_a_pass(tmp_path):
    lesson = notebook_of(tmp_path, *TOY)

    with pytest.raises(LookupError, match="size = 9"):
        claim_fails(lesson, SwitchOff("DS-9.toy", {"size = 9": "size = 1"}, "stale"))
    with pytest.raises(LookupError, match="No cell makes"):
        claim_fails(lesson, SwitchOff("DS-9.other", {}, "unknown"))
