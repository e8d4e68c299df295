"""Errors that cross from one process to the other, as plain facts."""

import builtins
import sys
from typing import Any

from .cell_outputs import clean_text
from .packing import type_name

_LONGEST_MESSAGE = 2000
_LONGEST_LINE = 300
#: Libraries whose own errors are known on both sides.
_KNOWN_PACKAGES = frozenset({"numpy", "scipy", "sklearn", "pandas"})
#: These would stop the examiner, or be taken for something that it did itself.
_NEVER_EXACT = frozenset({"KeyboardInterrupt", "GeneratorExit", "BaseException"})

_BUILTIN_ERRORS: dict[str, type[BaseException]] = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
_BUILTIN_TYPES = frozenset(_BUILTIN_ERRORS.values())
_name_of = type.__dict__["__name__"].__get__
_mro_of = type.__dict__["__mro__"].__get__
_str, _get_attribute = str, type.__getattribute__


def error_facts(error: BaseException, line: str = "") -> dict[str, Any]:
    """Describe an error; what its own code says is bounded, and may fail.

    Parameters
    ----------
    error : BaseException
    line : str
        Where in the learner's code it happened.
    """
    try:
        message = _str(error)
    except BaseException:
        message = "(its message cannot be shown)"
    kind = type(error)
    plain_arguments = [a if type(a) in (str, int, float, bool) else None for a in error.args[:5]]
    return {
        "name": type_name(error),
        "module": _str(_get_attribute(kind, "__module__"))[:100],
        "base": next(_name_of(base) for base in _mro_of(kind) if base in _BUILTIN_TYPES),
        "message": message[:_LONGEST_MESSAGE],
        "arguments": [a[:_LONGEST_MESSAGE] if type(a) is str else a for a in plain_arguments],
        "line": line[:_LONGEST_LINE],
    }


def rebuild_error(facts: Any) -> BaseException:
    """Make an error of the same type where both sides know it, else one of the same name.

    It is always one that the examiner can handle like any error of a learner's function.
    """
    facts = facts if isinstance(facts, dict) else {}
    message = clean_text(facts.get("message"), _LONGEST_MESSAGE)
    error = _exact(facts, message) or _of_the_same_name(facts, message)
    error.learner_line = clean_text(facts.get("line"), _LONGEST_LINE)  # type: ignore[attr-defined]
    return error


def _exact(facts: dict[str, Any], message: str) -> BaseException | None:
    kind = _known_type(facts)
    arguments = facts.get("arguments")
    for candidate in (arguments, [message]):
        if kind is None or not isinstance(candidate, list):
            continue
        try:
            error = kind(*candidate)
            if str(error) == message:
                return error
        except Exception:  # an error that is made in another way
            continue
    return None


def _known_type(facts: dict[str, Any]) -> type[BaseException] | None:
    name, module = clean_text(facts.get("name"), 100), clean_text(facts.get("module"), 100)
    if module == "builtins":
        return None if name in _NEVER_EXACT else _BUILTIN_ERRORS.get(name)
    if module.partition(".")[0] in _KNOWN_PACKAGES and module in sys.modules:
        found = vars(sys.modules[module]).get(name)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return None


def _of_the_same_name(facts: dict[str, Any], message: str) -> BaseException:
    base = _BUILTIN_ERRORS.get(clean_text(facts.get("base"), 100), Exception)
    name = clean_text(facts.get("name"), 100)
    name = name if name.isidentifier() else "Exception"
    if not issubclass(base, NotImplementedError | ArithmeticError | LookupError | ValueError):
        base = Exception
    namespace = {"__str__": lambda self: message, "__init__": lambda self: None}
    return type(name, (base,), namespace)()
