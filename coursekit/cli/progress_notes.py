"""Says on standard error, in a line, what the progress file warns of."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from coursekit.cli.output import print_note


@contextmanager
def notes_on_progress() -> Iterator[None]:
    """Print warnings as notes, without the place in the code that gave them."""

    def show(message: Any, *_: Any, **__: Any) -> None:
        print_note(f"coursekit: {message}")

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
