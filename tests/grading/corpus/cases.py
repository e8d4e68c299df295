"""What a case of the corpus is: a file that somebody hands in, and how it must be graded."""

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.grading import submissions

EXERCISES = {
    "path": "14_gradient_descent_path",
    "schedule": "14_warmup_cosine",
    "plateau": "14_plateau",
    "adam": "14_adam_step",
}
#: An exercise of another lesson, whose check lends the answer a function of its own.
CURVE = "07_learning_curve"
#: Seconds of one cell or check, and of one submission; short, for many cases use them up.
CELL_SECONDS, TOTAL_SECONDS = 8, 40
MEMORY_MEGABYTES = 2048

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a run of the corpus happens; `@home@` in a case's code stands for `home`."""

    home: Path
    submissions: Path
    output: Path
    temporary: Path
    course: Path
    checks: Path
    site: Path
    tcp_port: int
    udp_port: int
    socket: Path
    bystander: int

    def fill(self, text: str) -> str:
        """Replace the names between two @ by what they stand for in this run."""
        for name, value in vars(self).items():
            text = text.replace(f"@{name}@", str(value))
        return text


@dataclass(frozen=True)
class Case:
    """One file that is handed in.

    Attributes
    ----------
    name : str
    tries : str
        What whoever hands it in tries, or what went wrong, in a few words.
    content : dict or bytes or callable or None
        A notebook; or the file's bytes; or what writes it, given the place and the path; or None
        for a file that another case wrote.
    outcomes : mapping of str to set of str
        For each short name of an exercise, the outcomes that are right; `"*"` stands for the
        others. Besides the outcomes of a check: "unreadable", and "absent" for no row at all.
    says : str
        A regular expression that the row must match: its reason, notes, messages and reasons.
    file : str
        Its name in the folder of submissions.
    shown : str
        A regular expression by which its row is known.
    seconds : float
        How long it may take at most.
    mistakes : mapping of str to str
        The mistakes that must be recognised, by the short name of the exercise.
    n_rows : int
        How many rows it makes.
    """

    name: str
    tries: str
    content: Notebook | bytes | Callable[[Place, Path], None] | None
    outcomes: Mapping[str, frozenset[str]]
    says: str = ""
    file: str = ""
    shown: str = ""
    seconds: float = TOTAL_SECONDS + 15
    mistakes: Mapping[str, str] = field(default_factory=dict)
    n_rows: int = 1

    def write(self, place: Place) -> None:
        """Hand it in."""
        path = place.submissions / self.file
        if isinstance(self.content, dict):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(place.fill(json.dumps(self.content)), encoding="utf-8")
        elif isinstance(self.content, bytes):
            path.write_bytes(self.content)
        elif self.content is not None:
            self.content(place, path)

    def allowed(self, exercise: str) -> frozenset[str]:
        """Give the outcomes that are right for an exercise, named in full."""
        return self.outcomes.get(short_name(exercise)) or self.outcomes["*"]


def short_name(exercise: str) -> str:
    """Give the short name of an exercise; empty for one of another lesson."""
    names = EXERCISES | {"curve": CURVE}
    return next((name for name, full in names.items() if full == exercise), "")


def case(
    name: str,
    tries: str,
    content: Any,
    *,
    says: str = "",
    file: str = "",
    shown: str = "",
    seconds: float = TOTAL_SECONDS + 15,
    mistakes: Mapping[str, str] | None = None,
    n_rows: int = 1,
    others: str = "right",
    **outcomes: str,
) -> Case:
    """Make a case; outcomes are written like `adam="wrong|review"`, those not named `others`."""
    file = file or f"{name}_14_optimizers.ipynb"
    expected = {exercise: frozenset(text.split("|")) for exercise, text in outcomes.items()}
    expected["*"] = frozenset(others.split("|"))
    shown = shown or f"^{_escaped(file)}$"
    facts = (says, file, shown, seconds, mistakes or {}, n_rows)
    return Case(name, tries, content, expected, *facts)


def attack(
    name: str,
    tries: str,
    *,
    first: str | Sequence[str] = (),
    last: str | Sequence[str] = (),
    answers: Mapping[str, str] | None = None,
    **expected: Any,
) -> Case:
    """Make a case of a solved notebook with code of the learner's own.

    Parameters
    ----------
    first, last : str or sequence of str
        Cells after the imports, and at the end.
    answers : mapping of str to str
        Other code for the answer cells, by the short name of the exercise.
    """
    notebook = submissions.solved(
        answers={EXERCISES[short]: code_of(text) for short, text in (answers or {}).items()}
    )
    own = [_own_cell(text) for text in _several(first)]
    place = submissions.place_of(notebook, f"{EXERCISES['path']}-answer")
    notebook["cells"][place:place] = own
    notebook["cells"] += [_own_cell(text) for text in _several(last)]
    return case(name, tries, notebook, **expected)


_BREACH = 'def breach(what, *more):\n    print("BREA" + "CH of", what, *more)\n'


def code_of(text: str) -> str:
    """Strip the indentation of code in a text, and define `breach` where it is used."""
    text = textwrap.dedent(text).strip("\n")
    return f"{_BREACH}\n\n{text}" if "breach(" in text else text


_STARTS = {
    "path": "def gradient_descent_path(learning_rate, curvature, start, n_steps):",
    "schedule": "def warmup_cosine(step, n_steps, warmup_steps, peak, floor):",
    "plateau": "def plateau(val_losses, learning_rate, factor, patience, min_delta):",
    "adam": (
        "def adam_step(weights, gradient, first, second, step,\n"
        "              learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):"
    ),
}
_RIGHT = {
    "path": "return start * (1 - learning_rate * curvature) ** np.arange(n_steps + 1)",
    "schedule": """
        if step < warmup_steps:
            return peak * step / warmup_steps
        progress = min((step - warmup_steps) / (n_steps - warmup_steps), 1.0)
        return floor + (peak - floor) * 0.5 * (1 + np.cos(np.pi * progress))
    """,
    "adam": """
        first = beta_1 * first + (1 - beta_1) * gradient
        second = beta_2 * second + (1 - beta_2) * gradient**2
        move = (first / (1 - beta_1**step)) / (np.sqrt(second / (1 - beta_2**step)) + epsilon)
        return weights - learning_rate * move, first, second
    """,
}


def function(exercise: str, *bodies: str) -> str:
    """Write a function for an exercise from pieces of its body."""
    lines = "\n".join(textwrap.dedent(body).strip("\n") for body in bodies)
    return f"{_STARTS[exercise]}\n{textwrap.indent(lines, '    ')}\n"


def then_right(exercise: str, body: str) -> str:
    """Write a function that does something else first, and then gives the right answer."""
    return function(exercise, body, _RIGHT[exercise])


#: Runs, and is wrong: it learns nothing.
WRONG_ADAM = function("adam", "return weights, first, second")


def _own_cell(text: str) -> Notebook:
    # Some of the texts cannot be encoded, so that no id could be made of them.
    return submissions.code("") | {"source": code_of(text), "id": f"own-{len(text)}"}


def _several(cells: str | Sequence[str]) -> Sequence[str]:
    return [cells] if isinstance(cells, str) else cells


def _escaped(text: str) -> str:
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in text)
