"""A corpus of hostile, malformed and honest submissions, each with the grade that it must get.

`python -m tests.grading.corpus` grades them all and prints the table of verdicts.
"""

from . import (
    escaping,
    exhausting,
    forging,
    habits,
    hanging,
    honest,
    injecting,
    intruding,
    malformed,
    odd_values,
    overloading,
    patching,
    stealing,
    tampering,
)
from .cases import CELL_SECONDS, EXERCISES, MEMORY_MEGABYTES, TOTAL_SECONDS, Case, Place

GROUPS: dict[str, tuple[Case, ...]] = {
    "honest": (*honest.CASES, *habits.CASES),
    "hanging": hanging.CASES,
    "exhausting": exhausting.CASES,
    "patching": patching.CASES,
    "intruding": intruding.CASES,
    "odd values": odd_values.CASES,
    "overloading": overloading.CASES,
    "forging": forging.CASES,
    "stealing": stealing.CASES,
    "escaping": escaping.CASES,
    "injecting": injecting.CASES,
    "tampering": tampering.CASES,
    "malformed": malformed.CASES,
}
CASES = tuple(case for group in GROUPS.values() for case in group)

__all__ = [
    "CASES",
    "CELL_SECONDS",
    "EXERCISES",
    "GROUPS",
    "MEMORY_MEGABYTES",
    "TOTAL_SECONDS",
    "Case",
    "Place",
]
