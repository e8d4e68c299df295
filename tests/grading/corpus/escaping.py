"""Submissions that reach out of their process: files, other processes, the network."""

from .cases import attack, code_of


def _reach(name, tries, code, *, others="right|review", **more):
    """Make a case of a solved notebook with one cell that reaches out."""
    return attack(name, tries, first=code, others=others, **more)


#: Whether a file was really written is seen from outside: it may have been a private copy.
_TRY = """
def attempt(what, action, *args):
    try:
        done = action(*args)
    except BaseException as error:
        print("refused:", type(error).__name__)
    else:
        if what != "files":
            breach(what, action, done)
"""


def _tries(code: str) -> str:
    return code_of(f"{_TRY}\n\n{code_of(code)}")


FILES = (
    _reach(
        "writes-the-gradebook",
        "writes full marks into the gradebook, the results and the journal",
        _tries("""
        from pathlib import Path

        for name in ("gradebook.csv", "results.json", "class.html", "adjustments.csv",
                     ".grading/results.jsonl", ".grading/corpus_canary"):
            attempt("files", Path("@output@", name).write_text, "student,final\\nme,11\\n")
        """),
    ),
    _reach(
        "deletes-the-grades",
        "deletes the grades and the submissions",
        _tries("""
        import os
        import shutil

        attempt("files", shutil.rmtree, "@output@")
        attempt("files", os.remove, "@submissions@/all-right_14_optimizers.ipynb")
        attempt("files", os.rename, "@submissions@", "@home@/gone")
        attempt("files", os.truncate, "@home@/secret.txt", 0)
        """),
    ),
    _reach(
        "writes-start-up-files",
        "leaves code that the next Python, IPython or shell would run",
        _tries("""
        from pathlib import Path


        def leave(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(place, "a") as file:
                file.write("# corpus canary\\n")


        for name in (
            ".ipython/profile_default/startup/00-corpus_canary.py",
            ".local/lib/python3/site-packages/usercustomize.py",
            ".bashrc", ".profile", ".jupyter/jupyter_config.py", ".config/matplotlib/matplotlibrc",
        ):
            attempt("files", leave, Path("@home@", name))
        attempt("files", leave, Path("@site@", "corpus_canary.pth"))
        attempt("files", leave, Path("@checks@", "corpus_canary.txt"))
        attempt("files", leave, Path("@course@", "corpus_canary.txt"))
        """),
    ),
    _reach(
        "start-up-files-of-its-own-home",
        "leaves start-up files in the home that it was given, and ends the process",
        [
            """
            import os
            from pathlib import Path

            for folder in (Path.home(), Path.cwd()):
                for name in ("sitecustomize.py", "usercustomize.py", "numpy.py", "struct.py",
                             "json.py", ".ipython/profile_default/startup/00-corpus.py",
                             "ipython_config.py", ".ipython/profile_default/ipython_config.py"):
                    try:
                        (folder / name).parent.mkdir(parents=True, exist_ok=True)
                        (folder / name).write_text("raise SystemExit(3)")
                    except OSError:
                        pass
            """,
            "os._exit(1)",
        ],
    ),
    _reach(
        "leaves-files",
        "leaves files in every shared folder",
        _tries("""
        import os


        def leave(folder):
            with open(os.path.join(folder, f"corpus_canary_{os.getpid()}"), "w") as file:
                file.write("here")


        for folder in ("/dev/shm", "/var/tmp", "/run", "@temporary@", "@home@"):
            try:
                leave(folder)
            except OSError as error:
                print("refused:", type(error).__name__)
        """),
    ),
    _reach(
        "makes-special-files",
        "makes devices, mounts, and changes its root",
        _tries("""
        import ctypes
        import os
        import stat

        libc = ctypes.CDLL(None, use_errno=True)


        def called(name, *arguments):
            if getattr(libc, name)(*arguments) != 0:
                raise OSError(ctypes.get_errno(), name)


        attempt("files", os.mknod, "@home@/corpus_canary_disk", stat.S_IFBLK | 0o600,
                os.makedev(7, 0))
        attempt("files", called, "mount", b"none", b"@home@/empty", b"tmpfs", 0, None)
        attempt("files", os.chmod, "@home@/secret.txt", 0o777)
        attempt("files", os.chown, "@home@/secret.txt", 1, 1)
        """),
    ),
)

NETWORK = (
    _reach(
        "tcp",
        "connects to a server on this machine",
        _tries("""
        import socket
        import urllib.request

        attempt("network", socket.create_connection, ("127.0.0.1", @tcp_port@), 2)
        attempt("network", urllib.request.urlopen, "http://localhost:@tcp_port@/", None, 2)
        """),
    ),
    _reach(
        "udp",
        "sends a datagram, and asks for a name",
        _tries("""
        import socket


        def send():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"corpus", ("127.0.0.1", @udp_port@))


        attempt("network", send)
        attempt("network", socket.getaddrinfo, "example.org", 80)
        """),
    ),
    _reach(
        "unix-socket",
        "connects to sockets of other programs",
        _tries("""
        import socket


        def connect(address):
            with socket.socket(socket.AF_UNIX) as sender:
                sender.connect(address)
                sender.send(b"corpus")


        attempt("network", connect, "@socket@")
        attempt("network", connect, "\\0corpus-@tcp_port@")
        """),
    ),
    _reach(
        "serves",
        "opens a server of its own, reachable from outside",
        """
        import socket
        import threading

        try:
            server = socket.create_server(("0.0.0.0", 0))
            threading.Thread(target=server.accept, daemon=True).start()
        except OSError as error:
            print("refused:", type(error).__name__)
        """,
    ),
    _reach(
        "network-programs",
        "asks curl, and installs a package",
        """
        !curl -s -m 2 http://127.0.0.1:@tcp_port@/
        !pip install --no-input --retries 0 --timeout 1 --index-url http://127.0.0.1:@tcp_port@/ xyz
        """,
    ),
    _reach(
        "network-without-python",
        "connects by raw system calls",
        """
        import ctypes

        libc = ctypes.CDLL(None)
        address = bytes([2, 0]) + (@tcp_port@).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
        connection = libc.socket(2, 1, 0)
        if connection >= 0 and libc.connect(connection, address, 16) == 0:
            breach("network")
        """,
    ),
)

SIGNALS = (
    _reach(
        "kills-its-parent",
        "SIGKILL to its parent, SIGTERM to the parent's parents",
        """
        import os
        import signal

        parent = os.getppid()
        if parent > 1:
            try:
                os.kill(parent, signal.SIGKILL)
                breach("signals", "the parent")
            except OSError as error:
                print("refused:", type(error).__name__)
        """,
        others="right|review",
    ),
    _reach(
        "kills-its-group",
        "SIGKILL to its process group",
        "import os\nimport signal\n\nos.killpg(0, signal.SIGKILL)",
        others="right|review",
    ),
    _reach(
        "kills-a-bystander",
        "SIGKILL to another program of the teacher's",
        _tries("""
        import os
        import signal

        attempt("signals", os.kill, @bystander@, signal.SIGKILL)
        """),
    ),
    _reach(
        "signals-everybody",
        "a harmless signal to every process, to pid 1 and to all groups",
        """
        import os
        import signal

        for target in (-1, 1, 0, *(int(n) for n in os.listdir("/proc") if n.isdigit())):
            try:
                os.kill(target, signal.SIGURG)
            except OSError:
                pass
        """,
    ),
    _reach(
        "limits-its-parent",
        "lowers the limits and the priority of its parents",
        _tries("""
        import os
        import resource

        for number in {os.getppid(), @bystander@} - {0, 1, os.getpid()}:
            attempt("signals", resource.prlimit, number, resource.RLIMIT_CPU, (3600, 3600))
        """),
    ),
    _reach(
        "traces-its-parent",
        "attaches to its parent as a debugger",
        """
        import ctypes
        import os

        libc = ctypes.CDLL(None)
        parent = os.getppid()
        if parent > 1 and libc.ptrace(0x4206, parent, None, None) == 0:  # without stopping it
            breach("signals", "traced its parent")
        """,
    ),
    _reach(
        "shared-memory",
        "shares memory and semaphores with other processes",
        """
        from multiprocessing import shared_memory

        try:
            block = shared_memory.SharedMemory("corpus_canary_block", create=True, size=1000)
        except OSError as error:
            print("refused:", type(error).__name__)
        """,
    ),
    _reach(
        "writes-to-the-terminal",
        "writes to the terminal of the teacher",
        """
        for name in ("/dev/tty", "/dev/console", "/dev/stdout", "/proc/1/fd/1"):
            try:
                with open(name, "w") as file:
                    file.write("corpus canary on the terminal\\n")
            except OSError as error:
                print("refused:", type(error).__name__)
        """,
    ),
)

CASES = (*FILES, *NETWORK, *SIGNALS)
