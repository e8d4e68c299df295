"""A confined process tries to get out: each promise of the sandbox, under each combination."""

import errno
import functools
import json
import os
import platform
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import coursekit
from coursekit.grading import sandbox
from coursekit.grading.sandbox import probing, seccomp, syscalls
from coursekit.grading.sandbox.isolation import PROMISES, describe, level_of
from coursekit.grading.sandbox.places import confinement_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines more")

COMBINATIONS = {
    "all": ("namespaces", "landlock", "seccomp", "limits"),
    "no namespaces": ("landlock", "seccomp", "limits"),
    "namespaces only": ("namespaces", "limits"),
    "limits only": ("limits",),
}
PACKAGE = Path(coursekit.__file__).parent

#: Forks a child that is confined and runs the code, and ends as it ended, like a shell.
DRIVER = """
import os, sys
from coursekit.grading.sandbox import Confinement, IsolationError, enter
confinement, before, code = Confinement.from_json(sys.argv[1]), sys.argv[2], sys.argv[3]
keep = ()
exec(before)
outer = os.fork()
if outer == 0:
    try:
        enter(confinement, keep=keep)
        exec(code, {"__name__": "confined"})
        sys.stdout.flush()
        os._exit(0)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        os._exit(99)
print("outer", outer, flush=True)
status = os.waitstatus_to_exitcode(os.waitpid(outer, 0)[1])
os._exit(status if status >= 0 else 128 - status)
"""


def available(name):
    """The mechanisms of a combination, if this machine has them; else the test is skipped."""
    mechanisms = COMBINATIONS[name]
    if mechanisms not in possible():
        pytest.skip(f"this machine does not offer {', '.join(mechanisms)}")
    return mechanisms


def possible(cache=[]):  # noqa: B006 (found once for all tests)
    if not cache:
        tried = [one for names in COMBINATIONS.values() for one in probing._try([names])]
        cache.append({tuple(one["mechanisms"]) for one in tried if not one["error"]})
    return cache[0]


@pytest.fixture(params=["all", "no namespaces", "namespaces only"])
def strong(request):
    return available(request.param)


@pytest.fixture(params=[*COMBINATIONS])
def any_combination(request):
    return available(request.param)


@pytest.fixture
def workdir(tmp_path):
    (tmp_path / "ada").mkdir()
    return tmp_path / "ada"


@pytest.fixture
def confined(workdir):
    """Run code in a confined process, and return what it printed and how it ended."""

    def run(code, mechanisms, *, before="", timeout=40, environment=None, hidden=(), **changes):
        confinement = made(workdir, mechanisms, hidden=hidden, **changes)
        return subprocess.run(
            [sys.executable, "-c", DRIVER, confinement.to_json(), before, code],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **(environment or {})},
            check=False,
        )

    return run


def made(workdir, mechanisms, hidden=(), **changes):
    confinement = confinement_for(
        workdir,
        isolation=sandbox.Isolation("full", mechanisms),
        memory_megabytes=256,
        cpu_seconds=20,
        hidden=hidden,
    )
    return replace(confinement, **changes)


def lines(run):
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout.splitlines()[1:]


# What is said of it


def test_levels_are_ordered_from_the_weakest():
    assert sandbox.LEVELS == ("process", "limits", "files", "full")


def test_a_long_path_of_temporary_files_changes_nothing(tmp_path):
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    code = "from coursekit.grading.sandbox import probe; print(probe().level)"

    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.strip() == sandbox.probe().level
    assert list(folder.iterdir()) == []


def test_a_confinement_survives_being_written_down(workdir):
    confinement = made(workdir, ("limits",))
    assert sandbox.Confinement.from_json(confinement.to_json()) == confinement


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", '{"workdir": 3, "other": 4}'])
def test_a_confinement_is_not_made_from_anything_else(text):
    with pytest.raises(ValueError):  # noqa: PT011 (json and ours both explain)
        sandbox.Confinement.from_json(text)


def test_what_a_machine_offers_survives_being_written_down():
    isolation = sandbox.probe()
    assert sandbox.Isolation.from_json(json.loads(json.dumps(isolation.to_json()))) == isolation


def test_a_level_holds_only_if_all_below_it_hold():
    everything = dict.fromkeys(PROMISES, True)
    assert level_of(everything) == "full"
    assert level_of({**everything, "signals": False}) == "files"
    assert level_of({**everything, "files": False}) == "limits"
    assert level_of({**everything, "memory": False}) == "process"


def test_the_sentence_names_what_is_open_and_what_is_closed():
    enforced = {**dict.fromkeys(PROMISES, True), "network": False}
    said = describe("files", ("landlock", "limits"), enforced, 3)
    assert said.startswith("Isolation: files only (Landlock ABI 3): a submission can use the net")
    assert "closed off: files, signals, processes, memory and disk." in said
    assert "closed" not in describe("process", (), {}, 0)


@pytest.mark.parametrize("highest", sandbox.LEVELS)
def test_the_level_can_be_capped_and_is_then_what_was_found(highest, monkeypatch):
    monkeypatch.setenv("COURSEKIT_ISOLATION", highest)
    isolation = sandbox.probe()
    assert sandbox.LEVELS.index(isolation.level) <= sandbox.LEVELS.index(highest)
    assert set(isolation.enforced) == set(PROMISES)
    found = sandbox.LEVELS.index(level_of(isolation.enforced))
    assert sandbox.LEVELS.index(isolation.level) <= found
    if COMBINATIONS["all"] in possible():
        assert isolation.level == highest


def test_an_unknown_cap_is_refused(monkeypatch):
    monkeypatch.setenv("COURSEKIT_ISOLATION", "fort knox")
    with pytest.raises(sandbox.IsolationError, match="fort knox"):
        sandbox.probe()


def test_a_required_level_that_is_missing_is_refused_with_what_is_missing():
    enforced = {**dict.fromkeys(PROMISES, True), "network": False}
    isolation = sandbox.Isolation("files", ("landlock", "limits"), enforced)
    sandbox.require(isolation, "files")
    with pytest.raises(sandbox.IsolationError, match=r"could use the network\. Grade on Linux"):
        sandbox.require(isolation, "full")
    with pytest.raises(ValueError, match="locked"):
        sandbox.require(isolation, "locked")


def test_limits_must_be_positive(workdir):
    isolation = sandbox.Isolation("process")
    with pytest.raises(ValueError, match="0 MB"):
        confinement_for(workdir, isolation=isolation, memory_megabytes=0, cpu_seconds=1)


def test_the_answers_are_hidden_and_no_home_is_readable(workdir):
    confinement = made(workdir, ("limits",))
    assert str(PACKAGE / "checks") in confinement.hidden
    assert str(PACKAGE) in confinement.readable
    for path in confinement.readable:
        assert not Path.home().is_relative_to(Path(path).resolve())


def test_a_failing_mechanism_is_an_error_and_not_a_weaker_sandbox(confined):
    before = """
import errno
from coursekit.grading.sandbox import landlock
def fail(*_): raise OSError(errno.EPERM, "not here")
landlock.restrict = fail
"""
    run = confined("print('unconfined')", ("landlock", "limits"), before=before)
    assert run.returncode == 99
    assert "not here" in run.stdout
    assert "unconfined" not in run.stdout


def test_other_systems_offer_a_process_and_say_so():
    code = """
import ctypes, os, platform, random, select, shutil, signal, site, subprocess, sys, sysconfig
import tempfile, lazy_loader, coursekit.grading
for name in ("SIG_BLOCK", "SIG_UNBLOCK", "SIGKILL", "SIGUSR1", "pthread_sigmask", "valid_signals"):
    delattr(signal, name)
for name in ("fork", "O_CLOEXEC", "getuid", "nice", "waitpid", "sysconf"):
    delattr(os, name)
sys.modules["resource"] = sys.modules["fcntl"] = sys.modules["pwd"] = None
sys.platform = "win32"
from coursekit.grading.sandbox import entering, probe
print(probe().level, probe().mechanisms, probe().sentence)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("process () Isolation: process only: a submission can read")


def test_limits_are_enforced_on_every_linux():
    [tried] = probing._try([("limits",)])
    assert tried["error"] == ""
    assert level_of(tried["enforced"]) in ("limits", "files", "full")


# Files

TRICKS = """
import contextlib, os, subprocess
name, folder, outer = {name!r}, {folder!r}, os.getppid()
ways = [name, "link", "folder-link/secret", "../" + name, "." + "/.." * 12 + name]
for pid in ("self", "1", {driver}, outer):
    ways += [f"/proc/{{pid}}/{{way}}" for way in (f"root{{name}}", f"cwd{{name}}", "fd/9/secret")]
    ways += [f"/proc/{{pid}}/fd/{{number}}" for number in range(30)]
ways += [f"/proc/self/task/{{os.getpid()}}/root{{name}}"]
with contextlib.suppress(OSError):
    os.link(name, "hard"); ways.append("hard")
with contextlib.suppress(OSError):
    os.rename(name, "moved"); ways.append("moved")
for way in ways:
    with contextlib.suppress(OSError):
        if os.path.isfile(way) and "CANARY" in open(way).read(100):
            print("read", way)
for command in ("cat {{0}}", "cd {{1}} && cat secret", "cp {{0}} copy", "unshare -rm cat {{0}}",
                "mount --bind {{1}} . && cat secret", "umount {{1}}; cat {{0}}"):
    command = command.format(name, folder)
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    if "CANARY" in done.stdout or os.path.exists("copy"):
        print("ran", command)
print("tried", len(ways))
"""


def test_no_trick_reads_what_is_hidden(confined, strong, workdir):
    beside = workdir.parent / "grace"
    beside.mkdir()
    secret = beside / "secret"
    secret.write_text("CANARY")
    (workdir / "link").symlink_to(secret)
    (workdir / "folder-link").symlink_to(beside)
    code = TRICKS.format(name=str(secret), folder=str(beside), driver=os.getpid())
    # An open folder is the way around every path: it must not be inherited.
    before = f"os.dup2(os.open({str(beside)!r}, os.O_RDONLY), 9, inheritable=True)"
    found = lines(confined(code, strong, before=before))
    assert len(found) == 1
    assert int(found[0].split()[1]) > 10


def test_something_hidden_in_a_readable_folder_cannot_be_read(confined, strong, workdir):
    shown = workdir.parent / "shown"
    (shown / "hidden" / "open-again").mkdir(parents=True)
    for path in (shown, shown / "hidden", shown / "hidden" / "open-again"):
        (path / "text").write_text(path.name)
    (shown / "secret").write_text("secret")
    code = f"""
import os
os.chdir({str(shown)!r})
for name in ("text", "hidden/text", "hidden/open-again/text", "secret"):
    try:
        print(open(name).read())
    except OSError:
        print("refused")
"""
    readable = (*made(workdir, strong).readable, str(shown), str(shown / "hidden" / "open-again"))
    hidden = (shown / "hidden", shown / "secret")
    found = lines(confined(code, strong, hidden=hidden, readable=readable))
    assert found == ["shown", "refused", "open-again", "refused"]


def test_the_package_can_be_imported_but_not_its_answers(confined, strong):
    libraries = [sys.prefix, sys.base_prefix]  # which may be in the course's own folder
    code = f"""
import importlib, os
import coursekit.data.splits
for module in ("coursekit.checks.definitions", "coursekit.grading.records"):
    try:
        importlib.import_module(module)
        print("imported", module)
    except (ImportError, PermissionError):
        pass
for folder, folders, files in os.walk({str(PACKAGE.parent)!r}):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in {libraries}]
    for name in files:
        path = os.path.join(folder, name)
        if not path.startswith({str(PACKAGE)!r}):
            try:
                open(path).read(); print("read", path)
            except (OSError, UnicodeDecodeError):
                pass
"""
    # Lazy names would have loaded them before, which is the caller's affair.
    assert lines(confined(code, strong)) == []


def test_nothing_outside_is_written_or_changed(confined, strong, workdir):
    outside = workdir.parent / "gradebook.csv"
    outside.write_text("ada,3")
    outside.chmod(0o644)
    before = outside.stat()
    code = f"""
import contextlib, os, sys
outside, folder = {str(outside)!r}, {str(workdir.parent)!r}
for act in (
    lambda: open(outside, "a").write("ada,100"), lambda: os.remove(outside),
    lambda: os.truncate(outside, 0), lambda: os.chmod(outside, 0),
    lambda: os.utime(outside, (1, 1)),
    lambda: os.chown(outside, 65534, 65534), lambda: os.setxattr(outside, "user.x", b"x"),
    lambda: os.rename(outside, outside + "2"), lambda: os.mkdir(folder + "/new"),
    lambda: os.symlink("/", folder + "/new"), lambda: os.rename(folder, folder + "2"),
    lambda: open("/proc/sys/kernel/core_pattern", "w").write("|/bin/sh"),
    lambda: open(sys.prefix + "/written", "w"), lambda: open("/usr/written", "w"),
    lambda: os.chmod(sys.prefix, 0),
):
    with contextlib.suppress(OSError):
        act()
open("mine", "w").write("x"); os.chmod("mine", 0o600); os.rename("mine", "still-mine")
print(open("still-mine").read())
"""
    assert lines(confined(code, strong)) == ["x"]
    assert outside.read_text() == "ada,3"
    after = outside.stat()
    assert (after.st_mode, after.st_mtime, after.st_uid) == (
        before.st_mode,
        before.st_mtime,
        before.st_uid,
    )
    assert {path.name for path in workdir.parent.iterdir()} == {"ada", "gradebook.csv"}
    assert not Path(sys.prefix, "written").exists()


def test_what_the_caller_puts_into_the_folder_is_there(confined, any_combination, workdir):
    (workdir / "data").mkdir()
    (workdir / "data" / "points.csv").write_text("1,2")
    assert lines(confined("print(open('data/points.csv').read())", any_combination)) == ["1,2"]


# Network and signals


@pytest.fixture
def listeners(tmp_path):
    found = []
    path = str(tmp_path / "socket")
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", 0)),
        (socket.AF_UNIX, path),
        (socket.AF_UNIX, f"\0coursekit-test-{os.getpid()}"),
    ):
        listener = socket.socket(family)
        listener.bind(address)
        listener.listen()
        found.append(listener)
    yield [(int(one.family), one.getsockname()) for one in found]
    for one in found:
        one.close()


def test_no_network_at_all(confined, strong, listeners):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        code = f"""
import socket
for family, address in {listeners!r}:
    try:
        socket.socket(family).connect(address); print("connected", address)
    except OSError:
        pass
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", {receiver.getsockname()!r})
except OSError:
    pass
a, b = socket.socketpair(); a.send(b"within is allowed"); print(b.recv(99).decode())
"""
        assert lines(confined(code, strong)) == ["within is allowed"]
        with pytest.raises(BlockingIOError):
            receiver.recv(1)


def test_no_signal_to_a_process_outside(confined, strong):
    with subprocess.Popen(["sleep", "60"]) as bystander:
        code = f"""
import os, signal
for target in ({bystander.pid}, os.getppid(), -1):
    for number in (0, signal.SIGTERM, signal.SIGKILL):
        try:
            if target != -1 or {"namespaces" not in strong}:
                os.kill(target, number)
                print("signalled", target, number)
        except OSError:
            pass
try:
    signal.pidfd_send_signal(os.pidfd_open({bystander.pid}), signal.SIGKILL); print("by handle")
except OSError:
    pass
print("done")
"""
        run = confined(code, strong)
        time.sleep(0.1)
        alive = bystander.poll() is None
        bystander.kill()
    assert alive
    assert "done" in run.stdout
    assert str(bystander.pid) not in "".join(run.stdout.splitlines()[1:])


# Processes


def survivors(mark):
    """Processes whose command line holds a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def daemons(mark):
    """Those of them that DAEMON started: the mark alone is their last argument."""
    commands = {pid: Path(f"/proc/{pid}/cmdline") for pid in survivors(mark)}
    return [pid for pid, path in commands.items() if last_argument(path) == mark]


def last_argument(path):
    try:
        return path.read_bytes().rstrip(b"\0").rpartition(b"\0")[2].decode()
    except OSError:
        return ""


def gone_within(mark, seconds=5.0):
    end = time.monotonic() + seconds
    while survivors(mark) and time.monotonic() < end:
        time.sleep(0.02)
    return not survivors(mark)


DAEMON = """
import os, sys, subprocess, time
for _ in range(3):
    if os.fork() == 0:
        if os.fork() == 0:
            try:
                os.setsid()
            except OSError:
                pass
            sleep = "import time; time.sleep(60)"
            os.execvp(sys.executable, [sys.executable, "-c", sleep, {mark!r}])
        os._exit(0)
print("up", flush=True)
time.sleep({seconds})
"""


def test_what_it_started_ends_with_it(confined, any_combination, tmp_path):
    mark = f"{tmp_path.name}-daemon"
    begun = time.monotonic()
    run = confined(DAEMON.format(mark=mark, seconds=0.3), any_combination)
    assert lines(run) == ["up"]
    assert time.monotonic() - begun < 20
    assert gone_within(mark)


def test_killing_the_outer_process_leaves_nothing(any_combination, workdir, tmp_path):
    mark = f"{tmp_path.name}-kill"
    code = DAEMON.format(mark=mark, seconds=60)
    confinement = made(workdir, any_combination).to_json()
    command = [sys.executable, "-c", DRIVER, confinement, "", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driver:
        outer = int(driver.stdout.readline().split()[1])
        assert driver.stdout.readline() == "up\n"
        end = time.monotonic() + 30
        while len(daemons(mark)) < 3:
            assert time.monotonic() < end, "they have begun"
            time.sleep(0.02)
        os.kill(outer, signal.SIGKILL)
        assert driver.wait(10) == 128 + signal.SIGKILL
    assert gone_within(mark)


BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""


def test_a_fork_bomb_is_bounded_and_ends(any_combination, workdir, tmp_path):
    mark = f"{tmp_path.name}-bomb"
    confinement = made(workdir, any_combination, processes=40).to_json()
    command = [sys.executable, "-c", DRIVER, confinement, f"{mark!r}", BOMB]
    most, begun = 0, time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driver:
        outer = int(driver.stdout.readline().split()[1])
        while driver.poll() is None:
            most = max(most, len(survivors(mark)))
            if time.monotonic() - begun > 60:
                os.kill(outer, signal.SIGKILL)
            time.sleep(0.02)
    assert driver.returncode == 128 + signal.SIGKILL
    assert time.monotonic() - begun < 50, "it was ended by its bounds, not from here"
    assert 3 < most < 200, "40, and what they are until they are counted"
    assert gone_within(mark, 5.0)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(7)", 7),
        ("raise SystemExit(3)", 99),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + 9),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 128 + 15),
        ("import os; os.abort()", 128 + 6),
        ("import ctypes; ctypes.string_at(0)", 128 + 11),
    ],
)
def test_the_exit_status_is_passed_on(confined, any_combination, code, status):
    assert confined(code, any_combination).returncode == status


def test_an_interrupt_is_passed_on(any_combination, workdir):
    code = """
import time
for _ in range(2):
    try:
        print("waiting", flush=True); time.sleep(20)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""
    command = [sys.executable, "-c", DRIVER, made(workdir, any_combination).to_json(), "", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driver:
        outer = int(driver.stdout.readline().split()[1])
        for _ in range(2):
            assert driver.stdout.readline() == "waiting\n"
            time.sleep(0.1)
            os.kill(outer, signal.SIGINT)
            assert driver.stdout.readline() == "interrupted\n"
        assert driver.wait(10) == 0


# Memory, disk, processor


def test_memory_is_bounded_and_the_process_goes_on(confined, any_combination):
    code = """
try:
    bytearray(2 * 2**30)
except MemoryError:
    print("refused")
print(len(bytearray(100 * 2**20)))
"""
    assert lines(confined(code, any_combination)) == ["refused", str(100 * 2**20)]


def test_the_memory_of_all_processes_together_is_bounded(confined, any_combination):
    code = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        taken = b"x" * (40 * 2**20)
        time.sleep(10)
        os._exit(0)
time.sleep(10)
"""
    begun = time.monotonic()
    run = confined(code, any_combination, memory_bytes=64 * 2**20)
    assert run.returncode == 128 + signal.SIGKILL
    assert time.monotonic() - begun < 8


def test_a_too_large_file_is_an_error_and_the_process_goes_on(confined, any_combination):
    code = """
try:
    open("large", "wb").write(b"x" * (3 * 2**20))
except OSError as error:
    print("refused")
import os; os.remove("large")
open("small", "wb").write(b"x" * 1000)
"""
    assert lines(confined(code, any_combination, file_bytes=2 * 2**20)) == ["refused"]


def test_all_files_together_are_bounded_in_namespaces(confined):
    code = """
import errno, os
try:
    for number in range(100):
        for folder in (".", "/tmp", "/dev/shm"):
            open(f"{folder}/{number}", "wb").write(b"x" * 2**19)
except OSError as error:
    print(errno.errorcode[error.errno], number < 10)
"""
    found = lines(confined(code, available("all"), file_bytes=4 * 2**20))
    assert found == ["ENOSPC True"]


@pytest.mark.parametrize("name", ["no namespaces", "limits only"])
def test_all_files_together_end_the_process_elsewhere(confined, name):
    code = """
import time
for number in range(100):
    open(str(number), "wb").write(b"x" * 2**20)
time.sleep(10)
"""
    run = confined(code, available(name), file_bytes=2 * 2**20)
    assert run.returncode == 128 + signal.SIGKILL


def test_processor_time_is_bounded(confined, any_combination):
    run = confined("while True: pass", any_combination, cpu_seconds=1)
    assert run.returncode == 128 + signal.SIGXCPU


# What a process has, and what it no longer has


def test_no_privilege_is_left_nor_to_be_had(confined, any_combination):
    code = """
import os, re, subprocess
status = open("/proc/self/status").read()
print({*re.findall(r"Cap(?:Inh|Prm|Eff|Amb):\\t(\\w+)", status)} <= {"0" * 16})
print(re.search(r"NoNewPrivs:\\t(\\d)", status)[1])
gained = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True).stdout
print({*re.findall(r"CapEff:\\t(\\w+)", gained)} <= {"0" * 16})
"""
    assert lines(confined(code, any_combination)) == ["True", "1", "True"]


def test_secrets_in_the_environment_stay_outside(confined, any_combination, workdir):
    code = """
import glob, os, tempfile
print("HUSH" in "".join(os.environ.values()), os.environ["HOME"], tempfile.mkdtemp())
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        if "HUSH" in open(path).read():
            print("found in", path)
    except OSError:
        pass
"""
    secrets = {"AWS_SECRET_ACCESS_KEY": "HUSH", "TF_VAR_password": "HUSH", "PGPASSWORD": "HUSH"}
    found = lines(confined(code, any_combination, environment=secrets))
    assert found[0].startswith(f"False {workdir} {workdir}/tmp/")
    if any_combination != ("limits",):
        assert found[1:] == []


def test_only_named_files_stay_open(confined, any_combination):
    before = """
reading, writing = os.pipe()
os.dup2(writing, 20, inheritable=True); os.dup2(writing, 21, inheritable=True)
keep = (20,)
"""
    code = """
import os
print(os.write(20, b"x"))
try:
    os.write(21, b"x")
except OSError:
    print("closed")
print(sorted(int(n) for n in os.listdir("/proc/self/fd") if int(n) < 20)[:3])
"""
    assert lines(confined(code, any_combination, before=before)) == ["1", "closed", "[0, 1, 2]"]


def test_the_lowest_level_changes_no_process(confined, workdir):
    code = "import os; print(os.getpid(), os.getcwd(), os.environ['HOME'])"
    run = confined(code, (), environment={"SECRET": "x"})
    outer = run.stdout.splitlines()[0].split()[1]
    assert f"{outer} {workdir} {workdir}" in run.stdout


# What still works


def test_temporary_files_processes_pools_and_threads_work(confined, strong):
    code = """
import asyncio, concurrent.futures, multiprocessing, shutil, subprocess, sys, tempfile
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
print(subprocess.run([sys.executable, "-c", "print(1 + 1)"], capture_output=True).stdout)
fork = multiprocessing.get_context("fork")
with fork.Pool(2) as pool:
    print(pool.map(abs, [-1, -2]))
with concurrent.futures.ProcessPoolExecutor(2, mp_context=fork) as pool:
    print([*pool.map(abs, [-3])])
asyncio.run(asyncio.sleep(0))
open("a", "w").write("x")
shutil.copy2("a", "b")
print(open("b").read())
"""
    assert lines(confined(code, strong)) == [r"b'2\n'", "[1, 2]", "[3]", "x"]


def test_it_works_where_no_proc_of_its_own_can_be_mounted(confined):
    before = """
from coursekit.grading.sandbox import namespaces
call = namespaces.call
def refuse_proc(name, *arguments):
    if name == "mount" and arguments[2] == b"proc":
        raise PermissionError("as in a container")
    return call(name, *arguments)
namespaces.call = refuse_proc
"""
    code = """
import os, subprocess, sys
print(os.listdir("/proc") and "self" not in os.listdir("/proc"), "cpuinfo" in os.listdir("/proc"))
print(subprocess.run([sys.executable, "-c", "print(1 + 1)"], capture_output=True).stdout)
"""
    assert lines(confined(code, available("all"), before=before)) == ["True True", r"b'2\n'"]


def test_matplotlib_draws_and_scikit_learn_uses_two_jobs(confined, strong):
    before = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import sklearn.ensemble
"""
    code = """
import os
import matplotlib.pyplot as plt, numpy as np
from sklearn.ensemble import RandomForestClassifier
plt.plot([1, 2]); plt.title("α"); plt.savefig("figure.png")
print(os.path.getsize("figure.png") > 1000)
X = np.random.default_rng(0).normal(size=(40, 3))
forest = RandomForestClassifier(4, n_jobs=2, random_state=0).fit(X, X[:, 0] > 0)
print(forest.score(X, X[:, 0] > 0) > 0.9)
"""
    found = lines(confined(code, strong, before=before, memory_bytes=1024 * 2**20))
    assert found == ["True", "True"]


@pytest.mark.slow
def test_a_model_is_fitted_under_full_isolation(confined):
    before = "import tensorflow, keras"
    code = """
import keras, numpy as np
keras.utils.set_random_seed(0)
X = np.random.default_rng(0).normal(size=(64, 8))
layers = [keras.layers.Input((8,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)]
model = keras.Sequential(layers)
model.compile("adam", "mse")
losses = model.fit(X, X[:, :1], epochs=3, verbose=0).history["loss"]
model.save("model.keras")
print(losses[-1] < losses[0], keras.saving.load_model("model.keras").count_params())
"""
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3"}
    memory = 1024 * 2**20
    run = confined(
        code,
        available("all"),
        before=before,
        environment=environment,
        memory_bytes=memory,
        timeout=120,
    )
    assert lines(run) == ["True 41"]


# An ordinary user


@pytest.fixture
def ordinary_python(tmp_path_factory):
    """A Python and a copy of the sandbox that everyone may read."""
    python = "/usr/bin/python3"
    if os.geteuid() != 0:
        pytest.skip("all other tests run as an ordinary user")
    asked = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    if not os.path.exists(python) or subprocess.run(asked, check=False).returncode:
        pytest.skip("no Python that everyone may run")
    folder = Path("/var/tmp") / tmp_path_factory.mktemp("ordinary").name
    folder.mkdir()
    shutil.copytree(Path(probing.__file__).parent, folder / "sandbox")
    (folder / "home").mkdir()
    os.chown(folder / "home", 65534, 65534)
    yield python, folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", [*COMBINATIONS])
def test_an_ordinary_user_is_confined_as_well(ordinary_python, name, workdir):
    python, folder = ordinary_python
    mechanisms = available(name)
    confinement = made(workdir, mechanisms, file_bytes=2**20, processes=32, memory_bytes=2**27)
    confinement = replace(confinement, hidden=())
    request = {"confinement": confinement.to_json(), "combinations": [mechanisms]}
    run = subprocess.run(
        [python, "-I", "-S", "-c", probing._START, str(folder / "sandbox")],
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        user=65534,
        group=65534,
        extra_groups=[],
        env={"HOME": str(folder / "home"), "TMPDIR": str(folder / "home"), "PATH": "/usr/bin:/bin"},
        cwd="/",
        timeout=60,
        check=False,
    )
    tried = json.loads(run.stdout)
    assert tried["error"] == ""
    expected = "limits" if name == "limits only" else "full"
    assert level_of(tried["enforced"]) == expected, tried["broken"]


@pytest.mark.parametrize("processor", ["x86_64", "aarch64"])
@pytest.mark.parametrize("in_namespaces", [True, False])
def test_the_filter_refuses_by_the_numbers_of_the_processor(processor, in_namespaces, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: processor)
    code = seccomp._program(in_namespaces=in_namespaces, signals_are_scoped=False)
    column = {"x86_64": 0, "aarch64": 1}[processor]
    answer = functools.partial(decide, code, 0xC000003E if column == 0 else 0xC00000B7)
    for call in ("socket", "ptrace", "unshare", "mount", "io_uring_setup", "keyctl", "bpf"):
        assert answer(syscalls.NUMBERS[call][column]) == ("error", errno.EPERM)
    assert answer(syscalls.NUMBERS["clone3"][column]) == ("error", errno.ENOSYS)
    clone = syscalls.NUMBERS["clone"][column]
    assert answer(clone, 0x10000000) == ("error", errno.EPERM)
    assert answer(clone, signal.SIGCHLD)[0] == "allow"
    kill = syscalls.NUMBERS["kill"][column]
    assert answer(kill, 1)[0] == ("allow" if in_namespaces else "error")
    assert answer(kill, os.getpid())[0] == "allow"
    ioctl = syscalls.NUMBERS["ioctl"][column]
    assert answer(ioctl, 0, 0x5412) == ("error", errno.EPERM)  # typing into the terminal
    assert answer(ioctl, 0, 0x5401)[0] == "allow"
    assert decide(code, 0x40000003, 0)[0] == "kill"


def decide(code, architecture, number, *arguments):
    """Run the filter as Linux would, and return what it answers."""
    given = struct.pack("=iIQ6Q", number, architecture, 0, *[*arguments, *[0] * 6][:6])
    place, value = 0, 0
    while True:
        kind, if_true, if_false, constant = struct.unpack_from("=HBBI", code, 8 * place)
        place += 1
        if kind == 0x20:
            value = struct.unpack_from("=I", given, constant)[0]
        elif kind == 0x06:
            names = {0x7FFF0000: "allow", 0x80000000: "kill", 0x00050000: "error"}
            return names[constant & 0xFFFF0000], constant & 0xFFFF
        else:
            holds = {0x15: value == constant, 0x35: value >= constant, 0x45: value & constant}
            place += if_true if holds[kind] else if_false
