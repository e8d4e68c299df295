"""Training: one network to a tidy history, or many at once as one batched program."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
