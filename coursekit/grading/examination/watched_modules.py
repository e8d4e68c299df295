"""Notices when the learner's code replaces functions of libraries, or hooks of IPython."""

import sys
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

#: Whoever replaces functions of these means to change what others see.
WATCHED = (
    "builtins",
    "math",
    "random",
    "json",
    "json.encoder",
    "json.decoder",
    "struct",
    "numpy",
    "numpy.testing",
    "numpy.linalg",
    "numpy.random",
    "coursekit",
    "coursekit.checks",
    "coursekit.evidence",
)
#: To replace these is odd, but a matter of taste.
_TASTE = frozenset({"builtins.print", "builtins.input", "builtins.display", "builtins.open"})
#: What Python, IPython and lazily loaded packages change by themselves.
_IGNORED = frozenset({"builtins._", "builtins.get_ipython", "builtins.exit", "builtins.quit"})

_identity: Callable[[Any], int] = id
_variables = vars
_Fingerprint = tuple[Any, ...]


class Watch:
    """Remembers functions as they are, and says later which are other ones.

    Parameters
    ----------
    names : tuple of str
        Modules to watch, if they are imported.
    """

    def __init__(self, names: tuple[str, ...] = WATCHED) -> None:
        self._modules = [(name, sys.modules[name]) for name in names if name in sys.modules]
        self._known: dict[str, tuple[ModuleType, Any, _Fingerprint]] = {}
        for name, module in self._modules:
            for label, value in self._functions(name, module):
                self._known[label] = (module, value, _fingerprint(value))
        self._hooks: dict[str, int] = {}

    def _functions(self, name: str, module: ModuleType) -> Iterator[tuple[str, Any]]:
        for key, value in list(_variables(module).items()):
            label = f"{name}.{key}"
            if callable(value) and label not in _IGNORED and not key.startswith("__"):
                yield label, value
        for key in ("__import__", "__build_class__"):
            if name == "builtins":
                yield f"{name}.{key}", _variables(module)[key]

    def remember_hooks(self, shell: Any) -> None:
        """Remember the hooks of IPython, once the shell is made."""
        self._hooks = _hooks(shell)

    def changes(self, shell: Any) -> list[tuple[str, str]]:
        """Give the kind and the name of what was replaced; each is told once.

        Parameters
        ----------
        shell : LearnerShell
        """
        found = []
        for name, module in self._modules:
            if sys.modules.get(name) is not module:
                found.append(("patched", f"the module {name}"))
        for label, (module, value, fingerprint) in [*self._known.items()]:
            current = _variables(module).get(label.rpartition(".")[2])
            if current is value and _fingerprint(value) == fingerprint:
                continue
            found.append(("builtin" if label in _TASTE else "patched", label))
            del self._known[label]
        hooks = _hooks(shell)
        found += [("hook", name) for name, state in hooks.items() if self._hooks.get(name) != state]
        self._hooks = hooks
        return found


def _fingerprint(value: Any) -> _Fingerprint:
    if type(value) is not FunctionType:
        return ()
    return value.__code__, value.__defaults__, _identity(value.__kwdefaults__)


def _hooks(shell: Any) -> dict[str, int]:
    """Count and identify what stands between a cell's text and its execution."""
    lists = {
        "input transformers of IPython": shell.input_transformers_post,
        "clean-up transformers of IPython": shell.input_transformer_manager.cleanup_transforms,
        "line transformers of IPython": shell.input_transformer_manager.line_transforms,
        "token transformers of IPython": shell.input_transformer_manager.token_transformers,
        "transformers of syntax trees": shell.ast_transformers,
    }
    single = {
        "handler of errors in IPython": shell.custom_exceptions,
        "way in which IPython runs cells": type(shell).__dict__.get("run_cell"),
        "way in which this shell runs cells": vars(shell).get("run_cell"),
    }
    found = {name: hash(tuple(_identity(item) for item in items)) for name, items in lists.items()}
    return found | {name: hash(_stable(item)) for name, item in single.items()}


def _stable(item: Any) -> Any:
    return tuple(map(_identity, item)) if isinstance(item, tuple) else _identity(item)
