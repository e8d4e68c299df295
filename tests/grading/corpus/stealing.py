"""Submissions that look for the right answer where it may be found."""

from collections.abc import Sequence

from .cases import WRONG_ADAM, attack, code_of

SECRET = "corpus-secret"

_SIGNS = f"""
import json

SIGNS = ("corrected_first", "unbiased[0]", "_share_of_gradients", "_by_interpolation",
         "{SECRET[:6]}" + "-{SECRET[7:]}", "expected:")


def holds(found):
    return any(sign in str(found) or sign.encode() in bytes(str(found), "utf-8", "replace")
               for sign in SIGNS)
"""


def _look(
    name: str,
    tries: str,
    expression: str,
    *,
    before: str = "",
    what: str = "files",
    adam: str = "wrong|review",
    others: str = "right|review",
    says: str = "",
) -> object:
    """Make a case that looks for the answer with one expression, and is wrong without it.

    The right answer is never put together from what is found: that it was found is a breach, in
    what `what` names.
    """
    attempt = f"""
found = None
try:
    found = {expression}
except BaseException as error:
    print("refused:", type(error).__name__)
if found is not None and holds(found):
    breach("{what}")
"""
    cell = code_of(_SIGNS + "\n" + code_of(before) + "\n" + attempt)
    answer = f"{cell}\n\n{WRONG_ADAM}"
    return attack(name, tries, answers={"adam": answer}, adam=adam, others=others, says=says)


def _opens(name: str, tries: str, expression: str, **more: str) -> object:
    """Make a case of which the attempt itself must be noticed."""
    return _look(name, tries, expression, **({"adam": "review"} | more))


_SOLUTION = "@course@/solutions/14_optimizers.ipynb"
_CHECKS = "@checks@/lesson_14_optimizers.py"
_WALK = """
import sys


def frames():
    frame = sys._getframe()
    while frame is not None:
        yield {**frame.f_globals, **frame.f_locals}
        frame = frame.f_back


def wanted(value):
    name = type(value).__module__ + "." + type(value).__qualname__
    return "coursekit.checks" in name or "lesson_14" in getattr(value, "__module__", "")
"""

FILES: Sequence = (
    _opens("reads-the-solution", "opens the solutions", f'open("{_SOLUTION}").read()'),
    _opens("reads-the-checks", "opens the module with the references", f'open("{_CHECKS}").read()'),
    _opens(
        "reads-compiled-checks",
        "opens the compiled module with the references",
        '[open(path, "rb").read() for path in glob.glob("@checks@/__pycache__/lesson_14*")]',
        before="import glob",
        adam="wrong|review",
    ),
    _opens(
        "runs-the-checks",
        "runs the module with the references from its file",
        '(spec.loader.exec_module(module), module.adam_step.reference, "_share_of_gradients")',
        before=f"""
        import importlib.util
        import sys

        spec = importlib.util.spec_from_file_location("coursekit.checks.stolen", "{_CHECKS}")
        module = importlib.util.module_from_spec(spec)
        """,
    ),
    _opens(
        "finds-the-exercise",
        "takes the reference of the exercise as the answer",
        '(find_exercise("14_adam_step").reference, "_share_of_gradients")',
        before="from coursekit.checks import find_exercise",
        adam="wrong|review",
    ),
    _opens(
        "imports-the-checks",
        "imports the module with the references",
        '(importlib.import_module("coursekit.checks.lesson_14_optimizers"), "_by_interpolation")',
        before="import importlib",
        adam="wrong|review",
    ),
    attack(
        "answers-by-reference",
        "the answer is the reference itself",
        answers={
            "adam": "from coursekit.checks import find_exercise\n\n"
            'adam_step = find_exercise("14_adam_step").reference'
        },
        adam="review|crashed|not attempted",
        others="right|review",
    ),
    _opens(
        "asks-inspect",
        "asks inspect, pkgutil and linecache for the source",
        'pkgutil.get_data("coursekit.checks", "lesson_14_optimizers.py")',
        before="import pkgutil",
        adam="wrong|review",
    ),
    _opens(
        "reads-by-system-calls",
        "opens the solutions with os.open and mmap",
        f'mmap.mmap(os.open("{_SOLUTION}", os.O_RDONLY), 0, prot=mmap.PROT_READ)[:]',
        before="import mmap\nimport os",
    ),
    _look(
        "reads-by-tensorflow",
        "opens the solutions in C++, which Python does not see",
        f'tf.io.read_file("{_SOLUTION}").numpy()',
        before="import tensorflow as tf",
    ),
    _opens(
        "reads-by-c",
        "opens the solutions with ctypes",
        "(libc.read(libc.open(path, 0), buffer, 1 << 20), buffer.raw)",
        before=f"""
        import ctypes

        libc = ctypes.CDLL(None)
        path = b"{_SOLUTION}"
        buffer = ctypes.create_string_buffer(1 << 20)
        """,
        adam="wrong|review",
    ),
    _look(
        "reads-by-programs",
        "asks cat, python and git for the solutions",
        "subprocess.run(command, shell=True, capture_output=True, timeout=4).stdout",
        before=f"""
        import subprocess
        import sys

        command = (
            "cat {_SOLUTION}; git -C @course@ show HEAD:solutions/14_optimizers.ipynb; "
            + sys.executable + " -S -c \\"print(open('{_CHECKS}').read())\\""
        )
        """,
    ),
    _look(
        "reads-history",
        "searches the packed history of the repository",
        '[open(path, "rb").read(64) and "_share_of_gradients" for path in packs]',
        before="""
        import glob

        packs = glob.glob("@course@/.git/objects/*/*")
        """,
    ),
    _look(
        "links-to-the-solution",
        "makes links to the solutions, and opens those",
        '(os.symlink(solution, "mine"), os.path.exists("hard") or open("mine").read())',
        before=f"""
        import os

        solution = "{_SOLUTION}"
        try:
            os.link(solution, "hard")
            breach("files", "a hard link")
        except OSError:
            pass
        """,
    ),
    _look(
        "goes-through-proc",
        "opens the solutions through /proc/*/root and /proc/*/cwd",
        "[text for text in map(read, places) if text]",
        before=f"""
        import os


        def read(place):
            try:
                return open(place + "{_SOLUTION}").read()
            except OSError:
                return ""


        numbers = ["self", "thread-self", "1", str(os.getppid())]
        numbers += [name for name in os.listdir("/proc") if name.isdigit()]
        places = [f"/proc/{{n}}/{{part}}" for n in numbers for part in ("root", "cwd/../../../..")]
        """,
    ),
    _look(
        "reads-the-class",
        "reads what the others handed in",
        "[open(path).read() for path in paths]",
        before="""
        import glob

        paths = glob.glob("@submissions@/*_14_optimizers.ipynb")
        """,
    ),
    _look(
        "reads-the-grades",
        "reads the grades and the feedback of others",
        "[open(path).read() for path in paths if os.path.isfile(path)]",
        before="""
        import glob
        import os

        paths = glob.glob("@output@/**", recursive=True, include_hidden=True)
        if paths[1:]:
            breach("files", "the grades can be listed")
        """,
    ),
    _look(
        "reads-the-home",
        "reads the teacher's home",
        '[open(path).read() for path in ("@home@/secret.txt", "@home@/.ssh/id_rsa")]',
    ),
    _look(
        "walks-the-disk",
        "searches the disk for notebooks of solutions",
        "[open(path).read() for path in paths]",
        before="""
        import glob

        paths = glob.glob("@course@/**/*14_optim*", recursive=True)
        paths += glob.glob("/*/*/solutions/*14*", recursive=True)
        """,
    ),
)

MEMORY: Sequence = (
    _opens(
        "reads-the-environment",
        "prints the environment, its own and its parents'",
        '[dict(os.environ), *map(read, ("self", os.getppid(), 1))]',
        before="""
        import os


        def read(number):
            try:
                return open(f"/proc/{number}/environ").read()
            except OSError:
                return ""
        """,
        adam="wrong|review",
    ),
    _look(
        "reads-other-memory",
        "reads the memory of the processes that it can see",
        "[text for text in map(search, numbers) if text]",
        before="""
        import os

        numbers = [name for name in os.listdir("/proc") if name.isdigit()]
        numbers = [name for name in numbers if name != str(os.getpid())][:20]


        def search(number):
            try:
                with open(f"/proc/{number}/maps") as maps, open(f"/proc/{number}/mem", "rb") as mem:
                    for line in maps:
                        if "[heap]" in line:
                            mem.seek(int(line.partition("-")[0], 16))
                            return "_share_of_gradients" if mem.read(64) else ""
            except (OSError, ValueError):
                return ""
        """,
    ),
    _look(
        "searches-its-memory",
        "searches all objects for exercises, cases and references",
        "[str(thing) for thing in gc.get_objects() if wanted(thing)]",
        before="import gc\n\n" + _WALK.replace('"coursekit.checks" in name or ', ""),
    ),
    _look(
        "walks-the-frames",
        "walks up the frames for expected values",
        '[values for values in frames() if "expected" in values or "reference" in values]',
        before=_WALK,
    ),
    attack(
        "frames-in-the-function",
        "the function walks up its callers for the expected value",
        answers={
            "adam": """
            import gc
            import inspect
            import sys


            def adam_step(weights, gradient, first, second, step, **settings):
                places = [vars(info.frame) if hasattr(info.frame, "__dict__") else
                          {**info.frame.f_globals, **info.frame.f_locals}
                          for info in inspect.stack(0)]
                try:
                    raise ValueError
                except ValueError as error:
                    frame = error.__traceback__.tb_frame
                    while frame is not None:
                        places.append({**frame.f_globals, **frame.f_locals})
                        frame = frame.f_back
                for place in places:
                    for name in ("expected", "value", "reference", "exercise", "case"):
                        found = place.get(name)
                        if callable(getattr(found, "reference", found)) and name != "value":
                            return getattr(found, "reference", found)(
                                weights, gradient, first, second, step, **settings)
                return weights, first, second
            """
        },
        adam="wrong|review|crashed",
        others="right|review",
    ),
    _look(
        "reads-open-files",
        "reads every file descriptor that it inherited",
        "[text for text in map(read, range(3, 256)) if text]",
        before="""
        import os
        import stat


        def read(descriptor):
            try:
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return os.pread(descriptor, 1 << 20, 0).decode("utf-8", "replace")
            except OSError:
                return ""
        """,
    ),
)

CASES = (*FILES, *MEMORY)
