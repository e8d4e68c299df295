"""Prints what was measured as tables that a README can hold."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from .handed_in import HandedIn
from .measuring import Run

#: At least this many times faster than the fastest peer.
GOAL = 10.0
#: At most so many megabytes more for a hundred submissions more.
GOAL_GROWTH_MEGABYTES = 20.0
_ENOUGH = 50  # of fewer, chance decides what grows
_WIDTH = 120  # a table that wraps is no Markdown


def console() -> Console:
    """Give a console that is wide enough for the tables."""
    found = Console()
    return found if found.width >= _WIDTH else Console(width=_WIDTH)


def show_peers(runs: Sequence[Run], handed_in: Sequence[HandedIn], wrong: Sequence[str]) -> None:
    """Print one row for each program, and whether they agree."""
    kinds = sorted({run.memory for run in runs})
    table = _table(
        "", "at once", "seconds", "each", "times as long", f"peak MB ({', '.join(kinds)})"
    )
    base = _base(runs)
    for run in runs:
        table.add_row(
            run.engine,
            str(run.jobs),
            f"{run.seconds:.0f}",
            f"{run.seconds / run.n_submissions:.1f}",
            f"{run.seconds / base.seconds:.1f}",
            f"{run.peak_megabytes:.0f}",
        )
    out = console()
    out.print(table)
    if not any(each.hangs for each in handed_in):  # else the time limit is what is measured
        _show_speed(out, runs, base)
    n_compared = sum(len(each.points) for each in handed_in if not each.hangs)
    same = f"All {len(runs)} give the points that are deserved, in all {n_compared} checks."
    out.print(*(wrong or [same]), sep="\n", markup=False)
    for each in filter(lambda each: each.hangs, handed_in):
        given = ", ".join(f"{run.label} {_total(run, each.student):g}" for run in runs)
        deserved = sum(each.points.values())
        out.print(f"With an infinite loop in one answer, deserving {deserved:g}: {given}.")


def show_scaling(runs: Sequence[Run]) -> None:
    """Print how time, memory and leaks grow with the class."""
    table = _table(
        *("submissions", "at once", "seconds", "each", f"peak MB ({runs[0].memory})"),
        *("growth MB", "growth files", "processes left", "files left"),
    )
    for run in runs:
        table.add_row(
            str(run.n_submissions),
            str(run.jobs),
            f"{run.seconds:.0f}",
            f"{run.seconds / run.n_submissions:.2f}",
            f"{run.peak_megabytes:.0f}",
            f"{run.growth_megabytes:+.0f}",
            f"{run.growth_files:+d}",
            str(len(run.processes_left)),
            str(len(run.files_left)),
        )
    out = console()
    out.print(table)
    for name in sorted({name for run in runs for name in (*run.processes_left, *run.files_left)}):
        out.print(f"left: {name}", markup=False)
    out.print(_flatness(max(runs, key=lambda run: run.n_submissions)))


def ratios(runs: Sequence[Run]) -> dict[str, float]:
    """Name how many times as long each run took as our fastest one of as many submissions.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    dict of str to float
        Such as ``"nbval:1 / coursekit:2, 30 submissions"``.
    """
    found = {}
    for size in sorted({run.n_submissions for run in runs}):
        alike = [run for run in runs if run.n_submissions == size]
        base = _base(alike)
        for run in alike:
            if run is not base:
                name = f"{run.label} / {base.label}, {size} submissions"
                found[name] = run.seconds / base.seconds
    return found


def _flatness(run: Run) -> str:
    """Say whether memory is flat in the largest class that was graded."""
    if run.n_submissions < _ENOUGH:
        return f"{run.n_submissions} submissions are too few to tell whether memory is flat."
    # Growth is found between the middles of thirds of three quarters: over half of the class.
    per_hundred = run.growth_megabytes / run.n_submissions * 200
    said = "met" if per_hundred <= GOAL_GROWTH_MEGABYTES else "missed"
    return (
        f"What lasts grows by {per_hundred:.0f} MB for 100 submissions more; goal of at most "
        f"{GOAL_GROWTH_MEGABYTES:g} {said}."
    )


def _show_speed(out: Console, runs: Sequence[Run], base: Run) -> None:
    peers = [run for run in runs if run.engine != base.engine]
    if base.engine != "coursekit" or not peers:
        return
    fastest = min(peers, key=lambda run: run.seconds)
    times = fastest.seconds / base.seconds
    said = "met" if times >= GOAL else "missed"
    out.print(
        f"coursekit is {times:.1f} times faster than the fastest other, {fastest.label}; "
        f"goal of {GOAL:g} {said}."
    )


def _base(runs: Sequence[Run]) -> Run:
    """Give the run that others are compared with: our fastest, or the fastest of all."""
    own = [run for run in runs if run.engine == "coursekit"]
    return min(own or runs, key=lambda run: run.seconds)


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.MARKDOWN)
    table.add_column(first)
    for title in others:
        table.add_column(title, justify="right")
    return table


def _total(run: Run, student: str) -> float:
    return sum(run.points.get(student, {}).values())
