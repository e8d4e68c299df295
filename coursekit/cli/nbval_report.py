"""A pytest plugin for ``coursekit check``: one line of JSON for what each notebook cell gave.

Loaded with ``-p coursekit.cli.nbval_report`` beside nbval.
"""

import json
import time
from collections.abc import Generator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from nbval.plugin import IPyNbCell

# Spelt out here: importing coursekit.checks would make every check wait for what it imports.
OUTCOME_MIME_TYPE = "application/vnd.coursekit.outcome+json"
_SECONDS_BETWEEN_LOOKS = 1.0


class KernelDiedError(Exception):
    """Raised when the kernel ends while a cell runs; nbval itself would wait for its time limit."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the report."""
    parser.addoption("--coursekit-report", type=Path, help="The file to write, JSON lines.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let a dead kernel end the cell at once."""
    kernel = getattr(item.parent, "kernel", None)
    if isinstance(item, IPyNbCell) and kernel is not None and kernel.is_alive():
        kernel.await_reply = _await_reply_of_living(kernel)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write one line when a cell has run, or when what comes before it fails."""
    report = yield
    path = item.config.getoption("coursekit_report")
    if path and isinstance(item, IPyNbCell) and (call.when == "call" or call.excinfo):
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(_line(item, call)) + "\n")
    return report


def _line(item: Any, call: pytest.CallInfo[None]) -> dict[str, Any]:
    outputs = item.test_outputs or []
    records = [output.get("data", {}).get(OUTCOME_MIME_TYPE) for output in outputs]
    return {
        "cell": item.cell_num,
        "error": _error(outputs, call),
        "records": [record for record in records if record],
    }


def _error(outputs: list[Any], call: pytest.CallInfo[None]) -> str | None:
    """Give the cell's own error in one line, else what stopped nbval."""
    if call.excinfo is None or call.excinfo.errisinstance(pytest.skip.Exception):
        return None
    told = str(call.excinfo.value)
    for output in outputs:
        if output["output_type"] == "error" and "Timeout" not in told:
            return f"{output['ename']}: {output['evalue']}".rstrip(": ")
    return told or call.excinfo.typename


def _await_reply_of_living(kernel: Any) -> Any:
    """Give nbval's ``await_reply`` that looks now and then whether the kernel still lives."""
    original = type(kernel).await_reply

    def await_reply(msg_id: str, timeout: float | None = None) -> None:
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return original(kernel, msg_id, timeout=_SECONDS_BETWEEN_LOOKS)
            except Empty:
                if not kernel.is_alive():
                    raise KernelDiedError("the kernel died while this cell ran") from None
                if end is not None and time.monotonic() > end:
                    raise

    return await_reply
