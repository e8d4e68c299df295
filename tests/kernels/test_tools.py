"""Every tool that runs notebooks opens them warm: Jupyter servers, nbclient, nbval, VS Code."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from coursekit import kernels
from coursekit.kernels.environment import SPECS

ROOT = Path(__file__).parents[2]
CODE = "import sys\nassert 'tensorflow' in sys.modules, 'this kernel is an ordinary one'"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@pytest.fixture
def lesson(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CODE)], metadata={"kernelspec": KERNELSPEC}
    )
    nbformat.write(notebook, tmp_path / "lesson.ipynb")
    return tmp_path / "lesson.ipynb"


def test_nbclient(warm_parent, lesson):
    from nbclient import NotebookClient

    notebook = nbformat.read(lesson, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(lesson.parent)}}).execute()
    assert notebook.metadata.kernelspec == KERNELSPEC


@pytest.mark.parametrize("option", ["--nbval-lax", "--nbval-current-env"])
def test_nbval(warm_parent, lesson, option):
    found = run_nbval(lesson, "--nbval-lax", option)
    assert "1 passed" in found.stdout, found.stdout


def test_papermill(warm_parent, lesson):
    pytest.importorskip("papermill")
    subprocess.run([sys.executable, "-m", "papermill", lesson, lesson], check=True)


@pytest.mark.parametrize("way", ["options", "environment"])
def test_a_jupyter_server(warm_parent, tmp_path, way):
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path)}
    if way == "options":
        for name in ("JUPYTER_PATH", "JUPYTER_DEFAULT_PROVISIONER_NAME"):
            del environment[name]
    options = kernels.server_options() if way == "options" else []
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--port=0"]
    command += ["--IdentityProvider.token=t", f"--ServerApp.root_dir={tmp_path}", *options]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            url = _address_of(tmp_path)
            kernel = _ask(f"{url}api/kernels", {"name": "python3"})
            with _connected(tmp_path / f"kernel-{kernel['id']}.json") as client:
                reply = client.execute_interactive(CODE, timeout=60, output_hook=lambda _: None)
            assert reply["content"]["status"] == "ok", reply["content"]
            assert _ask(f"{url}api/kernels/{kernel['id']}/restart", {})["id"] == kernel["id"]
        finally:
            server.terminate()
            server.wait(30)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("import os; os._exit(5)", 5),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_a_front_end_that_knows_no_provisioners(warm_parent, end, status):
    spec = json.loads((SPECS / "kernels" / "python3" / "kernel.json").read_text())
    del spec["metadata"]["kernel_provisioner"]
    with _launched(spec) as (manager, client):
        reply = client.execute_interactive(CODE, timeout=60, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok", reply["content"]
        client.execute("import time\nprint('now')\ntime.sleep(60)", stop_on_error=False)
        while client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
            pass
        manager.provisioner.process.send_signal(signal.SIGINT)
        assert client.get_shell_msg(timeout=20)["content"]["ename"] == "KeyboardInterrupt"
        client.execute(end)
        assert manager.provisioner.process.wait(20) == status


def run_nbval(path, *options, timeout=120):
    command = [sys.executable, "-m", "pytest", path, "-q", "-p", "no:cacheprovider", *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    return subprocess.run(
        command, env=environment, cwd=path.parent, capture_output=True, text=True, timeout=timeout
    )


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_nbval_notices_at_once_that_a_kernel_is_dead(kind, lesson, end):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code) for code in ("print(1)", f"import os; {end}")],
        metadata={"kernelspec": KERNELSPEC},
    )
    nbformat.write(notebook, lesson)
    options = ("--nbval-lax", "--nbval-cell-timeout=600", "-p", "coursekit.kernels.nbval_plugin")
    found = run_nbval(lesson, *options, timeout=60)
    assert "1 failed, 1 passed" in found.stdout
    assert "the kernel died" in found.stdout


def test_nbval_starts_a_kernel_again_whose_port_was_taken(kind, lesson, tmp_path):
    once = f"""import os
if not os.path.exists({str(tmp_path / "died")!r}):
    open({str(tmp_path / "died")!r}, "w").close()
    os._exit(1)
"""
    code = f"import os; assert os.path.exists({str(tmp_path / 'died')!r})"
    cells = [nbformat.v4.new_code_cell(code)]
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), lesson
    )
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00_die_once.py").write_text(once)
    options = ("--nbval-lax", "-p", "coursekit.kernels.nbval_plugin")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
        found = run_nbval(lesson, *options)

    assert "1 passed" in found.stdout, found.stdout


def _address_of(folder):
    for _ in range(600):
        for path in folder.glob("jpserver-*.json"):
            if path.read_text():
                return json.loads(path.read_text())["url"]
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def _ask(url, body):
    headers = {"Authorization": "token t", "Content-Type": "application/json"}
    for attempt in range(50):
        try:
            request = urllib.request.Request(url, json.dumps(body).encode(), headers)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.URLError:
            if attempt == 49:
                raise
            time.sleep(0.1)
    raise AssertionError


class _connected:
    def __init__(self, connection_file):
        self.client = BlockingKernelClient(connection_file=str(connection_file))

    def __enter__(self):
        self.client.load_connection_file()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        return self.client

    def __exit__(self, *_):
        self.client.stop_channels()


class _launched:
    def __init__(self, spec):
        from jupyter_client.kernelspec import KernelSpec

        self.manager = KernelManager(kernel_name="python3")
        self.manager._kernel_spec = KernelSpec(**spec)

    def __enter__(self):
        from jupyter_client.provisioning.local_provisioner import LocalProvisioner

        self.manager.kernel_spec.metadata["kernel_provisioner"] = {
            "provisioner_name": "local-provisioner"
        }
        self.manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert type(self.manager.provisioner) is LocalProvisioner
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        return self.manager, self.client

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
