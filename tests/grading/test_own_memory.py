"""The examiner bounds its own memory while it compares, and not for longer."""

import contextlib
import sys

import numpy as np
import pytest

from coursekit.grading.examination.own_memory import bounded_memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers it")


def test_what_would_take_more_fails_with_a_memory_error():
    with bounded_memory(256 << 20), pytest.raises(MemoryError):
        np.empty(1 << 30, np.uint8)


def test_what_takes_less_is_untouched():
    with bounded_memory(256 << 20):
        assert np.zeros(64 << 20, np.uint8).size == 64 << 20


def test_the_bound_ends_with_the_check_even_after_an_error():
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    with contextlib.suppress(KeyError), bounded_memory():
        assert resource.getrlimit(resource.RLIMIT_DATA) != before
        raise KeyError
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
