"""Submissions that take all memory, disk, processes or patience; bounded, to be safe unguarded."""

from .cases import attack, function, then_right

_GROWS = """
hoard = []
while len(hoard) < 24:  # 6 GB
    hoard.append(np.ones(2**25))
"""
_MEMORY = r"[Mm]emory"

CASES = (
    attack(
        "memory",
        "a list that grows to 6 GB, in a function",
        answers={"path": then_right("path", _GROWS)},
        path="crashed",
        says=_MEMORY,
    ),
    attack("memory-in-a-cell", "a list that grows to 6 GB, in a cell", first=_GROWS, says=_MEMORY),
    attack(
        "memory-again-and-again",
        "takes all memory, and swallows the error, eight times",
        first=f"""
for _ in range(8):
    try:
        {_GROWS.strip().replace(chr(10), chr(10) + "        ")}
    except MemoryError:
        pass
""",
        others="right|crashed",
    ),
    attack(
        "memory-of-children",
        "four processes that take 1 GB each",
        first="""
        import os
        import time

        children = []
        for _ in range(4):
            child = os.fork()
            if child == 0:
                hoard = np.ones(2**27)
                time.sleep(2)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        """,
        others="right|review|crashed",
    ),
    attack(
        "recursion",
        "recursion without end",
        answers={"path": function("path", "return gradient_descent_path(0, 0, 0, 0)")},
        path="crashed",
        says="RecursionError",
    ),
    attack(
        "recursion-without-limit",
        "recursion with the limit lifted",
        answers={
            "path": function(
                "path",
                """
                import sys
                sys.setrecursionlimit(10**9)
                def deeper(n):
                    return n if n > 10**7 else deeper(n + 1)
                deeper(0)
                nest = []
                for _ in range(10**6):
                    nest = [nest]
                return repr(nest)
                """,
            )
        },
        path="crashed|wrong",
    ),
    attack(
        "fork-bomb",
        "600 processes, one after the other",
        answers={
            "path": then_right(
                "path",
                """
                import os
                import time
                for _ in range(600):
                    if os.fork() == 0:
                        time.sleep(30)
                        os._exit(0)
                """,
            )
        },
        path="crashed|review|right",
        others="right|review",
    ),
    attack(
        "fork-bomb-doubling",
        "512 processes that double, in a cell",
        first="""
        import os
        import time

        start = os.getpid()
        for _ in range(9):
            try:
                os.fork()
            except OSError:
                pass
        if os.getpid() != start:
            time.sleep(30)
            os._exit(0)
        """,
        others="right|review|crashed",
    ),
    attack(
        "thread-bomb",
        "3,000 threads",
        first="""
        import threading
        import time

        for _ in range(3000):
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        """,
        others="right|review|crashed",
    ),
    attack(
        "disk-flood",
        "writes 2 GB in files of 64 MB",
        answers={
            "path": then_right(
                "path",
                """
                import os
                folder = globals().setdefault("folder", os.getcwd())
                for number in range(32):
                    with open(f"{folder}/flood-{number}", "wb") as file:
                        file.write(bytes(64 << 20))
                """,
            )
        },
        path="crashed|right|review",
    ),
    attack(
        "one-huge-file",
        "writes one file of 2 GB, in a cell",
        first="""
        with open("flood", "wb") as file:
            for _ in range(32):
                file.write(bytes(64 << 20))
        """,
    ),
    attack(
        "many-files",
        "makes 20,000 files",
        first='for number in range(20_000):\n    open(f"file-{number}", "w").close()',
    ),
    attack(
        "open-files",
        "opens files until there are no more",
        first="""
        hoard = []
        try:
            while len(hoard) < 100_000:
                hoard.append(open("/dev/null"))
        except OSError:
            pass
        """,
        others="right|review|crashed",
    ),
    attack(
        "prints-without-end",
        "prints 500 MB in a cell",
        first='for _ in range(500):\n    print("x" * 10**6)',
    ),
    attack(
        "prints-in-a-function",
        "prints 200 MB in a function",
        answers={"path": then_right("path", 'for _ in range(40):\n    print("x" * 10**6)')},
        path="right|crashed",
    ),
    attack(
        "thread-that-prints",
        "a thread that prints for ever",
        first="""
        import threading


        def shout():
            while True:
                print("a" * 1000)


        threading.Thread(target=shout, daemon=True).start()
        """,
        others="right|review",
    ),
    attack(
        "floods-descriptors",
        "writes 200 MB to the descriptors 1 and 2",
        first="""
        import os

        for _ in range(100):
            os.write(1, b"x" * 10**6)
            os.write(2, b"y" * 10**6)
        """,
    ),
    attack(
        "many-outputs",
        "displays 20,000 values",
        first="from IPython.display import display\n\nfor n in range(20_000):\n    display(n)",
    ),
    attack(
        "many-prints",
        "300 cells that print 1 MB each",
        first=[f"print('{n % 10}' * 10**6)" for n in range(300)],
    ),
    attack(
        "many-reasons",
        "does 30,000 suspicious things",
        first="""
        for number in range(30_000):
            try:
                open(f"@course@/solutions/{number:0100d}")
            except OSError:
                pass
        """,
        others="review",
        says="solutions",
    ),
    attack(
        "many-figures",
        "100 figures in a cell",
        first="""
        import matplotlib.pyplot as plt

        for n in range(100):
            plt.figure(figsize=(2, 2))
        plt.show()
        """,
    ),
    attack(
        "huge-figure",
        "a figure of 60,000 by 60,000 pixels",
        first="import matplotlib.pyplot as plt\n\nplt.figure(figsize=(600, 600))\nplt.show()",
    ),
    attack(
        "huge-repr",
        "a value whose text is 300 MB",
        first='class Wide:\n    def __repr__(self):\n        return "x" * (300 << 20)\n\n\nWide()',
    ),
    attack(
        "huge-error",
        "an error message of 20 MB, in a cell and in a function",
        first='raise ValueError("x" * (20 << 20))',
        answers={"path": function("path", 'raise ValueError("y\\n" * (10 << 20))')},
        path="crashed",
        says="ValueError",
    ),
    attack(
        "chain-of-errors",
        "an error with 10,000 causes",
        answers={
            "path": function(
                "path",
                """
                error = ValueError("first")
                for number in range(10_000):
                    later = ValueError(str(number))
                    later.__cause__ = error
                    error = later
                raise error
                """,
            )
        },
        path="crashed",
    ),
    attack(
        "long-line",
        "a cell of one line of 2 MB",
        first="text = '" + "x" * (2 << 20) + "'",
    ),
    attack(
        "deep-expression",
        "a cell nested 5,000 deep",
        first="value = " + "(" * 5000 + ")" * 5000,
    ),
    attack(
        "two-thousand-cells",
        "2,000 cells of its own",
        first=[f"x{n} = {n}" for n in range(2000)],
        others="right|crashed",
    ),
)
