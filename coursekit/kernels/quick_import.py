"""A quick import of nbformat: a grammar that notebooks never need is built when it is used.

nbformat imports jsonschema, which imports ``rfc3987_syntax`` where JupyterLab is installed,
which builds a parser of internationalised web addresses: 1.5 of the 1.8 s that the import
takes. No schema of a notebook asks for such an address.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_GRAMMAR = "rfc3987_syntax"


def defer_grammar() -> bool:
    """Build the grammar of web addresses on first use, in this process.

    Call it before anything imports nbformat or jsonschema.

    Returns
    -------
    bool
        Whether it waits now; False if it is imported already or not installed.
    """
    if _GRAMMAR in sys.modules or importlib.util.find_spec(_GRAMMAR) is None:
        return False
    sys.modules[_GRAMMAR] = _StandIn(_GRAMMAR)
    return True


class _StandIn(ModuleType):
    """Has the one function that jsonschema imports, and becomes the module when it is called."""

    def is_valid_syntax(self, *arguments: Any, **options: Any) -> Any:
        return _real_module().is_valid_syntax(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks about any module
            raise AttributeError(name)
        return getattr(_real_module(), name)


def _real_module() -> ModuleType:
    if isinstance(sys.modules.get(_GRAMMAR), _StandIn):
        del sys.modules[_GRAMMAR]
    return importlib.import_module(_GRAMMAR)
