"""Grades the corpus and prints the table: `python -m tests.grading.corpus [GROUP or NAME ...]`."""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from . import CASES, GROUPS, Case
from .classroom import Classroom
from .findings import Findings, disagreements, verdicts


def main() -> int:
    """Grade the cases that were asked for; 1 if any is not graded as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.grading.corpus", description=__doc__)
    parser.add_argument("wanted", nargs="*", metavar="GROUP or NAME")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="an empty folder to keep everything in")
    options = parser.parse_args()
    cases = [case for case in CASES if _is_wanted(case, options.wanted)]
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        root = options.keep or Path(folder)
        with Classroom(root, cases) as classroom:
            findings = classroom.grade(jobs=options.jobs)
    print(table(cases, findings))
    return int(bool(faults_around(findings)) or any(disagreements(c, findings) for c in cases))


def _is_wanted(case: Case, wanted: list[str]) -> bool:
    groups = [name for name, group in GROUPS.items() if case in group]
    return not wanted or bool({case.name, *groups} & set(wanted))


def table(cases: list[Case], findings: Findings) -> str:
    """Write the table of verdicts as Markdown."""
    lines = [
        f"{findings.isolation}\n",
        f"{len(cases)} cases in {findings.seconds:.0f} s; exit status {findings.status}; "
        f"at most {findings.most_processes} processes and {findings.largest_megabytes:.0f} MB "
        "in one.\n",
        "| group | case | tries | verdict | reason | seconds | as it must be |",
        "|---|---|---|---|---|---:|---|",
    ]
    for group, members in GROUPS.items():
        lines += [_line(group, case, findings) for case in members if case in cases]
    return "\n".join([*lines, *(f"\n{fault}" for fault in faults_around(findings))])


def faults_around(findings: Findings) -> list[str]:
    """Say what happened that must not, whatever was graded."""
    faults = {
        "left processes": findings.left_processes,
        "left files": findings.left_files[:20],
        "changed": findings.changed[:20],
        "contacts": findings.contacts,
        "breaches": findings.breaches(),
        "bystander": [] if findings.bystander_lives else ["it was killed"],
        "signals": ["the bystander got one"] if findings.signalled else [],
        "the command": [findings.terminal[-3000:]] if findings.status else [],
    }
    return [f"{what}: {value}" for name, value in faults.items() if (what := name) and value]


def _line(group: str, case: Case, findings: Findings) -> str:
    rows = findings.rows_of(case)
    counts = Counter(verdicts(case, findings).values())
    verdict = ", ".join(f"{n} {name}" if n < 4 else name for name, n in counts.items())
    reason = _reason(rows[0]) if rows else ""
    seconds = f"{rows[0]['seconds']:.1f}" if rows else ""
    faults = "; ".join(disagreements(case, findings)) or "yes"
    cells = [group, case.name, case.tries, verdict, reason, seconds, faults]
    return "| " + " | ".join(_cell(text) for text in cells) + " |"


def _reason(row: dict[str, Any]) -> str:
    """Give what a teacher reads first: the reason, or what was noted, or what went wrong."""
    checks = [check for check in row["checks"] if check["outcome"] != "right"]
    reasons = [reason for check in checks for reason in check["reasons"]]
    messages = [check["message"].splitlines()[-1] for check in checks if check["message"]]
    errors = [cell["error"] for cell in row["cells"] if cell["error"]]
    told = filter(None, (row["reason"], *reasons, *row["notes"], *messages, *errors))
    return "; ".join(dict.fromkeys(line.strip() for line in told))[:200]


def _cell(text: str) -> str:
    visible = "".join(c if c.isprintable() else " " for c in text)
    return visible.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")[:400]


if __name__ == "__main__":
    sys.exit(main())
