"""What makes a person look at a check: kinds of suspicious acts, and the sentences about them.

The learner's process reports what it saw as ``(kind, detail)``; what it means is decided by the
examiner, which knows where it happened and what the sandbox makes harmless.
"""

import ast
import re
from collections.abc import Iterator, Mapping

#: ``{where}`` becomes "Cell 3" or "The check of 14_adam_step". True where a person must decide.
KINDS: dict[str, tuple[str, bool]] = {
    "secret": ("{where} tried to reach what holds the answers: {detail}.", True),
    "memory": ("{where} looked into the memory of a process: {detail}.", True),
    "ctypes": ("{where} called the system past Python: {detail}.", True),
    "objects": ("{where} searched all objects of the process: {detail}.", True),
    "signal": ("{where} sent a signal to another process: {detail}.", True),
    "fork": ("{where} made a copy of its process.", True),
    "descriptor": ("{where} used a file descriptor that is not its own: {detail}.", True),
    "network": ("{where} tried to use the network: {detail}.", True),
    "patched": ("{where} replaced {detail}.", True),
    "thread": ("{where} left a thread running: {detail}.", True),
    "hook": ("{where} put itself between the notebook and Python: {detail}.", True),
    "program": ("{where} started a program: {detail}.", False),
    "frames": ("{where} looked at who called it.", False),
    "builtin": ("{where} replaced {detail}.", False),
}

#: With these enforced, the act cannot have had an effect, and is only told.
_HARMLESS_IF = {"network": "network"}
#: Without these, a program that the learner's code starts can read the answers unseen.
_HARMFUL_UNLESS = {"program": "files"}
_HARMFUL_WORDS = re.compile(r"coursekit|solution|submission|lesson_|/proc/|gradebook")

#: What knows the answers, or how they are graded; no lesson imports it.
SECRET_MODULE = re.compile(r"coursekit\.(checks\.lesson_|grading)")

_MEMORY_PATH = re.compile(r"/proc/(self|thread-self|\d+)/(mem|maps|smaps|environ|fd|root|cwd|task)")
_SECRET_TEXT = re.compile(r"coursekit[/.]checks[/.]lesson_|coursekit[/.]grading|checks/lesson_")
_PROGRAM_MAGIC = re.compile(r"\s*%%(bash|sh|script|system|sx|!|perl|ruby|javascript|js)\b|\s*%%!")
_LOW_LEVEL_MODULES = frozenset({"ctypes", "_ctypes", "cffi"})


def sentence(kind: str, detail: str, where: str) -> str:
    """Tell a suspicious act in one sentence."""
    known = KINDS.get(kind, ("{where} did something that is not known: {detail}.", True))
    return known[0].format(where=where, detail=detail or "unknown")


def needs_person(kind: str, detail: str, enforced: Mapping[str, bool]) -> bool:
    """Tell whether a person must decide about the checks after an act.

    Parameters
    ----------
    kind, detail : str
        What was seen.
    enforced : mapping of str to bool
        What the sandbox enforces.
    """
    if kind in _HARMFUL_UNLESS and not enforced.get(_HARMFUL_UNLESS[kind], False):
        return _HARMFUL_WORDS.search(detail) is not None
    if kind in _HARMLESS_IF and enforced.get(_HARMLESS_IF[kind], False):
        return False
    return KINDS.get(kind, ("", True))[1]


def scan(source: str) -> list[tuple[str, str]]:
    """Find in a cell's code what would be suspicious if it ran.

    It sees what no hook does, whatever the code has done to the process before.

    Parameters
    ----------
    source : str
        Python, perhaps with magics.

    Returns
    -------
    list of tuple of str
        Kind and detail.
    """
    if _PROGRAM_MAGIC.match(source):
        return [("program", " ".join(source.split())[:150])]
    try:
        tree = ast.parse(_without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [act for node in ast.walk(tree) for act in _acts(node)]
    return list(dict.fromkeys(found))


def _without_magics(source: str) -> str:
    lines = source.splitlines()
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def _acts(node: ast.AST) -> Iterator[tuple[str, str]]:
    for module in _imported(node):
        if SECRET_MODULE.match(module):
            yield "secret", module
        elif module.partition(".")[0] in _LOW_LEVEL_MODULES:
            yield "ctypes", module
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 1000:
        if _MEMORY_PATH.search(node.value):
            yield "memory", node.value[:100]
        elif _SECRET_TEXT.search(node.value):
            yield "secret", node.value[:100]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []
