"""Submissions that change what compares, checks, records or runs them; the answers are wrong."""

from .cases import WRONG_ADAM, attack, function


def _cheat(name, tries, code, *, adam="wrong|review", others="right|review", says="", **more):
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


def _returns(name, tries, body, *, adam="wrong|crashed|review", says=""):
    """Make a case whose wrong answer returns something odd."""
    return attack(name, tries, answers={"adam": function("adam", body)}, adam=adam, says=says)


PATCHES = (
    _cheat(
        "patched-numpy-testing",
        "every function of numpy.testing does nothing",
        """
        import numpy.testing

        for name in dir(numpy.testing):
            if name.startswith("assert"):
                setattr(numpy.testing, name, lambda *args, **kwargs: None)
        """,
    ),
    _cheat(
        "patched-isclose",
        "np.isclose, np.allclose and np.array_equal are always true",
        """
        np.isclose = lambda a, b, **kwargs: np.ones(np.shape(a), bool)
        np.allclose = np.array_equal = np.array_equiv = lambda *args, **kwargs: True
        np._core.numeric.isclose = np.isclose
        """,
    ),
    _cheat(
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
    _cheat(
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
    _cheat(
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
    _cheat("patched-check", "`check` does nothing", "check = lambda *args, **kwargs: None"),
    _cheat(
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
    _cheat(
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
    _cheat(
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
    _cheat(
        "patched-references",
        "the exercises' references are the learner's function",
        """
        from coursekit.checks import catalogue, find_exercise

        exercise = find_exercise("14_adam_step")
        object.__setattr__(exercise, "reference", lambda w, g, m, v, *args, **kwargs: (w, m, v))
        object.__setattr__(exercise, "cases", lambda: [])
        """,
    ),
    _cheat(
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
    _cheat(
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
    _cheat(
        "patched-clock",
        "time stands still, and nobody sleeps",
        """
        import time

        time.time = time.monotonic = time.perf_counter = lambda: 0.0
        time.sleep = lambda seconds: None
        """,
    ),
    _cheat(
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

OBJECTS = (
    _returns(
        "always-equal",
        "returns an object that equals everything",
        """
        class Equal:
            def __eq__(self, other):
                return True
            __ne__ = lambda self, other: False
            __hash__ = None
            __iter__ = lambda self: iter((self, self, self))
            __len__ = lambda self: 3
            __getitem__ = lambda self, index: self
            __float__ = lambda self: 1.0
            shape = ()
            dtype = np.dtype(float)
        return Equal()
        """,
        says="Equal",
    ),
    _returns(
        "always-equal-arrays",
        "returns arrays whose comparisons are all true",
        """
        class Equal(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return np.ones(self.shape, bool)
            def __array_function__(self, func, types, args, kwargs):
                return True
            def __array__(self, *args, **kwargs):
                return self
            def __eq__(self, other):
                return np.ones(self.shape, bool)
            all = any = lambda self, *args, **kwargs: True
        return tuple(np.zeros(np.shape(a)).view(Equal) for a in (weights, first, second))
        """,
    ),
    _returns(
        "always-equal-numbers",
        "returns lists of floats that equal everything",
        """
        class Number(float):
            __eq__ = __le__ = __ge__ = lambda self, other: True
            __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
            __hash__ = float.__hash__
            __float__ = lambda self: float("nan")
        def numbers(a):
            return np.vectorize(Number, otypes=[object])(a)
        return numbers(weights), numbers(first), numbers(second)
        """,
    ),
    _returns(
        "changing-length",
        "returns a list whose length and items change each time that they are read",
        """
        class Changing(list):
            reads = 0
            def __len__(self):
                Changing.reads += 1
                return Changing.reads % 4
            def __getitem__(self, index):
                return np.zeros(Changing.reads % 5)
            def __iter__(self):
                Changing.reads += 1
                return iter([np.zeros(3)] * (Changing.reads % 4))
        class Pair(tuple):
            __len__ = lambda self: 3
            __iter__ = lambda self: iter((weights, first, second))
        return Changing([1, 2]) if step > 5 else Pair((1, 2))
        """,
    ),
    _returns(
        "lying-dict",
        "returns a dict that has every key and equals everything",
        """
        class Everything(dict):
            __eq__ = __contains__ = lambda self, other: True
            __getitem__ = lambda self, key: weights
            __missing__ = __getitem__
            __hash__ = None
        return Everything()
        """,
    ),
    _returns(
        "reduces-to-code",
        "returns objects that run code when they are unpickled or copied",
        """
        class Bomb:
            def __reduce__(self):
                import os
                return os.system, ("touch @home@/corpus_canary_reduced",)
            __deepcopy__ = lambda self, memo: exec("raise SystemExit")
        return Bomb(), [Bomb()], {"bomb": Bomb()}
        """,
        says="Bomb",
    ),
    _returns(
        "objects-in-arrays",
        "returns object arrays of objects that equal everything",
        """
        class Equal:
            __eq__ = lambda self, other: True
            __hash__ = None
            __float__ = __array__ = lambda self, *args, **kwargs: np.float64(0)
        a = np.empty(np.shape(weights), object)
        a[...] = Equal()
        return a, a, a
        """,
    ),
    _returns(
        "not-a-number",
        "returns NaN and infinity everywhere",
        "return weights * np.nan, first + np.inf, second * np.nan",
        adam="wrong",
    ),
    _returns(
        "masked",
        "returns arrays in which everything is masked",
        "return tuple(np.ma.masked_all(np.shape(a)) for a in (weights, first, second))",
    ),
    _returns(
        "too-many-dimensions",
        "returns arrays that would broadcast to the expected ones",
        "return np.zeros((1,) * 32), np.zeros(0), np.float64(0)",
        adam="wrong",
    ),
    _returns(
        "odd-element-types",
        "returns structured, date, text and byte arrays",
        """
        date = np.array(["2026-01-01"], "datetime64[D]")
        return np.zeros(3, [("a", "f8"), ("b", "O")]), date, np.array([b"\\0"])
        """,
    ),
    _returns(
        "lying-class",
        "returns an object whose __class__, __module__ and __array_interface__ lie",
        """
        class Lie:
            __module__ = "numpy"
            __class__ = np.ndarray
            __array_interface__ = {
                "shape": (10**6,), "typestr": "<f8", "data": (4096, False), "version": 3}
            dtype, shape, ndim, size = np.dtype("f8"), (3,), 1, 3
            tobytes = lambda self, *args, **kwargs: b"x" * 24
        return Lie(), Lie(), Lie()
        """,
    ),
    _returns(
        "own-tensors",
        "returns objects of classes that say they are TensorFlow's",
        """
        class Tensor:
            __module__ = "tensorflow.python.ops"
            def numpy(self):
                return Tensor()
            __eq__ = lambda self, other: True
            __hash__ = None
        return Tensor(), Tensor(), Tensor()
        """,
    ),
    _returns(
        "odd-named-tuple",
        "returns a tuple whose field names are code",
        """
        class Odd(tuple):
            _fields = ("__class__", "def", "a b", "import os; os.abort()")
            __iter__ = lambda self: iter((weights, first, second))
        return Odd((weights, first, second, 1))
        """,
    ),
    _returns(
        "reference-on-demand",
        "returns an object that makes up its items while it is compared",
        """
        class Lazy:
            def __getattr__(self, name):
                return self
            __call__ = __getitem__ = lambda self, *args: self
            __len__ = lambda self: 3
            __iter__ = lambda self: iter([self, self, self])
            __float__ = lambda self: 0.0
        return Lazy() if step > 3 else (Lazy(), Lazy(), Lazy())
        """,
    ),
    attack(
        "deletes-itself",
        "a right function that deletes its own name",
        answers={
            "path": """
            def gradient_descent_path(learning_rate, curvature, start, n_steps):
                globals().pop("gradient_descent_path", None)
                return start * (1 - learning_rate * curvature) ** np.arange(n_steps + 1)
            """
        },
    ),
    attack(
        "lying-function",
        "a callable whose name is markup and whose code object lies",
        answers={
            "adam": """
            class Answer:
                __name__ = "<script>corpus_pwned()</script>"
                __code__ = property(lambda self: 1 / 0)
                __wrapped__ = __signature__ = 3

                def __call__(self, weights, gradient, first, second, step, **settings):
                    return weights, first, second


            adam_step = Answer()
            """
        },
        adam="wrong|review",
    ),
    attack(
        "answer-by-property",
        "the answer's name changes its value each time that it is read",
        first="""
        class Names(dict):
            def __missing__(self, name):
                raise KeyError(name)

            def __getitem__(self, name):
                if name == "adam_step":
                    return lambda weights, gradient, first, second, *more, **others: (
                        weights, first, second)
                return dict.__getitem__(self, name)

        get_ipython().user_ns = Names(get_ipython().user_ns)
        """,
        answers={"adam": WRONG_ADAM},
        adam="wrong|review|crashed|not attempted",
        others="right|review|crashed|not attempted",
    ),
)

SHELL = (
    _cheat(
        "input-transformer",
        "a transformer of IPython removes every check",
        """
        def without_checks(lines):
            return [line if "check(" not in line else "pass\\n" for line in lines]


        get_ipython().input_transformers_cleanup.append(without_checks)
        get_ipython().input_transformers_post.append(without_checks)
        """,
    ),
    _cheat(
        "syntax-tree-transformer",
        "a transformer of syntax trees replaces every call by None",
        """
        import ast


        class NoCalls(ast.NodeTransformer):
            def visit_Call(self, node):
                name = getattr(node.func, "id", "")
                return ast.Constant(None) if name in ("check", "adam_step") else node


        get_ipython().ast_transformers.append(NoCalls())
        """,
    ),
    _cheat(
        "cell-events",
        "events before and after each cell repair what failed",
        """
        def forgive(result=None):
            if result is not None and hasattr(result, "error_in_exec"):
                result.error_in_exec = result.error_before_exec = None
                result.success = True


        for event in ("pre_run_cell", "post_run_cell", "pre_execute", "post_execute"):
            get_ipython().events.register(event, lambda *args: forgive(*args))
        """,
    ),
    _cheat(
        "exception-handler",
        "every exception of a cell is swallowed",
        """
        import sys

        get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: [])
        get_ipython().showtraceback = lambda *args, **kwargs: None
        sys.excepthook = sys.unraisablehook = lambda *args: None
        """,
    ),
    _cheat(
        "replaced-shell",
        "replaces IPython's way to run cells",
        """
        shell = get_ipython()
        for name in ("run_cell", "run_cell_async", "run_code", "ex", "ev", "user_expressions"):
            setattr(type(shell), name, lambda self, *args, **kwargs: None)
        """,
        others="right|review|crashed|not attempted",
        adam="wrong|review|crashed|not attempted",
    ),
    _cheat(
        "reset",
        "%reset -f",
        "%reset -f",
        adam="wrong|review|crashed",
        others="crashed|right|review",
    ),
    _cheat(
        "deletes-everything",
        "deletes every name, and every module",
        """
        import sys

        sys.modules.clear()
        globals().clear()
        """,
        adam="wrong|review|crashed|not attempted",
        others="crashed|right|review|not attempted",
    ),
    _cheat(
        "replaced-modules",
        "puts modules of its own in the place of numpy and coursekit",
        """
        import sys
        import types

        fake = types.ModuleType("fake")
        fake.__getattr__ = lambda name: lambda *args, **kwargs: True
        for name in [*sys.modules]:
            if name.partition(".")[0] in ("coursekit", "numpy", "json", "struct", "socket"):
                sys.modules[name] = fake
        """,
        others="right|review|crashed",
    ),
    _cheat(
        "import-hook",
        "finds every module of coursekit itself",
        """
        import importlib.abc
        import importlib.util
        import sys


        class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path=None, target=None):
                if name.startswith("coursekit"):
                    return importlib.util.spec_from_loader(name, self)

            def exec_module(self, module):
                module.__getattr__ = lambda name: lambda *args, **kwargs: None


        for name in [name for name in sys.modules if name.startswith("coursekit")]:
            del sys.modules[name]
        sys.meta_path.insert(0, Finder())
        sys.path_hooks.insert(0, Finder().find_spec)
        sys.path.insert(0, ".")
        """,
        others="right|review|crashed",
    ),
    _cheat(
        "audit-hook",
        "an audit hook that refuses everything",
        """
        import sys


        def refuse(event, args):
            if event not in ("compile", "exec"):
                raise RuntimeError("no")


        sys.addaudithook(refuse)
        """,
        others="right|review|crashed",
    ),
    _cheat(
        "trace-and-profile",
        "tracing functions that change local variables",
        """
        import sys
        import threading


        def trace(frame, event, argument):
            for name in ("wrong", "outcome", "expected"):
                if name in frame.f_locals:
                    frame.f_locals[name] = "right"
            return trace


        sys.settrace(trace)
        sys.setprofile(trace)
        threading.settrace(trace)
        """,
    ),
    _cheat(
        "broken-interpreter",
        "a recursion limit of 60, no garbage collection, no more file descriptors",
        """
        import gc
        import resource
        import sys

        gc.disable()
        gc.freeze()
        sys.setswitchinterval(10)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        sys.setrecursionlimit(60)
        """,
        others="right|review|crashed|not attempted",
        adam="wrong|review|crashed|not attempted",
    ),
    attack(
        "broken-output",
        "standard output and error are nonsense",
        first="""
        import sys

        sys.stdout.close()
        sys.stdout = None
        sys.stderr = object()
        sys.stdin = 3
        sys.displayhook = None
        """,
        others="right|review|crashed",
    ),
    attack(
        "empty-environment",
        "an empty environment, another folder, another locale",
        first="""
        import locale
        import os

        os.environ.clear()
        os.chdir("/")
        locale.setlocale(locale.LC_ALL, "C")
        """,
        others="right|review",
    ),
)

CASES = (*PATCHES, *OBJECTS, *SHELL)
