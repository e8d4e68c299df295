"""What a kernel promises, a warm one keeps as an ordinary one does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import open_notebook


def test_it_runs_in_the_folder_of_its_notebook(kind, tmp_path):
    with open_notebook(cwd=str(tmp_path)) as notebook:
        assert notebook.run("import os; print(os.getcwd())") == str(tmp_path)
        assert notebook.run("import sys; print('' in sys.path)") == "True"


def test_it_has_the_whole_environment_of_its_requester_and_no_more(kind, monkeypatch):
    monkeypatch.setenv("A_VARIABLE_OF_THE_REQUESTER", "ü")
    environment = {**os.environ}
    environment.pop("PWD", None)
    with open_notebook(env=environment) as notebook:
        found = json.loads(notebook.run("import json, os; print(json.dumps(dict(os.environ)))"))
        shell = notebook.run("!echo $A_VARIABLE_OF_THE_REQUESTER")
    assert found["A_VARIABLE_OF_THE_REQUESTER"] == shell == "ü"
    assert found["JPY_PARENT_PID"] == str(os.getpid())
    set_by_ipykernel = {"CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GIT_PAGER", "PAGER", "TERM"}
    kept = set(environment) - set_by_ipykernel
    assert {name: found.get(name) for name in kept} == {name: environment[name] for name in kept}
    assert "OPENBLAS_NUM_THREADS" not in found or "OPENBLAS_NUM_THREADS" in environment


def test_it_leads_its_own_process_group_and_session(notebook):
    found = notebook.run("import os; print(os.getpid(), os.getpgrp(), os.getsid(0))").split()
    assert found == [str(notebook.process.pid)] * 3


def test_its_signals_are_the_usual_ones(notebook):
    code = """
import signal
changed = {
    s.name for s in signal.valid_signals()
    if isinstance(s, signal.Signals) and signal.getsignal(s) not in (signal.SIG_DFL, None)
}
print(sorted(changed - {"SIGINT"}), signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""
    assert notebook.run(code) == "['SIGPIPE', 'SIGXFSZ'] set()"


def test_its_limits_are_those_of_its_requester(kind):
    script = (
        "import os, resource\n"
        "from tests.kernels.conftest import open_notebook\n"
        "os.umask(0o027)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (400, 500))\n"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "os.nice(3)\n"
        "with open_notebook() as n:\n"
        "    n.run('import os, resource')\n"
        "    print(n.is_warm, n.run('print(resource.getrlimit(resource.RLIMIT_NOFILE), "
        "len(os.sched_getaffinity(0)), os.nice(0), oct(os.umask(0)))'))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert found.stdout.strip() == f"{kind == 'warm'} (400, 500) 1 3 0o27", found.stderr


def test_an_interrupt_stops_the_cell_and_not_the_kernel(notebook):
    notebook.run("kept = 1")
    code = "import time\nprint('now')\ntime.sleep(60)"
    message_id = notebook.client.execute(code, stop_on_error=False)
    while notebook.client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
        pass
    notebook.manager.interrupt_kernel()
    reply = notebook.client.get_shell_msg(timeout=20)
    assert reply["parent_header"]["msg_id"] == message_id
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert notebook.run("print(kept)") == "1"


def test_a_restart_gives_a_fresh_kernel(notebook):
    notebook.run("forgotten = 1")
    before = notebook.process.pid
    notebook.manager.restart_kernel(now=False)
    notebook.client.wait_for_ready(timeout=60)
    assert notebook.process.pid != before
    assert notebook.run("print('forgotten' in globals())") == "False"


def test_a_shutdown_ends_it_with_status_0(notebook):
    process = notebook.process
    notebook.client.shutdown()
    assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(7)", 7),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
    ],
)
def test_it_is_seen_as_dead_at_once_and_with_its_exit_status(notebook, code, status):
    process = notebook.process
    notebook.client.execute(code)
    assert process.wait(timeout=20) == status
    assert not notebook.manager.is_alive()


def test_killing_it_kills_what_it_started(notebook):
    child = int(notebook.run("import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"))
    notebook.manager.shutdown_kernel(now=True)
    _wait_until_gone(child)


def test_it_asks_for_input(notebook):
    notebook.client.execute("print('Hello,', input('Name? '))", allow_stdin=True)
    request = notebook.client.get_stdin_msg(timeout=20)
    assert request["content"]["prompt"] == "Name? "
    notebook.client.input("Ada")
    said = ""
    while "Hello" not in said:
        message = notebook.client.get_iopub_msg(timeout=20)
        said = message["content"].get("text", "")
    assert said.strip() == "Hello, Ada"


def test_it_runs_shell_cells_and_shows_what_they_print(notebook):
    assert notebook.run("%%bash\necho out; echo $((6 * 7))") == "out\n42"


def test_it_shows_what_other_processes_print(kind, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel leaves such output to pytest
    # Whatever the environment's own configuration says (that of `make lab` turns it off).
    capture = ["--IPKernelApp.capture_fd_output=True"]
    with open_notebook(extra_arguments=capture) as notebook:
        code = "import os, time; os.system('echo below'); time.sleep(1)"
        assert notebook.run(code) == "below"


def test_its_standard_input_is_empty(notebook):
    code = "import subprocess; print(subprocess.run(['cat'], capture_output=True).stdout)"
    assert notebook.run(code) == "b''"


def test_its_standard_output_is_that_of_its_requester(kind, tmp_path):
    with open(tmp_path / "log", "w") as log, open_notebook(stdout=log) as notebook:
        notebook.run("import sys; print('to the terminal', file=sys.__stdout__, flush=True)")
    assert "to the terminal" in (tmp_path / "log").read_text()


def test_it_gives_a_pipe_to_who_asks_for_one(kind):
    with open_notebook(stdout=subprocess.PIPE) as notebook:
        notebook.run("import sys; print('through the pipe', file=sys.__stdout__, flush=True)")
        lines = iter(notebook.process.stdout.readline, b"")
        assert any(b"through the pipe" in line for line in lines)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing_works(notebook, method):
    code = f"""
import math, multiprocessing
with multiprocessing.get_context({method!r}).Pool(2) as pool:
    print(pool.map(math.factorial, range(5)))
"""
    assert notebook.run(code) == "[1, 1, 2, 6, 24]"


def test_figures_appear_below_their_cell(notebook):
    outputs = notebook.outputs("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert [kind for kind, _ in outputs if kind == "display_data"] == ["display_data"]
    (shown,) = [content for kind, content in outputs if kind == "display_data"]
    assert "image/png" in shown["data"]
    assert "inline" in notebook.run("import matplotlib; print(matplotlib.get_backend())")


def test_widgets_open_a_channel_to_the_page(notebook):
    outputs = notebook.outputs("import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider")
    opened = [content for kind, content in outputs if kind == "comm_open"]
    assert {content["target_name"] for content in opened} == {"jupyter.widget"}
    view = "application/vnd.jupyter.widget-view+json"
    assert any(view in content.get("data", {}) for _, content in outputs)


def test_the_page_can_open_a_widget_channel(notebook):
    code = "import ipywidgets, comm; print(sorted(comm.get_comm_manager().targets))"
    assert notebook.run(code) == "['jupyter.widget', 'jupyter.widget.control']"


def test_progress_bars_know_that_they_are_in_a_notebook(notebook):
    assert notebook.run("import tqdm.auto; print(tqdm.auto.tqdm.__mro__[1].__name__)") == (
        "tqdm_notebook"
    )


def test_names_are_completed(notebook):
    notebook.run("a_long_name = {'a key': 1}")
    reply = notebook.client.complete("a_lo", 4, reply=True, timeout=20)
    assert "a_long_name" in reply["content"]["matches"]


def test_history_is_that_of_this_notebook(kind):
    def sessions_of(notebook):
        return notebook.run("print(get_ipython().history_manager.session_number)")

    with open_notebook() as one, open_notebook() as other:
        assert sessions_of(one) != sessions_of(other)
        one.client.execute_interactive("marked = 1", store_history=True)
        reply = one.client.history(hist_access_type="tail", n=5, reply=True, timeout=20)
        assert "marked = 1" in [entry[2] for entry in reply["content"]["history"]]


def test_chance_differs_from_kernel_to_kernel(kind):
    code = """
import random, uuid
import multiprocessing, numpy as np, keras
print(random.random(), np.random.rand(), np.random.default_rng().random(), uuid.uuid4())
print(float(keras.random.uniform(())), multiprocessing.current_process().authkey.hex())
import tensorflow as tf; print(float(tf.random.uniform(())))
"""
    with open_notebook() as one, open_notebook() as other:
        drawn = [set(notebook.run(code).splitlines()[-3:]) for notebook in (one, other)]
    one_words, other_words = ({w for line in lines for w in line.split()} for lines in drawn)
    assert len(one_words) == 7
    assert not one_words & other_words


@pytest.mark.parametrize("count", ["1", "2"])
def test_it_computes_in_as_many_threads_as_asked(kind, monkeypatch, count):
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", count)
    code = """
import numpy, scipy.linalg, sklearn.ensemble, threadpoolctl
print({pool["num_threads"] for pool in threadpoolctl.threadpool_info()})
"""
    with open_notebook() as notebook:
        assert notebook.run(code) == f"{{{count}}}"


TRAINING = """
import keras, numpy as np
keras.utils.set_random_seed(1)
X = np.random.default_rng(0).normal(size=(64, 8, 8, 1)).astype("float32")
model = keras.Sequential([
    keras.layers.Input((8, 8, 1)), keras.layers.Conv2D(4, 3), keras.layers.BatchNormalization(),
    keras.layers.Reshape((36, 4)), keras.layers.LSTM(4), keras.layers.Dense(1),
])
model.compile("adam", "mse")
history = model.fit(X, X.mean(axis=(1, 2)), epochs=2, verbose=0)
print([f"{loss:.5f}" for loss in history.history["loss"]])
"""


def test_training_gives_the_same_losses_in_both_kinds(warm_parent, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with open_notebook() as notebook:
        assert notebook.is_warm
        warm = notebook.run(TRAINING, timeout=120).splitlines()[-1]
    monkeypatch.setenv("COURSEKIT_WARM_KERNELS", "0")
    with open_notebook() as notebook:
        ordinary = notebook.run(TRAINING, timeout=120).splitlines()[-1]
    assert warm == ordinary


def test_a_file_beside_the_notebook_takes_the_place_of_a_library(kind, tmp_path):
    (tmp_path / "seaborn.py").write_text("mine = True\n")
    with open_notebook(cwd=str(tmp_path)) as notebook:
        assert not notebook.is_warm  # a warm one has the library already
        assert notebook.run("import seaborn; print(seaborn.mine)") == "True"


def test_the_debugger_starts(notebook):
    request = notebook.client.session.msg(
        "debug_request",
        {"type": "request", "seq": 1, "command": "initialize",
         "arguments": {"clientID": "test", "adapterID": "", "pathFormat": "path"}},
    )  # fmt: skip
    notebook.client.control_channel.send(request)
    reply = notebook.client.get_control_msg(timeout=30)
    assert reply["content"]["success"], reply["content"]


def _wait_until_gone(pid, seconds=10.0):
    deadline = time.monotonic() + seconds
    while Path("/proc", str(pid)).exists() and "Z" not in _state_of(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


def _state_of(pid):
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
