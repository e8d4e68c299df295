"""What the choice of a device promises, GPU or not."""

import subprocess
import sys

import numpy as np
import pytest

from coursekit import device as device_module
from coursekit.device import describe_device, device

tf = pytest.importorskip("tensorflow")

FAKE_GPU = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch):
    """Forget earlier answers, so that each test meets the device for the first time."""
    monkeypatch.delenv("COURSEKIT_DEVICE", raising=False)
    monkeypatch.setattr(device_module, "_said", set())
    device_module._probe_gpus.cache_clear()
    yield
    device_module._probe_gpus.cache_clear()


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [])


@pytest.fixture
def listed_gpu(monkeypatch):
    """TensorFlow lists one GPU more than there is; what it then computes is up to it."""
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [FAKE_GPU])
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", lambda gpu, on: None)
    monkeypatch.setattr(tf.config, "set_visible_devices", lambda devices, kind=None: None)


def test_without_a_gpu_the_cpu_is_used(no_gpu):
    chosen = device(quiet=True)
    assert chosen.name == "/CPU:0"
    assert str(chosen) == "Computing on the CPU (no GPU found)."


def test_what_is_computed_in_the_block_lands_on_the_chosen_device(no_gpu):
    with device(quiet=True) as chosen:
        result = tf.ones(3) + 1
    assert result.device.endswith(chosen.name.strip("/"))


def test_it_says_once_what_is_used(no_gpu, capsys):
    for _ in range(3):
        with device():
            pass
    assert capsys.readouterr().out == "Computing on the CPU (no GPU found).\n"


def test_quiet_says_nothing(no_gpu, capsys):
    with device(quiet=True):
        pass
    assert capsys.readouterr().out == ""


def test_blocks_may_be_nested_and_used_again(no_gpu):
    chosen = device(quiet=True)
    with chosen, chosen:
        pass
    with chosen:
        assert tf.ones(2).numpy().sum() == 2


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="a real GPU is here")
def test_a_listed_gpu_that_tensorflow_silently_replaces_is_not_used(listed_gpu):
    # Nothing else is faked: with soft placement, tf.device("/GPU:0") computes on the CPU.
    chosen = device(quiet=True)
    assert chosen.name == "/CPU:0"
    assert "computed on device:CPU:0 instead" in chosen.reason


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="a real GPU is here")
def test_a_listed_gpu_that_refuses_to_compute_is_not_used(listed_gpu):
    tf.config.set_soft_device_placement(False)
    try:
        chosen = device(quiet=True)
    finally:
        tf.config.set_soft_device_placement(True)
    assert chosen.name == "/CPU:0"
    assert "GPU:0 failed: InvalidArgumentError" in chosen.reason


@pytest.mark.parametrize(
    "error",
    [
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor\nsecond line"),
        tf.errors.InternalError(None, None, "cudaSetDevice() on GPU:0 failed. Status: busy"),
        RuntimeError(),
    ],
)
def test_a_gpu_that_is_full_busy_or_broken_falls_back(listed_gpu, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(tf.linalg, "matmul", fail)
    chosen = device(quiet=True)
    assert chosen.name == "/CPU:0"
    assert type(error).__name__ in chosen.reason
    assert "\n" not in chosen.reason


def test_a_gpu_that_computes_wrong_numbers_is_not_used(listed_gpu, monkeypatch):
    class WrongResult:
        device = "/job:localhost/replica:0/task:0/device:GPU:0"

        def numpy(self):
            return np.zeros((8, 8))

    monkeypatch.setattr(tf.linalg, "matmul", lambda *args: WrongResult())
    monkeypatch.setattr(tf.nn, "conv2d", lambda *args: WrongResult())
    assert "wrong numbers" in device(quiet=True).reason


def test_a_working_gpu_is_used(listed_gpu, monkeypatch):
    monkeypatch.setattr(device_module, "_probe", lambda name: None)
    assert device(quiet=True).name == "/GPU:0"
    assert device("gpu", quiet=True).name == "/GPU:0"


def test_the_second_gpu_is_used_when_the_first_is_broken(listed_gpu, monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [FAKE_GPU] * 2)
    monkeypatch.setattr(
        device_module, "_probe", lambda name: "broken" if name == "/GPU:0" else None
    )
    assert device(quiet=True).name == "/GPU:1"


@pytest.mark.parametrize("error", [RuntimeError("already initialised"), ValueError("split")])
def test_refused_memory_growth_is_no_reason_to_give_up_the_gpu(listed_gpu, monkeypatch, error):
    def refuse(gpu, on):
        raise error

    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", refuse)
    monkeypatch.setattr(device_module, "_probe", lambda name: None)
    assert device(quiet=True).name == "/GPU:0"


def test_a_broken_gpu_is_hidden_so_that_it_cannot_take_the_cpu_down(listed_gpu, monkeypatch):
    hidden = []
    monkeypatch.setattr(
        tf.config, "set_visible_devices", lambda devices, kind: hidden.append((devices, kind))
    )
    monkeypatch.setattr(device_module, "_probe", lambda name: "broken")
    device(quiet=True)
    assert hidden == [([], "GPU")]


def test_a_driver_that_fails_at_the_listing_means_the_cpu(monkeypatch):
    def fail(kind=None):
        raise RuntimeError("driver mismatch")

    monkeypatch.setattr(tf.config, "list_physical_devices", fail)
    chosen = device(quiet=True)
    assert chosen.name == "/CPU:0"
    assert "driver mismatch" in chosen.reason


def test_each_gpu_is_tried_once_a_process(listed_gpu, monkeypatch):
    tries = []
    monkeypatch.setattr(device_module, "_probe", lambda name: tries.append(name))
    for _ in range(3):
        device(quiet=True)
    assert tries == ["/GPU:0"]


def test_the_environment_can_force_the_cpu(listed_gpu, monkeypatch):
    monkeypatch.setattr(device_module, "_probe", lambda name: pytest.fail("the GPU was tried"))
    monkeypatch.setenv("COURSEKIT_DEVICE", " CPU ")
    assert device(quiet=True).name == "/CPU:0"
    assert device(quiet=True).reason == "COURSEKIT_DEVICE=cpu"


def test_an_argument_wins_over_the_environment(no_gpu, monkeypatch):
    monkeypatch.setenv("COURSEKIT_DEVICE", "gpu")
    assert device("cpu", quiet=True).reason == "choice=cpu"


@pytest.mark.parametrize("value", ["tpu", "gpu0", "cpu:1", "/GPU:0"])
def test_an_unknown_choice_is_named(monkeypatch, value):
    monkeypatch.setenv("COURSEKIT_DEVICE", value)
    with pytest.raises(ValueError, match=f"COURSEKIT_DEVICE='{value.lower()}'.*'auto', 'cpu'"):
        device()


@pytest.mark.parametrize("value", ["gpu", "gpu:3"])
def test_insisting_on_a_gpu_that_is_not_there_is_an_error(no_gpu, value):
    with pytest.raises(RuntimeError, match=r"does not list it|lists no GPU"):
        device(value)


@pytest.mark.parametrize(
    "error",
    [
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor"),
        tf.errors.InternalError(None, None, "CUDA_ERROR: Out of memory"),
        MemoryError(),
    ],
)
def test_out_of_memory_is_raised_again_with_advice(error):
    with pytest.raises(type(error)) as caught, device("cpu", quiet=True):
        raise error
    (note,) = caught.value.__notes__
    for what in ("batch_size", "width", "image size"):
        assert what in note


@pytest.mark.slow  # TensorFlow waits ten seconds for memory to come free
def test_a_real_out_of_memory_error_gets_the_advice():
    with (
        pytest.raises((tf.errors.ResourceExhaustedError, MemoryError)) as caught,
        device("cpu", quiet=True),
    ):
        tf.zeros((1 << 24, 1 << 24))  # 1 PiB: more than any machine has
    assert "batch_size" in caught.value.__notes__[0]


def test_other_errors_pass_unchanged():
    with pytest.raises(tf.errors.InternalError) as caught, device("cpu", quiet=True):
        raise tf.errors.InternalError(None, None, "something else")
    assert not getattr(caught.value, "__notes__", [])


def test_the_description_names_the_device_and_every_gpu(listed_gpu, monkeypatch):
    monkeypatch.setattr(device_module, "_probe", lambda name: "busy")
    report = describe_device()
    assert report["device"] == "/CPU:0"
    assert report["tensorflow"] == tf.__version__
    assert report["n_cpus"] >= 1
    (gpu,) = report["gpus"]
    assert (gpu["name"], gpu["works"], gpu["problem"]) == ("/GPU:0", False, "busy")


def test_the_description_reports_a_bad_setting_instead_of_failing(no_gpu, monkeypatch):
    monkeypatch.setenv("COURSEKIT_DEVICE", "abacus")
    report = describe_device()
    assert report["device"] is None
    assert "abacus" in report["reason"]


def test_importing_the_module_does_not_import_tensorflow():
    code = "import sys, coursekit.device; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
