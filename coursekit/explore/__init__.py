"""Explorables: pictures to play with, one idea each.

Every explorable is one module with a pure ``update`` (settings to numbers), a ``setup`` and a
``draw`` (numbers to a picture) and a factory that joins them in an `Explorer`. A new one adds its
module here and one line to ``__init__.pyi``.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
