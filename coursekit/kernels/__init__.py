"""Warm kernels: a notebook that has TensorFlow loaded before it opens.

One *warm parent* per user and environment imports TensorFlow and the libraries of
the course once, computes nothing, and forks a kernel on demand. The kernel
provisioner asks it for one; where that is not possible or not sound, it starts an
ordinary kernel and says nothing. :func:`describe` tells which and why.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
