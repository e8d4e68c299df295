"""A pytest plugin for ``coursekit check``: one line of JSON for what each notebook cell gave.

Loaded with ``-p coursekit.cli.nbval_report`` beside nbval and ``coursekit.kernels.nbval_plugin``,
which tells when a kernel is dead.
"""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from nbval.plugin import IPyNbCell

# Spelt out here: importing coursekit.checks would make every check wait for what it imports.
OUTCOME_MIME_TYPE = "application/vnd.coursekit.outcome+json"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the report."""
    parser.addoption("--coursekit-report", type=Path, help="The file to write, JSON lines.")


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
