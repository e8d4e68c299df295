"""Submissions that attack the grader's own process: by a little that becomes much, and by calls.

A check of lesson 07 lends the learner's function one of its own, which runs in the grader.
"""

import textwrap

from tests.grading import submissions

from .cases import CURVE, WRONG_ADAM, attack, case, code_of, function
from .forging import STUDENT

_HEAD = "def learning_curve(fit, X, y, X_val, y_val, sizes, n_repeats, seed):\n"


def _borrows(name, tries, body, *, curve="wrong|crashed", says=""):
    """Make a case of lesson 07 whose function misuses the one that it is lent."""
    answer = _HEAD + textwrap.indent(code_of(body), "    ")
    notebook = submissions.solved("07_bias_variance", {CURVE: answer})
    file = f"{name}_07_bias_variance.ipynb"
    return case(name, tries, notebook, file=file, curve=curve, says=says)


def _returns(name, tries, body, **expected):
    answers = {"path": function("path", body)}
    return attack(name, tries, answers=answers, path="crashed|wrong", **expected)


def _sends(name, tries, structure):
    """Make a case that sends a structure of its own through the grader's channel."""
    code = f"""
{STUDENT}
import struct

structure = ('{{"d":[["reply",{{"d":[["value",%s]]}}]]}}' % ({structure})).encode()
body = struct.pack("!I", len(structure)) + structure
student._reply = lambda reply: student._channel.send_packed(body)
"""
    return attack(
        name,
        tries,
        answers={"adam": f"{WRONG_ADAM}\n\n{code}"},
        adam="review",
        others="right|review",
        says="collide",
    )


LENT = (
    _borrows(
        "lent-memory",
        "calls the function that it is lent with 20 million rows, again and again",
        """
        rows = np.zeros(20 << 20, np.int8)
        for _ in range(6):
            try:
                fit(rows, rows)
            except Exception as error:
                kept = error
        raise kept
        """,
        curve="crashed",
        says="more than 2 MB of arguments",
    ),
    _borrows(
        "lent-recursion",
        "lends arguments that call the lent function when they are read",
        """
        class Deep:
            def again(self, *_):
                fit(Deep(), y)
                return 3
            __len__ = __getitem__ = __float__ = __iter__ = again
        return [fit(Deep(), y)]
        """,
    ),
    _borrows("lent-forever", "calls what it is lent for ever", "while True:\n    fit(X, y)"),
    _borrows(
        "lent-dimensions",
        "lends an argument of endless dimensions",
        """
        class Wide:
            __len__ = lambda self: 2
            __getitem__ = lambda self, index: Wide()
        return [fit(X, y)(Wide())]
        """,
    ),
    _borrows(
        "lent-arguments",
        "calls what it is lent with everything but what it takes",
        """
        odd = [(), (1,), ("a", {}), (None, ...), ({1: 2}, {3}), (10**4000, 3), (X, np.nan),
               (fit, fit), (lambda: 3, []), ([[]] * 9, "=1+1")]
        for arguments in odd:
            try:
                fit(*arguments)
            except Exception:
                pass
        return fit
        """,
    ),
    _borrows(
        "lent-to-a-thread",
        "calls what it is lent in a thread, and keeps it for another check",
        """
        import threading
        globals()["kept"] = fit
        thread = threading.Thread(target=lambda: fit(X, y))
        thread.start()
        thread.join()
        return [1.0] * len(sizes)
        """,
    ),
)

UNFOLDING = (
    _returns(
        "widening-texts",
        "returns texts of 1.2 MB that become an array of 4 GB",
        'return [np.array(["x" * 300_000])] + [np.array(["y"])] * 3500',
        says="allocate|memory",
    ),
    _returns(
        "widening-objects",
        "returns texts among objects that become an array of 4 GB",
        'texts = np.array(["y"] * 3500, object)\ntexts[0] = "x" * 300_000\nreturn texts',
        says="allocate|memory",
    ),
    _returns(
        "rows-without-columns",
        "returns a table of 10**9 rows and no column",
        "import pandas as pd\n\nreturn pd.DataFrame(index=pd.RangeIndex(10**9))",
        says="cannot be compared",
    ),
    _returns(
        "arrays-of-two-shapes",
        "returns 190,000 arrays of two shapes, which take long to write",
        "return [np.zeros(i % 2 + 1) for i in range(190_000)]",
        seconds=150,  # the grader itself compares and writes them, which nothing interrupts
    ),
    _returns(
        "copies-without-end",
        "returns an array whose copies never end",
        """
        class Slow(np.ndarray):
            __module__ = "numpy"
            def __array_finalize__(self, other):
                while hasattr(Slow, "ready"):
                    pass
        slow = np.zeros(3).view(Slow)
        Slow.ready = True
        return slow
        """,
    ),
    _sends(
        "colliding-set",
        "sends a set of 200,000 numbers of one hash, which takes hours to fill",
        '\'{"s":[%s]}\' % ",".join(\'{"i":"%x"}\' % (n * (2**61 - 1)) for n in range(1, 200_000))',
    ),
    _sends(
        "colliding-keys",
        "sends a dict of 100,000 keys of one hash",
        '\'{"d":[%s]}\' % ",".join(\'[{"i":"%x"},1]\' % (n * (2**61 - 1)) for n in range(10**5))',
    ),
)

CASES = (*LENT, *UNFOLDING)
