"""The sandbox: what a learner's process is kept from, as far as the machine offers it."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
