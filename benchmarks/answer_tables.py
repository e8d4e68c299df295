"""Prints what :mod:`benchmarks.answer_review` measured."""

from typing import Any

from rich.console import Console
from rich.table import Table


def report(found: dict[str, Any]) -> None:
    """Print the measurements as tables, the most important one first.

    Parameters
    ----------
    found : dict
        From :func:`benchmarks.answer_review.measure`.
    """
    console = Console()
    title = f"{found['n_answers']} answers to {found['n_questions']} questions"
    table = Table("Wrong but fluent answers", "All", "Written after", title=title)
    later = found["wrong_but_fluent_written_after"]
    for name, value in found["wrong_but_fluent"].items():
        table.add_row(_words(name), _number(value), _number(later[name]))
    console.print(table)
    table = Table("Agreement with the labels", "Answers", "Precision", "Recall", "False", "Missed")
    groups = {
        "agreement": "",
        "agreement_written_after": ", written after",
        "agreement_other_voices_tuned": ", other voices, tuned",
        "agreement_other_voices_unseen": ", other voices, unseen",
    }
    for group, suffix in groups.items():
        for kind, record in found[group].items():
            for what in ("key_points", "red_flags"):
                row = record[what]
                table.add_row(
                    f"{_words(what)}, {kind}{suffix}",
                    str(record["n_answers"]),
                    *(_number(row[name]) for name in ("precision", "recall", "false", "missed")),
                )
    console.print(table)
    table = Table("The right question against others", "Value")
    for name, value in (found["discrimination"] | found["speed"]).items():
        table.add_row(_words(name), _number(value))
    console.print(table)
    table = Table("Other texts", "Mean coverage", "Highest", "Rated good or easy")
    for name, record in (found["other_texts"] | {"bank": found["bank_short_answers"]}).items():
        cells = record.values() if isinstance(record, dict) else (record, "", "")
        table.add_row(_words(name), *(_number(value) for value in cells))
    console.print(table)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _number(value: float | int | str | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
