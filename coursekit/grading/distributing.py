"""Spreads the examining of a class over processes of this machine, or over a Dask cluster.

Whoever examines has a process, and a warm parent, of its own. One that dies takes nothing with
it: what it was at is examined again elsewhere, and a submission that brings down its examiner
again and again is handed to a person.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from coursekit import __version__

from .records import Plan, SubmissionResult

if TYPE_CHECKING:
    from .examining import Settings

#: How often a submission may bring down the process of its examiner; Dask allows as many.
MOST_TRIES = 3
_REASON = f"the process that examined it died {MOST_TRIES} times: look at it yourself"

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
        from .examining import examine
        from .sandbox import probe, require

        isolation = probe()
        require(isolation, self.level)
        try:
            return examine(plan, settings=replace(self.settings, isolation=isolation))
        except Exception as error:
            return _not_examined(plan, f"the grader itself failed: {type(error).__name__}: {error}")


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
        How many processes; with one, it is this process.

    Yields
    ------
    SubmissionResult
        One for each plan, in the order in which they are done.
    """
    tries = dict.fromkeys(range(len(plans)), 0)
    while tries:
        waiting = [number for number, n_tries in tries.items() if n_tries < MOST_TRIES]
        for number in tries.keys() - set(waiting):
            del tries[number]
            yield _given_up(plans[number])
        # One by one at last, so that only the one that is to blame is given up.
        suspects = [number for number in waiting if tries[number] == MOST_TRIES - 1]
        batches = [[number] for number in suspects] or [waiting]
        for batch in batches:
            chosen = [(number, plans[number]) for number in batch]
            for number, result in _in_processes(chosen, examine, n_jobs):
                del tries[number]
                yield result
            for number in batch:
                if number in tries:
                    tries[number] += 1


def _in_processes(
    numbered: Sequence[tuple[int, Plan]], examine: Examine, n_jobs: int
) -> Iterator[tuple[int, SubmissionResult]]:
    """Examine until all is done or a process dies."""
    if n_jobs == 1:
        yield from ((number, examine(plan)) for number, plan in numbered)
        return
    import joblib
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)
    calls = (joblib.delayed(_numbered)(number, plan, examine) for number, plan in numbered)
    with contextlib.suppress(TerminatedWorkerError):
        yield from parallel(calls)


def _numbered(number: int, plan: Plan, examine: Examine) -> tuple[int, SubmissionResult]:
    return number, examine(plan)


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
        client = Client(address, timeout=10)
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
