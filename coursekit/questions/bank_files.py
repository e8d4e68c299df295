"""Reads the bank: one YAML file a lesson, refused loudly with file, line and field."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from .schema import Question

BANK_FOLDER = Path(__file__).parent / "bank"


class BankError(ValueError):
    """Raised for a bank file that breaks the schema; each line names file, line and field."""


@cache
def load_bank(folder: Path = BANK_FOLDER) -> tuple[Question, ...]:
    """Load every question of the bank.

    Parameters
    ----------
    folder : Path
        The folder of the YAML files.

    Returns
    -------
    tuple of Question
        In the order of the lessons, then of the files.

    Raises
    ------
    BankError
        If a file breaks the schema, or two entries share id and part.
    """
    questions = [q for path in sorted(folder.glob("*.yaml")) for q in load_bank_file(path)]
    seen: dict[str, str] = {}
    for question in questions:
        if question.label in seen:
            raise BankError(
                f"{question.label} stands in {seen[question.label]}.yaml and in "
                f"{question.lesson}.yaml: give each a part, or keep one"
            )
        seen[question.label] = question.lesson
    return tuple(questions)


def find_questions(
    lesson: str | None = None, question_id: str | None = None
) -> tuple[Question, ...]:
    """Select questions by lesson, by id, or by both.

    Parameters
    ----------
    lesson : str, optional
        A lesson's name such as ``"14_optimizers"``.
    question_id : str, optional
        An id such as ``"DL-25"``; case does not matter. A split question gives all its parts.

    Returns
    -------
    tuple of Question
        Empty if nothing fits.
    """
    found = load_bank() if lesson is None else _questions_of(BANK_FOLDER / f"{lesson}.yaml")
    return tuple(q for q in found if question_id is None or q.id == question_id.upper())


@cache
def _questions_of(path: Path) -> tuple[Question, ...]:
    """Load one lesson's questions alone: a fault in another lesson's file is not its fault."""
    return load_bank_file(path) if path.is_file() else ()


def load_bank_file(path: Path) -> tuple[Question, ...]:
    """Load the questions of one lesson.

    Parameters
    ----------
    path : Path
        A YAML file with the one key ``questions``; its stem is the lesson's name.

    Returns
    -------
    tuple of Question

    Raises
    ------
    BankError
        With one line for each fault: file, line, field, and what is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        document = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise BankError(f"{path.name}: not text in UTF-8: {error}") from error
    except yaml.YAMLError as error:
        raise BankError(f"{path.name}: not valid YAML: {error}") from error
    entries = document.get("questions") if isinstance(document, dict) else None
    if not isinstance(entries, list) or set(document) != {"questions"}:
        raise BankError(f"{path.name}:1: the file must hold the one key 'questions', a list")
    lines = dict(_lines(root, ()))
    faults = [f"{path.name}:{line}: {field}: stands twice" for field, line in _repeated(root)]
    questions = [
        _validate(path, number, entry, lines, faults) for number, entry in enumerate(entries)
    ]
    if faults:
        raise BankError("\n".join(faults))
    return tuple(question for question in questions if question is not None)


def _validate(
    path: Path, number: int, entry: Any, lines: dict[tuple, int], faults: list[str]
) -> Question | None:
    record = {"lesson": path.stem, **entry} if isinstance(entry, dict) else entry
    try:
        question = Question.model_validate(record)
    except ValidationError as error:
        for fault in error.errors():
            where = ("questions", number, *fault["loc"])
            field = ".".join(str(part) for part in fault["loc"]) or "the entry"
            name = entry.get("id", f"entry {number + 1}") if isinstance(entry, dict) else number + 1
            faults.append(f"{path.name}:{_line(where, lines)}: {name}: {field}: {fault['msg']}")
        return None
    if question.lesson != path.stem:
        where = ("questions", number, "lesson")
        faults.append(
            f"{path.name}:{_line(where, lines)}: {question.id}: lesson: must be {path.stem}"
        )
    return question


def _line(where: tuple, lines: dict[tuple, int]) -> int:
    """Give the line of a field, or of the nearest thing around it that the file has."""
    while where not in lines and where:
        where = where[:-1]
    return lines.get(where, 1)


def _lines(node: yaml.Node | None, where: tuple) -> Iterator[tuple[tuple, int]]:
    """Yield the place of each field and the line on which it stands, counted from 1."""
    if node is None:
        return
    yield where, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*where, key.value), key.start_mark.line + 1
            for place, line in _lines(value, (*where, key.value)):
                if place != (*where, key.value):
                    yield place, line
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*where, index))


def _repeated(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Yield each field that stands twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item)
