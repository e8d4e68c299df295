"""Commands that get a learner going: doctor, lab, init."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.output import print_json, print_note, print_table
from coursekit.cli.reading import JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("lab")(open_lab)
    app.command("init")(copy_course)
    app.command("doctor")(examine_machine)


def open_lab(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The port; a free one by default.")
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open no browser.")
    ] = False,
) -> None:
    """Open the course in JupyterLab."""
    from coursekit.cli.serving import serve_lab

    raise typer.Exit(serve_lab(port=port, browser=not no_browser))


def copy_course(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Your own folder.")],
    source: Annotated[
        Path | None,
        typer.Option(help="Copy from this course and not from the installed one."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the course into your own folder.

    A second run adds what is new and never overwrites what you changed.
    """
    from coursekit.cli.copying import copy_into

    report = copy_into(folder, source)
    if as_json:
        print_json(
            {
                "folder": str(report.folder),
                "files": [
                    {"file": entry.file, "state": entry.state, "beside": entry.beside}
                    for entry in report.entries
                ],
            }
        )
        return
    shown = [entry for entry in report.entries if entry.state != "unchanged"]
    if shown:
        print_table(
            ("file", "", ""),
            ((e.file, e.state, f"new version: {e.beside}" if e.beside else "") for e in shown),
        )
    counts = {state: sum(e.state == state for e in report.entries) for state in report.states}
    typer.echo(", ".join(f"{n} {state}" for state, n in counts.items() if n))
    print_note(f"Next: cd {_quoted(report.folder)} && coursekit lab")


def _quoted(folder: Path) -> str:
    """Write a folder as a shell takes it: its name may hold spaces."""
    if os.name == "nt":
        return f'"{folder}"' if " " in str(folder) else str(folder)
    return shlex.quote(str(folder))


def examine_machine(as_json: JsonOption = False) -> None:
    """Check that this machine is ready.

    Python, packages, device, JupyterLab, folders, disk and memory: a line each, with what to do
    about it. The exit status is 1 when something is wrong that stops the course.
    """
    from coursekit.cli.diagnosing import diagnose, print_finding

    findings = []
    for finding in diagnose():
        findings.append(finding)
        if not as_json:
            print_finding(finding)
    ok = all(finding.status != "fail" for finding in findings)
    if as_json:
        print_json({"ok": ok, "checks": [finding.record() for finding in findings]})
    raise typer.Exit(0 if ok else 1)
