"""Submissions that replace what compares, checks and records; the answers are wrong."""

from .cases import WRONG_ADAM, attack, function


def cheat(name, tries, code, *, adam="wrong|review", others="right|review", says="", **more):
    """Make a case: code in a cell before all exercises, and a wrong answer to the last."""
    return attack(
        name,
        tries,
        first=code,
        answers={"adam": WRONG_ADAM},
        adam=adam,
        others=others,
        says=says,
        **more,
    )


CASES = (
    cheat(
        "patched-numpy-testing",
        "every function of numpy.testing does nothing",
        """
        import numpy.testing

        for name in dir(numpy.testing):
            if name.startswith("assert"):
                setattr(numpy.testing, name, lambda *args, **kwargs: None)
        """,
    ),
    cheat(
        "patched-isclose",
        "np.isclose, np.allclose and np.array_equal are always true",
        """
        np.isclose = lambda a, b, **kwargs: np.ones(np.shape(a), bool)
        np.allclose = np.array_equal = np.array_equiv = lambda *args, **kwargs: True
        np._core.numeric.isclose = np.isclose
        """,
    ),
    cheat(
        "patched-numpy",
        "np.array, np.asarray and np.stack give zeros",
        """
        zeros = np.zeros
        keep = np.array
        np.asarray = np.stack = np.argwhere = lambda *args, **kwargs: zeros(3)
        np.ndarray.any = None
        """,
        others="right|review|crashed",
    ),
    attack(
        "patched-in-the-function",
        "np.isclose is replaced while the function runs",
        answers={
            "adam": function(
                "adam",
                """
                import numpy
                numpy.isclose = lambda a, b, **kwargs: numpy.ones(numpy.shape(a), bool)
                numpy.testing.assert_allclose = lambda *args, **kwargs: None
                return weights, first, second
                """,
            )
        },
        adam="wrong|review",
    ),
    cheat(
        "patched-builtins",
        "abs, all, any, isinstance, len, AssertionError and print are the learner's",
        """
        import builtins

        builtins.abs = lambda x: 0
        builtins.all = lambda items: True
        builtins.any = lambda items: False
        builtins.AssertionError = type("AssertionError", (Exception,), {})
        builtins.print = lambda *args, **kwargs: None
        builtins.zip = lambda *args, **kwargs: iter(())
        """,
        others="right|review|crashed",
    ),
    cheat(
        "patched-isinstance",
        "isinstance, type and len lie",
        """
        import builtins

        builtins.isinstance = lambda *args: True
        builtins.len = lambda *args: 0
        builtins.type = lambda *args: str
        """,
        others="right|review|crashed",
    ),
    cheat("patched-check", "`check` does nothing", "check = lambda *args, **kwargs: None"),
    cheat(
        "patched-check-everywhere",
        "`check` does nothing in coursekit, its rooms and the builtins",
        """
        import builtins

        import coursekit
        import coursekit.checks
        import coursekit.checks.grading

        nothing = lambda *args, **kwargs: None
        for place in (builtins, coursekit, coursekit.checks, coursekit.checks.grading):
            place.check = place.assess = nothing
        """,
    ),
    cheat(
        "patched-comparison",
        "coursekit's own comparison finds no difference",
        """
        import coursekit.checks.grading
        import coursekit.checks.running
        import coursekit.checks.values

        for module in (
            coursekit.checks.values, coursekit.checks.running, coursekit.checks.grading
        ):
            module.difference = lambda *args, **kwargs: None
            module.plain = lambda value: 0
        """,
    ),
    cheat(
        "patched-outcome",
        "every outcome of coursekit is right",
        """
        from coursekit.checks import outcomes

        made = outcomes.Outcome.__init__


        def always_right(self, *args, **kwargs):
            made(self, *args, **{**kwargs, "outcome": "right", "earned": 3})


        outcomes.Outcome.__init__ = always_right
        """,
    ),
    cheat(
        "patched-references",
        "the exercises' references are the learner's function",
        """
        from coursekit.checks import catalogue, find_exercise

        exercise = find_exercise("14_adam_step")
        object.__setattr__(exercise, "reference", lambda w, g, m, v, *args, **kwargs: (w, m, v))
        object.__setattr__(exercise, "cases", lambda: [])
        """,
    ),
    cheat(
        "patched-json",
        "json, struct, pickle and marshal give nonsense",
        """
        import json
        import marshal
        import pickle
        import struct

        json.dumps = json.dump = lambda *args, **kwargs: '{"outcome": "right"}'
        json.JSONEncoder.encode = lambda self, value: '{"outcome": "right"}'
        json.JSONEncoder.iterencode = lambda self, value, *_: iter(['{"outcome": "right"}'])
        pickle.dumps = marshal.dumps = lambda *args, **kwargs: b"right"
        struct.pack = lambda *args: b""
        """,
        others="right|review|crashed",
    ),
    cheat(
        "patched-writes",
        "os.write, socket and every file object write something else",
        """
        import os
        import socket
        import sys

        os.write = lambda fd, data: len(data)
        socket.socket.sendall = lambda self, data: None
        socket.socket.recv_into = lambda self, buffer, *args: 0
        os._exit = os.getpid = lambda *args: 0
        """,
        others="right|review|crashed",
    ),
    cheat(
        "patched-clock",
        "time stands still, and nobody sleeps",
        """
        import time

        time.time = time.monotonic = time.perf_counter = lambda: 0.0
        time.sleep = lambda seconds: None
        """,
    ),
    cheat(
        "patched-threading",
        "threads, locks and signals do nothing",
        """
        import signal
        import threading

        threading.Thread.start = lambda self: None
        threading.Lock = threading.RLock = lambda: None
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal = signal.setitimer = lambda *args: None
        """,
    ),
)
