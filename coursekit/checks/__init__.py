"""Checks of the exercises: right, wrong (which misunderstanding), crashed, or not attempted."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
