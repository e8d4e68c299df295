"""The question bank: what interviewers ask, what a strong answer says, which claims prove it."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
