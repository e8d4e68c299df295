"""Claims that could have failed, predictions before the run, and the ledger of them all."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
