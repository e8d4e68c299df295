"""Runs a claim with its effect switched off: a claim that still holds is no claim."""

import ast
import builtins
import symtable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit import evidence
from coursekit.evidence import ClaimFailed

from .reading import code_cells, parse, source


@dataclass(frozen=True)
class SwitchOff:
    """A claim, and what to replace in its lesson's code so that it must fail.

    Parameters
    ----------
    claim : str
        The claim's id.
    replace : Mapping
        Texts of the lesson's code, each of which must occur, and what stands there instead.
    why : str
        What the replacement switches off.
    """

    claim: str
    replace: Mapping[str, str]
    why: str


def claim_fails(lesson: Path, switch: SwitchOff) -> bool:
    """Tell whether the claim fails once the texts are replaced.

    Only the cells run that the claim's cell needs, found by the names that they define.

    Raises
    ------
    LookupError
        If the lesson does not make the claim, or a text to replace does not occur.
    """
    codes = [source(cell) for cell in code_cells(lesson)]
    last = _cell_of_claim(codes, switch.claim)
    needed = [codes[i] for i in _cells_needed(codes, last)]
    for old, new in switch.replace.items():
        if not any(old in code for code in needed):
            raise LookupError(f"{switch.claim}: {old!r} is not in the code that the claim needs")
        needed = [code.replace(old, new) for code in needed]
    return _run(needed, switch.claim)


def claim_holds(lesson: Path, claim_id: str) -> bool:
    """Tell whether the claim holds when nothing is replaced."""
    return not claim_fails(lesson, SwitchOff(claim_id, {}, ""))


def _cell_of_claim(codes: list[str], claim_id: str) -> int:
    for number, code in enumerate(codes):
        if f'"{claim_id}"' in code and "claim(" in code.replace("predict(", ""):
            return number
    raise LookupError(f"No cell makes the claim {claim_id}")


def _cells_needed(codes: list[str], last: int) -> list[int]:
    needed, names = [last], _names(codes[last], ast.Load)
    for number in range(last - 1, -1, -1):
        touched = _names(codes[number], ast.Store) | _changed_in_place(codes[number])
        if touched & names:
            needed.append(number)
            names |= _names(codes[number], ast.Load)
    return sorted(needed)


def _names(code: str, context: type) -> set[str]:
    """Give the names that a cell defines, or uses and does not define inside a function."""
    top = symtable.symtable(ast.unparse(parse(code)), "cell", "exec")
    if context is ast.Store:
        found = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    else:
        found = {
            symbol.get_name()
            for scope in _scopes(top)
            for symbol in scope.get_symbols()
            if symbol.is_referenced() and (scope is top or symbol.is_global())
        }
    return found - set(dir(builtins))


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _changed_in_place(code: str) -> set[str]:
    """Give the names whose items or attributes a cell assigns."""
    found = set()
    for node in ast.walk(parse(code)):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Subscript | ast.Attribute):
                node = node.value
            if isinstance(node, ast.Name):
                found.add(node.id)
    return found


def _run(codes: list[str], claim_id: str) -> bool:
    def claim_of_interest(made: str, *args: Any, **keywords: Any) -> None:
        if made == claim_id:
            evidence.claim(made, *args, **keywords)

    namespace: dict[str, Any] = {"__name__": "lesson", "display": lambda *_: None}
    for code in codes:
        tree = parse(code)
        imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        rest = [node for node in tree.body if node not in imports]
        exec(compile(ast.Module(imports, []), "lesson", "exec"), namespace)
        namespace |= {"claim": claim_of_interest, "predict": lambda *_: None}
        try:
            exec(compile(ast.Module(rest, []), "lesson", "exec"), namespace)
        except ClaimFailed:
            return True
    return False
