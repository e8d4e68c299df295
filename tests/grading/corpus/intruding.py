"""Submissions that put themselves between the notebook and Python; the answers are wrong."""

from .cases import attack
from .patching import cheat

CASES = (
    cheat(
        "input-transformer",
        "a transformer of IPython removes every check",
        """
        def without_checks(lines):
            return [line if "check(" not in line else "pass\\n" for line in lines]


        get_ipython().input_transformers_cleanup.append(without_checks)
        get_ipython().input_transformers_post.append(without_checks)
        """,
    ),
    cheat(
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
    cheat(
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
    cheat(
        "exception-handler",
        "every exception of a cell is swallowed",
        """
        import sys

        get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: [])
        get_ipython().showtraceback = lambda *args, **kwargs: None
        sys.excepthook = sys.unraisablehook = lambda *args: None
        """,
    ),
    cheat(
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
    cheat(
        "reset",
        "%reset -f",
        "%reset -f",
        adam="wrong|review|crashed",
        others="crashed|right|review",
    ),
    cheat(
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
    cheat(
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
    cheat(
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
    cheat(
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
    cheat(
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
    cheat(
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
    attack(
        "modules-of-its-own",
        "leaves modules wherever Python looks for them, and ends the process",
        first="""
        import os
        import site
        import sys

        for folder in (*sys.path, ".", os.path.expanduser("~"), site.getusersitepackages()):
            for name in ("sitecustomize.py", "usercustomize.py", "corpus_canary.pth"):
                try:
                    os.makedirs(folder, exist_ok=True)
                    with open(os.path.join(folder, name), "w") as file:
                        file.write("import os; os._exit(0)")
                except OSError:
                    pass
        os._exit(3)
        """,
    ),
    cheat(
        "coursekit-from-an-archive",
        "imports a coursekit of its own from a zip archive",
        """
        import sys
        import zipfile

        with zipfile.ZipFile("own.zip", "w") as archive:
            archive.writestr("coursekit/__init__.py", "check = print")
        sys.path.insert(0, "own.zip")
        for name in [name for name in sys.modules if name.startswith("coursekit")]:
            del sys.modules[name]
        import coursekit
        """,
        others="right|review|crashed",
    ),
    attack(
        "kills-by-the-shell",
        "kills everything that the shell lets it reach",
        first=["!kill -9 -1", "%%bash\nkill -9 $PPID", "import os\n\nos.system('kill -9 -1')"],
    ),
    attack(
        "asks-the-kernel-to-stop",
        "asks a kernel to stop that there is not, and runs scripts that exit",
        first=[
            "get_ipython().kernel.do_shutdown(True)",
            "%%writefile leave.py\nimport sys\n\nsys.exit(3)",
            "%run leave.py",
            "%run -i leave.py",
            "%load leave.py",
        ],
    ),
    cheat(
        "changed-by-a-thread",
        "a thread that changes the answer while it is checked",
        """
        import threading
        import time


        def change():
            while True:
                globals()["adam_step"] = lambda *args, **kwargs: (0, 0, 0)
                time.sleep(0.001)


        threading.Thread(target=change, daemon=True).start()
        """,
        others="right|review",
    ),
)
