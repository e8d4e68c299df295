"""Bounds the memory of the examiner itself while it compares what a learner's process sent.

A little can unfold to much: texts of unlike length become one array as wide as the longest, and a
function that a check lends may be called with millions of rows.
"""

import contextlib
import sys
from collections.abc import Iterator

#: More than any check of the course needs by far.
MOST_BYTES = 3 << 29


@contextlib.contextmanager
def bounded_memory(most_bytes: int = MOST_BYTES) -> Iterator[None]:
    """Let what would take more memory fail with a ``MemoryError``, where Linux offers it.

    Parameters
    ----------
    most_bytes : int
        What may be taken besides what this process has now.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _data_bytes() + most_bytes
    bound = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_bytes() -> int:
    """Return the bytes of addresses that this process may write to privately."""
    import resource

    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * resource.getpagesize()
