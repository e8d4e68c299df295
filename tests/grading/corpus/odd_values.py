"""Submissions that return what nobody expects: objects that lie, and values without end."""

from .cases import WRONG_ADAM, attack, function


def _returns(name, tries, body, *, adam="wrong|crashed|review", says=""):
    """Make a case whose wrong answer returns something odd."""
    return attack(name, tries, answers={"adam": function("adam", body)}, adam=adam, says=says)


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

SIZES = (
    attack(
        "lazy-memory",
        "returns 40 GB that were never touched",
        answers={"path": function("path", "return np.zeros(5 * 10**9)")},
        path="crashed|wrong",
        says=r"MB|GB|GiB|[Mm]emory|large|elements",
    ),
    attack(
        "huge-by-strides",
        "returns 8 TB made of one number",
        answers={"path": function("path", "return np.broadcast_to(np.float64(1), (10**12,))")},
        path="crashed|wrong",
        says=r"MB|GB|GiB|[Mm]emory|large|elements",
    ),
    attack(
        "huge-text",
        "returns a text of 400 MB",
        answers={"path": function("path", 'return "x" * (400 << 20)')},
        path="crashed|wrong",
        says=r"MB|[Mm]emory|large|text|str|stopped",
    ),
    attack(
        "huge-integer",
        "returns a number of a million digits",
        answers={"path": function("path", "return 1 << 4_000_000")},
        path="crashed|wrong",
    ),
    attack(
        "millions-of-parts",
        "returns a list of three million lists",
        answers={"path": function("path", "return [[] for _ in range(3 * 10**6)]")},
        path="crashed|wrong",
    ),
    attack(
        "deep-list",
        "returns a list nested 100,000 deep",
        answers={
            "path": function(
                "path", "nest = []\nfor _ in range(100_000):\n    nest = [nest]\nreturn nest"
            )
        },
        path="crashed|wrong",
    ),
    attack(
        "list-in-itself",
        "returns a list that contains itself",
        answers={"path": function("path", "nest = []\nnest.append(nest)\nreturn nest")},
        path="crashed|wrong",
    ),
    attack(
        "doubling-nest",
        "returns a nest of 2**60 lists that all are one",
        answers={
            "path": function(
                "path", "nest = []\nfor _ in range(40):\n    nest = [nest, nest]\nreturn nest"
            )
        },
        path="crashed|wrong",
    ),
    attack(
        "one-array-often",
        "returns a list that holds one array of 16 MB 200 times: 3 GB to compare",
        answers={"path": function("path", "part = np.ones(2**21)\nreturn [part] * 200")},
        path="crashed|wrong",
    ),
    attack(
        "huge-range",
        "returns a range of 100 million numbers",
        answers={"path": function("path", "return range(10**8)")},
        path="crashed|wrong",
    ),
    attack(
        "shared-lists",
        "returns a nest of 10**15 numbers that are 150 lists",
        answers={
            "path": function(
                "path",
                "nest = [1.0] * 10\nfor _ in range(14):\n    nest = [nest] * 10\nreturn nest",
            )
        },
        path="crashed|wrong",
    ),
    attack(
        "large-integer",
        "returns a number of 4,900 digits, which Python refuses to write",
        answers={"path": function("path", "return 1 << 16_300")},
        path="crashed|wrong",
    ),
    attack(
        "wide-table",
        "returns a table of 10,000 columns, all of one name",
        answers={
            "path": function(
                "path",
                """
                import pandas as pd
                return pd.DataFrame(np.ones((2, 10_000)), columns=["a"] * 10_000)
                """,
            )
        },
        path="crashed|wrong",
    ),
    attack(
        "many-names",
        "returns a dict of 60,000 keys of 50 letters",
        answers={"path": function("path", 'return {f"{n:050d}": n for n in range(60_000)}')},
        path="crashed|wrong",
    ),
)

CASES = (*OBJECTS, *SIZES)
