"""Submissions that do not end, or end the process that they run in."""

from .cases import attack, function, then_right

#: What is said of code that was stopped because its time was up.
LATE = r"second|limit|too long|time"


def _hangs(name, tries, body, **expected):
    """Make a case whose first function hangs; the three others must still be graded."""
    expected = {"path": "crashed", "says": LATE, "seconds": 40} | expected
    return attack(name, tries, answers={"path": function("path", body)}, **expected)


def _dies(name, tries, body, **expected):
    """Make a case whose first function ends its process; the three others must be graded."""
    expected = {"path": "crashed"} | expected
    return attack(name, tries, answers={"path": then_right("path", body)}, **expected)


CASES = (
    _hangs("loop", "while True in a function", "while True:\n    pass"),
    attack(
        "loop-in-a-cell",
        "while True in a cell",
        first="while True:\n    pass",
        says=LATE,
        seconds=40,
    ),
    _hangs(
        "loop-that-swallows",
        "a loop that swallows every interrupt",
        """
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
        """,
    ),
    _hangs(
        "loop-deaf-to-signals",
        "ignores and blocks every signal",
        """
        import signal
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        while True:
            pass
        """,
    ),
    _hangs("loop-in-c", "a loop in C", "return sum(range(10**12))"),
    _hangs(
        "regular-expression",
        "a regular expression that never matches",
        'import re\nreturn re.match(r"(a+)+$", "a" * 60 + "b")',
    ),
    _hangs("giant-power", "10**10**8", "return 10**10**8"),
    _hangs("sleeps", "sleeps for days", "import time\n\ntime.sleep(10**6)"),
    attack(
        "drips",
        "sleeps in each of 126 calls, each within the limit",
        answers={"adam": then_right("adam", "import time\n\ntime.sleep(4)")},
        adam="crashed",
        says=LATE,
    ),
    attack(
        "many-slow-cells",
        "thirty slow cells, each within the limit",
        first=[f"import time\n\ntime.sleep(3)  # {n}" for n in range(30)],
        others="crashed|right|not attempted",
        says=LATE,
    ),
    attack(
        "many-deadly-cells",
        "twelve cells that each kill the process",
        first=[f"import os\n\nos._exit({n})" for n in range(12)],
    ),
    attack(
        "many-hanging-cells",
        "eight cells that each hang",
        first=[f"while True:  # {n}\n    pass" for n in range(8)],
        others="crashed|right|not attempted",
        says=LATE,
    ),
    _hangs(
        "hangs-when-read",
        "returns an object that hangs when it is compared, shown, read or dropped",
        """
        class Slow:
            def wait(self, *_):
                while True:
                    pass
            __array__ = __eq__ = __len__ = __iter__ = __repr__ = __float__ = __reduce__ = wait
            __class__ = property(wait)
        return Slow()
        """,
        path="wrong|crashed|review",
        says="",
    ),
    attack(
        "hangs-when-shown",
        "a cell whose value hangs when it is shown",
        first="""
        class Slow:
            def __repr__(self):
                while True:
                    pass

        Slow()
        """,
        says=LATE,
    ),
    _hangs(
        "endless-generator",
        "returns an endless generator",
        "import itertools\n\nreturn (number for number in itertools.count())",
        path="wrong|crashed",
        says="generator",
    ),
    _hangs(
        "deadlock",
        "waits for a lock that it holds",
        "import threading\n\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    ),
    _hangs(
        "waits-for-a-pipe",
        "reads a pipe that nobody writes",
        "import os\n\nreturn os.read(os.pipe()[0], 1)",
    ),
    _hangs(
        "stops-itself",
        "SIGSTOP to itself",
        "import os\nimport signal\n\nos.kill(os.getpid(), signal.SIGSTOP)\nwhile True:\n    pass",
        path="crashed|review",
    ),
    attack(
        "hangs-at-exit",
        "an atexit function and a thread that never end",
        first="""
        import atexit
        import threading
        import time


        @atexit.register
        def forever():
            while True:
                pass


        threading.Thread(target=time.sleep, args=(10**6,)).start()
        """,
        others="right|review",
        seconds=40,
    ),
    attack(
        "sleeps-when-dropped",
        "an object that sleeps for days when it is dropped, in a cell and in a check",
        first=[
            """
            class Sleepy:
                def __del__(self):
                    import time

                    time.sleep(10**6)


            sleepy = Sleepy()
            """,
            "sleepy = None",
        ],
        answers={"path": function("path", "return Sleepy()")},
        path="wrong|crashed",
        others="right|crashed",
        says=LATE,
    ),
    attack(
        "rings-later",
        "an alarm that rings while a later check runs",
        first="import signal\n\nsignal.alarm(3)",
        others="right|crashed",
    ),
    attack(
        "deaf-by-its-own-handler",
        "a handler of its own for interrupts, which never returns",
        first="""
        import signal


        def forever(*_):
            while True:
                pass


        signal.signal(signal.SIGINT, forever)
        signal.signal = lambda *_: None
        """,
        answers={"path": function("path", "while True:\n    pass")},
        path="crashed",
        says=LATE,
    ),
    attack(
        "number-as-text",
        "writes a number of three million digits",
        first="import sys\n\nsys.set_int_max_str_digits(0)\nlen(str(7**3_600_000))",
    ),
    _dies("exits", "os._exit(0) in a function", "import os\n\nos._exit(0)"),
    attack(
        "exits-in-a-cell",
        "os._exit(0) in a cell",
        first="import os\n\nkept = 1\nos._exit(0)",
        last="print('still here')",
    ),
    _dies("sys-exit", "sys.exit(0) in a function", "import sys\n\nsys.exit(0)", says="SystemExit"),
    attack(
        "sys-exit-in-cells",
        "sys.exit, quit and exit in cells",
        first=["import sys\n\nsys.exit(0)", "quit()", "exit()", "raise SystemExit"],
    ),
    attack(
        "ask-exit",
        "asks IPython to stop",
        first="""
        shell = get_ipython()
        shell.exit_now = True
        shell.ask_exit()
        shell.execution_count = "many"
        """,
        others="right|review",
    ),
    _dies("aborts", "os.abort()", "import os\n\nos.abort()"),
    _dies(
        "segmentation-fault",
        "reads address 0 with ctypes",
        "import ctypes\n\nctypes.string_at(0)",
        path="crashed|review",
        others="right|review",
    ),
    _dies(
        "kills-itself",
        "SIGKILL to itself",
        "import os\nimport signal\n\nos.kill(os.getpid(), signal.SIGKILL)",
        path="crashed|review",
    ),
    _dies(
        "becomes-another-program",
        "replaces the process by /bin/true",
        'import os\n\nos.execv("/bin/true", ["true"])',
        path="crashed|review",
    ),
    _dies(
        "exits-at-the-third-call",
        "right twice, then os._exit",
        """
        import os
        calls = globals().setdefault("calls", [])
        calls.append(1)
        if len(calls) > 2:
            os._exit(0)
        """,
    ),
    _dies("raises-exit", "raise SystemExit in a function", "raise SystemExit(0)"),
    _dies(
        "raises-interrupt",
        "raises KeyboardInterrupt, as if the teacher had stopped the run",
        "raise KeyboardInterrupt",
    ),
    _dies(
        "own-base-exception",
        "a BaseException of its own, that cannot be written or pickled",
        """
        class Odd(BaseException):
            def __str__(self):
                raise Odd
            __repr__ = __reduce__ = __str__
        raise Odd
        """,
    ),
    _dies("raises-generator-exit", "raises GeneratorExit", "raise GeneratorExit"),
    _dies(
        "raises-stop-iteration", "raises StopIteration", "raise StopIteration", says="StopIteration"
    ),
    _dies(
        "pretends-not-attempted",
        "raises a class named like the grader's own",
        "class NotAttemptedError(Exception):\n    pass\nraise NotAttemptedError('right')",
        path="crashed|not attempted",
    ),
    _dies(
        "closes-everything",
        "closes every file descriptor",
        "import os\n\nos.closerange(0, 65536)",
        path="crashed|review|right",
    ),
    attack(
        "closes-everything-in-a-cell",
        "closes every file descriptor in a cell",
        first="import os\n\nos.closerange(0, 65536)",
        others="right|review|crashed",
    ),
    attack(
        "forks-away",
        "forks in a cell; both processes go on",
        first="import os\n\nchild = os.fork()",
        others="right|review",
    ),
    attack(
        "forks-in-a-function",
        "forks at each call; the child answers too",
        answers={"path": then_right("path", "import os\n\nos.fork()")},
        path="right|review|crashed",
        others="right|review",
    ),
    attack(
        "leaves-a-daemon",
        "a process of its own session that ignores every signal",
        first="""
        import os
        import signal
        import time

        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (1, 2, 3, 13, 15):
                    signal.signal(number, signal.SIG_IGN)
                time.sleep(300)
            os._exit(0)
        """,
        others="right|review",
    ),
    attack(
        "leaves-programs",
        "starts programs that outlive the cell",
        first="""
        import subprocess

        for _ in range(3):
            subprocess.Popen(["sleep", "300"], start_new_session=True)
        """,
        others="right|review",
    ),
)
