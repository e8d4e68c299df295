"""Seeded sections that leave the caller's random numbers as they were."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

# Keras draws initial weights from process-wide generators: two threads that build networks at
# the same time (a grid search with a threading backend) would take each other's numbers.
_LOCK = threading.RLock()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Python, NumPy and Keras inside a ``with`` block, then restore what was before.

    A network built inside the block has the same initial weights every time. The global
    generators of Python and NumPy continue afterwards as if nothing had been drawn, so that
    training a network inside a search does not reset the search's own randomness.

    Parameters
    ----------
    seed : int
        Seed of the block, 0 to 2**32 - 1.

    Yields
    ------
    None
    """
    import keras

    with _LOCK:
        python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002 - to restore it
        try:
            keras.utils.set_random_seed(int(seed))
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)  # noqa: NPY002
