"""Spreads the examining of a class over processes of this machine, or over a Dask cluster.

Whoever examines has a process, and a warm parent, of its own. One that dies takes nothing with
it: what it was at is examined again elsewhere, and a submission that brings down its examiner
again and again is handed to a person.
"""

import contextlib
import faulthandler
import os
import sys
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from coursekit import __version__

from .records import Plan, SubmissionResult

if TYPE_CHECKING:
    from .examination.examining import Settings

#: How often a submission may bring down the process of its examiner; Dask allows as many.
MOST_TRIES = 3
_REASON = f"the process that examined it died {MOST_TRIES} times: look at it yourself"

#: What checks may compute besides the limit of the submission; the slowest takes a second.
_SECONDS_TO_CHECK = 60.0

_SECONDS_TO_CONNECT = 10

#: An examiner without work ends by itself, should nobody be left to end it.
_SECONDS_IDLE = 600

# An examiner is one process: threads of a Dask worker take turns.
_turn = threading.Lock()

Examine = Callable[[Plan], SubmissionResult]


@dataclass(frozen=True)
class Examiner:
    """Turns a plan into a result, in whatever process it is called.

    Parameters
    ----------
    settings : Settings
        Limits.
    level : str
        The isolation that must be enforced at least.
    """

    settings: "Settings"
    level: str = "process"

    def __call__(self, plan: Plan) -> SubmissionResult:
        """Examine a submission; a fault of ours costs this one alone.

        Raises
        ------
        IsolationError
            If the machine enforces less than what is required.
        """
        from .examination.examining import examine
        from .examination.launching import warm_up
        from .sandbox import probe, require

        isolation = probe()
        require(isolation, self.level)
        warm_up(fresh=self.settings.fresh)
        # What it does not end in time ends this process: a value that keeps the check itself busy.
        faulthandler.dump_traceback_later(
            self.settings.total_seconds + _SECONDS_TO_CHECK, exit=True, file=_nowhere()
        )
        try:
            return examine(plan, settings=replace(self.settings, isolation=isolation))
        except Exception as error:
            return _not_examined(plan, f"the grader itself failed: {type(error).__name__}: {error}")
        finally:
            faulthandler.cancel_dump_traceback_later()


@cache
def _nowhere() -> Any:
    return open(os.devnull, "w")


class ClusterError(RuntimeError):
    """Raised when a cluster cannot be used; the message says what to do."""


def examine_here(
    plans: Sequence[Plan], examine: Examine, *, n_jobs: int
) -> Iterator[SubmissionResult]:
    """Examine on this machine, several submissions at once.

    Parameters
    ----------
    plans : sequence of Plan
    examine : callable
        Gives the result of a plan; it can be pickled.
    n_jobs : int
        How many processes.

    Yields
    ------
    SubmissionResult
        One for each plan, in the order in which they are done.
    """
    waiting, suspects = deque(range(len(plans))), deque[int]()
    n_deaths: Counter[int] = Counter()
    with _temporary_folder() as folder:
        while waiting or suspects:
            # One by one at last, so that only the one that is to blame is given up.
            batch = waiting or deque([suspects.popleft()])
            fallen = yield from _in_processes(plans, batch, examine, n_jobs, folder)
            for number in fallen:
                n_deaths[number] += 1
                if n_deaths[number] < MOST_TRIES:
                    suspects.append(number)
                else:
                    yield _given_up(plans[number])


def _in_processes(
    plans: Sequence[Plan], waiting: "deque[int]", examine: Examine, n_jobs: int, folder: str
) -> Generator[SubmissionResult, None, list[int]]:
    """Examine until all is done or a process dies; return what was at work when it died."""
    import loky
    from loky.process_executor import BrokenProcessPool

    pool = loky.ProcessPoolExecutor(
        n_jobs, timeout=_SECONDS_IDLE, initializer=_begin, initargs=(folder,)
    )
    at_work: dict[Any, int] = {}
    try:
        while waiting or at_work:
            # No more at once than there are processes: whatever waits here is innocent.
            while waiting and len(at_work) < n_jobs:
                number = waiting.popleft()
                at_work[pool.submit(examine, plans[number])] = number
            done, _ = loky.wait(at_work, return_when=loky.FIRST_COMPLETED)
            for future in done:
                if isinstance(future.exception(), BrokenProcessPool):
                    return list(at_work.values())
                del at_work[future]
                yield future.result()
        return []
    finally:
        pool.shutdown(kill_workers=True)


def _begin(folder: str) -> None:
    """Begin as an examiner, which leaves nothing behind if it or whoever began it is killed."""
    tempfile.tempdir = folder
    if sys.platform == "linux":
        from .sandbox import die_with_parent

        die_with_parent()


@contextlib.contextmanager
def _temporary_folder() -> Iterator[str]:
    from .examination.private_folder import remove_folder

    folder = tempfile.mkdtemp(prefix="coursekit-")
    try:
        yield folder
    finally:
        remove_folder(folder)


def examine_on_cluster(
    plans: Sequence[Plan], examine: Examine, *, address: str
) -> Iterator[SubmissionResult]:
    """Examine on the workers of a Dask cluster.

    Only plans travel there, and results back: workers need no common disk, but the same version
    of ``coursekit``.

    Parameters
    ----------
    plans : sequence of Plan
    examine : callable
        Gives the result of a plan; it can be pickled.
    address : str
        Of the scheduler, such as ``"tcp://scheduler:8786"``.

    Yields
    ------
    SubmissionResult
        One for each plan, in the order in which they are done.

    Raises
    ------
    ClusterError
        If ``distributed`` is not installed, the cluster does not answer, has no worker, or has
        another version of ``coursekit``.
    """
    with _connected(address) as client:
        from distributed import as_completed

        futures = {client.submit(_in_turn, plan, examine, pure=False): plan for plan in plans}
        for future in as_completed(futures):
            yield _result_of(future, futures[future])
            future.release()


def _in_turn(plan: Plan, examine: Examine) -> SubmissionResult:
    with _turn:
        return examine(plan)


def _result_of(future: Any, plan: Plan) -> SubmissionResult:
    from distributed import KilledWorker

    try:
        result: SubmissionResult = future.result()
    except KilledWorker:
        return _given_up(plan)
    return result


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("--cluster needs Dask: pip install 'coursekit[cluster]'") from error
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        _check_versions(client.run(_version_here), address)
        yield client


def _version_here() -> str:
    return __version__


def _check_versions(versions: dict[str, Any], address: str) -> None:
    if not versions:
        raise ClusterError(f"the cluster at {address} has no worker: start `dask worker {address}`")
    others = {worker: found for worker, found in versions.items() if found != __version__}
    for worker, found in others.items():
        raise ClusterError(f"{worker} has coursekit {found}, this machine {__version__}")


def _given_up(plan: Plan) -> SubmissionResult:
    return _not_examined(plan, _REASON)


def _not_examined(plan: Plan, reason: str) -> SubmissionResult:
    return SubmissionResult(
        student=plan.student,
        shown=plan.shown,
        lesson=plan.lesson,
        status="unreadable",
        reason=reason,
        notes=plan.notes,
        fingerprint=plan.fingerprint,
    )
