"""The last exercise of lesson 01: name the illness from three scores."""

from collections.abc import Callable

import numpy as np

from coursekit.checks.definitions import Case, Exercise, Mistake

_ILLNESSES = ("underfitting", "overfitting", "shift")


def _cases() -> list[Case]:
    return [
        Case((0.70, 0.69, 0.68, 0.90), name="all three scores are low"),
        Case((1.00, 0.75, 0.74, 0.90), name="training reaches the target, the hold-out does not"),
        Case((0.98, 0.96, 0.80, 0.90), name="only production misses the target"),
        Case((0.95, 0.93, 0.92, 0.90), name="all three reach the target"),
        Case((1.00, 0.93, 0.92, 0.90), name="a perfect training score, and a good hold-out"),
        Case((0.90, 0.97, 0.91, 0.90), name="the hold-out is luckier than training"),
        Case((1.00, 0.75, 0.50, 0.90), name="hold-out and production both miss the target"),
        Case((0.80, 0.78, 0.77, 0.90, 0.15), name="a generous tolerance"),
    ]


def _first_to_miss(
    train: float, hold_out: float, production: float, target: float, tolerance: float = 0.05
) -> str:
    """Name the first score, in the order of the illnesses, that misses the target."""
    missed = np.array([train, hold_out, production]) < target - tolerance
    return _ILLNESSES[int(missed.argmax())] if missed.any() else "ok"


def _rules(*tests: tuple[str, Callable[..., bool]]) -> Callable[..., str]:
    """Build a diagnosis from tests of (train, hold-out, production, lowest good, tolerance)."""

    def answer(
        train: float, hold_out: float, production: float, target: float, tolerance: float = 0.05
    ) -> str:
        scores = train, hold_out, production, target - tolerance, tolerance
        return next((name for name, test in tests if test(*scores)), "ok")

    return answer


_UNDERFITTING = ("underfitting", lambda train, held, used, lowest, slack: train < lowest)
_OVERFITTING = ("overfitting", lambda train, held, used, lowest, slack: held < lowest)
_SHIFT = ("shift", lambda train, held, used, lowest, slack: used < lowest)

diagnose = Exercise(
    id="01_diagnose",
    task="Name the illness from the scores on training, hold-out and production rows.",
    points=2,
    questions=("HT-9",),
    reference=_first_to_miss,
    cases=_cases,
    mistakes=(
        Mistake(
            "training-against-production",
            _rules(
                _UNDERFITTING,
                ("overfitting", lambda train, held, used, lowest, slack: train - used > slack),
            ),
            "You compare training with production only. A fall between them can come from a shift "
            "as well; the hold-out in between tells the two apart.",
            see="HT-9",
        ),
        Mistake(
            "low-training-is-overfitting",
            _rules(
                ("overfitting", lambda train, held, used, lowest, slack: min(train, held) < lowest),
                _SHIFT,
            ),
            "You call a low training score overfitting. A model that does not even fit its own "
            "rows underfits; it has not learnt too much of them.",
            see="HT-9",
        ),
        Mistake(
            "any-difference-is-overfitting",
            _rules(
                _UNDERFITTING,
                ("overfitting", lambda train, held, used, lowest, slack: abs(train - held) > slack),
                _SHIFT,
            ),
            "You take the absolute difference of training and hold-out. A hold-out that is better "
            "than training was lucky or easy; it is no overfitting.",
            see="HT-9",
        ),
        Mistake(
            "a-gap-is-overfitting",
            _rules(
                _UNDERFITTING,
                ("overfitting", lambda train, held, used, lowest, slack: train - held > slack),
                _SHIFT,
            ),
            "You call every gap overfitting. A forest scores 1 in training and reaches its target "
            "on the hold-out all the same; the harm is a hold-out that misses the target.",
            see="HT-9",
        ),
        Mistake(
            "production-before-hold-out",
            _rules(_UNDERFITTING, _SHIFT, _OVERFITTING),
            "You ask about production before the hold-out. An overfitted model is poor on every "
            "new row, so a low production score says shift only if the hold-out is good.",
            see="HT-9",
        ),
    ),
    hints=(
        "Ask in order: does training reach the target? does the hold-out? does production?",
        "A score misses the target when score < target - tolerance; the first to miss decides.",
    ),
)
