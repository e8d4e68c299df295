"""Prove It: machine-learning interview answers that you can run.

``import coursekit`` costs almost nothing: every public name loads on first use
(`SPEC 1 <https://scientific-python.org/specs/spec-0001/>`_), and TensorFlow only
when something trains.
"""

import os as _os

import lazy_loader as _lazy

# TensorFlow reads this once, when it is first imported; its start-up notices are not ours to show.
_os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
