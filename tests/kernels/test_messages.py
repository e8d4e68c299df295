"""The Jupyter project's own tests of a kernel's messages, on both kinds of kernel."""

import os

import pytest
from jupyter_client.manager import start_new_kernel

from coursekit import kernels
from coursekit.kernels import fallback
from coursekit.kernels.process import KernelProcess

jupyter_kernel_test = pytest.importorskip("jupyter_kernel_test")


@pytest.fixture(scope="class", autouse=True)
def started(request, settings):
    """Start one kernel of the kind that the class is named for."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.setenv("COURSEKIT_WARM_KERNELS", "1" if request.cls.warm else "0")
        if request.cls.warm and (reason := fallback.why_cold(os.environ)) is not None:
            pytest.skip(reason)
        if request.cls.warm:
            assert kernels.start_parent(os.environ, wait=300)
        request.cls.open()
        process = request.cls.km.provisioner.process
        assert isinstance(process, KernelProcess) == request.cls.warm
        yield
        request.cls.close()


class Messages(jupyter_kernel_test.KernelTests):
    __test__ = False
    warm: bool
    kernel_name = "python3"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = ({"text": "zi", "matches": {"zip"}},)
    complete_code_samples = ("1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n")
    incomplete_code_samples = ("print('''hello", "def f(x):\n  x*2")
    invalid_code_samples = ("import = 7q",)
    code_page_something = "zip?"
    code_generate_error = "raise"
    code_execute_result = (
        {"code": "1+2+3", "result": "6"},
        {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"},
    )
    code_display_data = (
        {
            "code": "from IPython.display import HTML, display; display(HTML('<b>test</b>'))",
            "mime": "text/html",
        },
        {"code": "import matplotlib.pyplot as plt; plt.plot([1, 2]);", "mime": "image/png"},
    )
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"

    @classmethod
    def open(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=cls.kernel_name)

    @classmethod
    def close(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel()

    @classmethod
    def setUpClass(cls):
        """Leave the kernel to the fixture, which knows the kind."""

    @classmethod
    def tearDownClass(cls):
        """Leave the kernel to the fixture."""


class TestWarmKernel(Messages):
    __test__ = True
    warm = True


class TestOrdinaryKernel(Messages):
    __test__ = True
    warm = False
