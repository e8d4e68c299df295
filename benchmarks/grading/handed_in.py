"""Makes the class that is graded: lesson 14, with TensorFlow in each notebook."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.course import find_lesson

LESSON = "14_optimizers"
_OWN_CELL = """\
# {student}: does a network learn faster than a line?
import keras
import tensorflow as tf

keras.utils.set_random_seed({seed})
X = np.random.default_rng({seed}).normal(size=(256, 8)).astype("float32")
y = X @ np.arange(8, dtype="float32")
layers = [keras.layers.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)]
model = keras.Sequential(layers)
model.compile(keras.optimizers.Adam(0.01), "mse")
history = model.fit(X, y, epochs=3, verbose=0)
print("mean loss", float(tf.reduce_mean(history.history["loss"])))
"""
_NO_BIAS_CORRECTION = """\
def adam_step(
    weights, gradient, first, second, step,
    learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
):
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    return weights - learning_rate * first / (np.sqrt(second) + epsilon), first, second
"""
_NO_CURVATURE = """\
def gradient_descent_path(learning_rate, curvature, start, n_steps):
    return start * (1 - learning_rate) ** np.arange(n_steps + 1)
"""
_CRASHES = """\
def warmup_cosine(step, n_steps, warmup_steps, peak, floor):
    return peak * step / (warmup_steps - warmup_steps)
"""
_HANGS = """\
def plateau(val_losses, learning_rate, factor, patience, min_delta):
    while True:
        pass
"""
#: What students do beside right answers, one after the other; None is the untouched stub.
_FAULTS: tuple[dict[str, str | None], ...] = (
    {},
    {},
    {"14_adam_step": _NO_BIAS_CORRECTION},
    {},
    {"14_plateau": None},
    {"14_gradient_descent_path": _NO_CURVATURE, "14_warmup_cosine": _CRASHES},
)


@dataclass(frozen=True)
class HandedIn:
    """A notebook of the class.

    Attributes
    ----------
    student : str
    notebook : dict
        As JSON.
    points : dict
        What each of its exercises deserves, by the check's ``grade_id``.
    hangs : bool
        Whether it holds an infinite loop, so that engines may differ.
    """

    student: str
    notebook: dict[str, Any]
    points: dict[str, float]
    hangs: bool = False

    def write(self, path: Path) -> Path:
        """Write the notebook, with the folders above it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.notebook), encoding="utf-8")
        return path


def make_class(n_submissions: int, *, hang: bool = False) -> list[HandedIn]:
    """Make the notebooks of a class: most are right, every third has a fault.

    Parameters
    ----------
    n_submissions : int
    hang : bool, default False
        Whether the last one holds an infinite loop.

    Returns
    -------
    list of HandedIn
        The same for the same arguments; no two notebooks are equal.
    """
    faults = [_FAULTS[place % len(_FAULTS)] for place in range(n_submissions)]
    if hang:
        faults[-1] = {"14_plateau": _HANGS}
    return [
        _hand_in(f"student_{place + 1:03}", place, fault, hangs=hang and place + 1 == n_submissions)
        for place, fault in enumerate(faults)
    ]


def solution_of_lesson() -> Path:
    """Give the notebook that the exercise is derived from.

    Raises
    ------
    FileNotFoundError
        Where the course has no solutions, as in an installed copy.
    """
    solution = find_lesson(LESSON).solution
    if solution is None:
        raise FileNotFoundError(f"lesson {LESSON} has no solution here: run this in a checkout")
    return solution


def grade_id(cell: dict[str, Any]) -> str:
    """Give nbgrader's id of a cell; empty if it has none."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def is_check(cell: dict[str, Any]) -> bool:
    """Tell whether a cell is graded."""
    return bool(cell["metadata"].get("nbgrader", {}).get("grade"))


def _hand_in(student: str, seed: int, fault: dict[str, str | None], *, hangs: bool) -> HandedIn:
    notebook = _exercise()
    answers = _solutions() | fault
    points = {}
    for cell in notebook["cells"]:
        name = grade_id(cell).removesuffix("-answer")
        if is_check(cell):
            points[name] = 0.0 if name in fault else float(cell["metadata"]["nbgrader"]["points"])
        elif (code := answers.get(name)) is not None:
            cell["source"] = code
    _add_own_cell(notebook, _OWN_CELL.format(student=student, seed=seed))
    return HandedIn(student, notebook, points, hangs)


def _exercise() -> dict[str, Any]:
    exercise = find_lesson(LESSON).exercise
    if exercise is None:
        raise FileNotFoundError(f"lesson {LESSON} has no exercise here: run this in a checkout")
    return json.loads(exercise.read_text(encoding="utf-8"))


def _solutions() -> dict[str, str | None]:
    cells = json.loads(solution_of_lesson().read_text(encoding="utf-8"))["cells"]
    return {
        grade_id(cell).removesuffix("-answer"): "".join(
            line for line in cell["source"] if "### " not in line
        )
        for cell in cells
        if grade_id(cell) and not is_check(cell)
    }


def _add_own_cell(notebook: dict[str, Any], source: str) -> None:
    """Add a cell of the student's, after the one that imports."""
    place = next(i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
    own = copy.deepcopy(notebook["cells"][place]) | {"id": "own-cell", "source": source}
    notebook["cells"].insert(place + 1, own)
