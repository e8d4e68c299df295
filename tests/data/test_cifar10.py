"""Where the pictures come from, that it is always said, and that nothing hangs."""

import os
import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from coursekit.data import CIFAR10_NAMES, SHAPE_NAMES, cifar10, photographs


@pytest.fixture(autouse=True)
def _nothing_at_hand(monkeypatch, tmp_path):
    """No folder, no cache and no network, unless a test brings one."""
    monkeypatch.delenv("COURSEKIT_DATA", raising=False)
    monkeypatch.setenv("COURSEKIT_OFFLINE", "1")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def fake_arrays(n_train=400, n_test=100):
    """Pictures that carry their label in every pixel, in the form of the real file."""
    arrays = {}
    for part, n_pictures in (("train", n_train), ("test", n_test)):
        labels = np.arange(n_pictures, dtype=np.uint8) % 10
        pixels = np.random.default_rng(0).integers(0, 20, (n_pictures, 32, 32, 3), dtype=np.uint8)
        arrays[f"x_{part}"] = pixels + 20 * labels[:, None, None, None]
        arrays[f"y_{part}"] = labels
    return arrays


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    return tmp_path


def test_without_pictures_shapes_are_drawn_and_it_is_said(capsys):
    split = cifar10(n_train=20, n_val=10, n_test=10)
    assert split.name == "shapes"
    assert split.target_names == SHAPE_NAMES
    assert "in place of CIFAR-10" in split.source
    out = capsys.readouterr().out
    assert out.startswith("CIFAR-10 is not here (COURSEKIT_DATA is not set")
    assert out.count("\n") == 1
    assert split.X_train.shape == (20, 32, 32, 3)
    assert (len(split.X_val), len(split.X_test)) == (10, 10)


def test_a_folder_without_the_file_is_said(folder, capsys):
    cifar10(n_train=10, n_val=0, n_test=0)
    assert "no cifar10.npz in COURSEKIT_DATA" in capsys.readouterr().out


def test_pictures_from_the_folder_are_used_and_it_is_said(folder, capsys):
    np.savez(folder / "cifar10.npz", **fake_arrays())
    split = cifar10()
    assert split.name == "cifar10"
    assert split.target_names == CIFAR10_NAMES
    assert "Krizhevsky" in split.source
    out = capsys.readouterr().out
    assert out == "Using the real CIFAR-10 pictures, from the folder COURSEKIT_DATA.\n"
    # A path would end up in the stored output of a lesson.
    assert str(folder) not in out + split.source
    assert [len(y) for y in (split.y_train, split.y_val, split.y_test)] == [360, 40, 100]


def test_quiet_prints_nothing(capsys):
    cifar10(n_train=10, n_val=0, n_test=0, quiet=True)
    assert capsys.readouterr().out == ""


def test_pictures_keep_their_labels_and_are_scaled_to_0_to_1(folder):
    np.savez(folder / "cifar10.npz", **fake_arrays())
    split = cifar10(n_train=200, n_val=50, n_test=50, quiet=True)
    for X, y in ((split.X_train, split.y_train), (split.X_val, split.y_val)):
        assert X.dtype == np.float32
        assert y.dtype == np.int64
        np.testing.assert_array_equal((X[:, 0, 0, 0] * 255).round() // 20, y)


def test_subsets_are_stratified_seeded_and_disjoint(folder):
    np.savez(folder / "cifar10.npz", **fake_arrays())
    sizes = {"n_train": 100, "n_val": 30, "n_test": 20}
    split, same = (cifar10(**sizes, seed=1, quiet=True) for _ in range(2))
    other = cifar10(**sizes, seed=2, quiet=True)
    for y, size in ((split.y_train, 10), (split.y_val, 3), (split.y_test, 2)):
        assert np.bincount(y).tolist() == [size] * 10
    assert split.X_train.tobytes() == same.X_train.tobytes() != other.X_train.tobytes()
    rows = [row.tobytes() for X in (split.X_train, split.X_val) for row in X]
    assert len(set(rows)) == len(rows)


def test_column_labels_as_keras_gives_them_are_understood(folder):
    arrays = fake_arrays()
    arrays["y_train"] = arrays["y_train"][:, None]
    np.savez(folder / "cifar10.npz", **arrays)
    assert cifar10(quiet=True).y_train.ndim == 1


def test_more_pictures_than_there_are_is_an_error(folder):
    np.savez(folder / "cifar10.npz", **fake_arrays())
    with pytest.raises(ValueError, match=r"500 training pictures.*there are 400"):
        cifar10(n_train=450, n_val=50)
    with pytest.raises(ValueError, match="101 test pictures"):
        cifar10(n_test=101)


def wrong(**changes):
    return lambda path: np.savez(path, **{**fake_arrays(), **changes})


def cut_short(path):
    np.savez(path, **fake_arrays())
    path.write_bytes(path.read_bytes()[:100_000])


def flipped_bytes(path):
    np.savez_compressed(path, **fake_arrays())
    content = bytearray(path.read_bytes())
    content[2000:2100] = bytes(100)
    path.write_bytes(content)


def without_labels(path):
    np.savez(path, x_train=fake_arrays()["x_train"])


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        flipped_bytes,
        without_labels,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("not pictures"),
        wrong(x_train=np.zeros((400, 32, 32), np.uint8)),
        wrong(x_test=np.zeros((100, 32, 32, 3))),
        wrong(y_train=np.zeros(400, np.uint8)),
        wrong(y_test=np.arange(50, dtype=np.uint8) % 10),
        wrong(y_test=np.array([None] * 100, dtype=object)),
    ],
)
def test_a_damaged_file_is_named(folder, damage):
    path = folder / "cifar10.npz"
    damage(path)
    with pytest.raises(ValueError, match=r"cifar10\.npz is damaged: .+ replace or remove"):
        cifar10()


def test_the_network_is_left_alone_when_that_is_asked_for(monkeypatch, capsys):
    monkeypatch.setattr(
        photographs, "_is_reachable", lambda *args: pytest.fail("the network was tried")
    )
    cifar10(n_train=10, n_val=0, n_test=0)
    assert "COURSEKIT_OFFLINE" in capsys.readouterr().out
    monkeypatch.delenv("COURSEKIT_OFFLINE")
    cifar10(n_train=10, n_val=0, n_test=0, allow_download=False)
    assert "no download is allowed" in capsys.readouterr().out


def test_the_drawn_shapes_have_a_tenth_for_validation_too():
    split = cifar10(n_train=100, n_test=10)
    assert split.name == "shapes"
    assert [len(split.y_train), len(split.y_val), len(split.y_test)] == [100, 10, 10]


def test_a_network_that_never_answers_costs_seconds_at_most(monkeypatch, capsys):
    monkeypatch.delenv("COURSEKIT_OFFLINE")
    monkeypatch.setattr(photographs, "_PROBE_SECONDS", 0.2)

    given_up = threading.Event()
    ended = []

    def hang(*args, **kwargs):
        ended.append(given_up.wait(60))
        raise OSError("no answer")

    # A name look-up that hangs is the worst case: no socket timeout ends it.
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    split = cifar10(n_train=10, n_val=0, n_test=0)
    assert ended == []  # the answer came while the look-up still hung
    given_up.set()
    assert split.name == "shapes"
    assert "no network was found" in capsys.readouterr().out


@pytest.fixture
def keras_loader(monkeypatch):
    """Stand in for the loader of Keras, which the tests must not make download."""
    keras = pytest.importorskip("keras")

    def use(load_data):
        monkeypatch.setattr(keras.datasets.cifar10, "load_data", load_data)

    return use


def test_the_cache_of_keras_is_used_without_a_network(keras_loader, tmp_path, capsys):
    archive = tmp_path / "keras" / "datasets" / "cifar-10-batches-py-target_archive"
    archive.parent.mkdir(parents=True)
    archive.touch()
    arrays = fake_arrays()
    keras_loader(
        lambda: (
            (arrays["x_train"], arrays["y_train"][:, None]),
            (arrays["x_test"], arrays["y_test"][:, None]),
        )
    )
    assert cifar10().name == "cifar10"
    assert "from the cache of Keras" in capsys.readouterr().out


def test_a_download_that_fails_falls_back_and_restores_the_timeout(
    keras_loader, monkeypatch, capsys
):
    seen = []

    def fail():
        seen.append(socket.getdefaulttimeout())
        raise Exception("URL fetch failure\nand more lines")

    keras_loader(fail)
    monkeypatch.delenv("COURSEKIT_OFFLINE")
    monkeypatch.setattr(photographs, "_is_reachable", lambda *args: True)
    before = socket.getdefaulttimeout()
    assert cifar10(n_train=10, n_val=0, n_test=0).name == "shapes"
    assert socket.getdefaulttimeout() == before
    assert seen[0] is not None
    assert "URL fetch failure" in capsys.readouterr().out


REAL = Path(os.environ.get("COURSEKIT_DATA") or "missing") / "cifar10.npz"


@pytest.mark.skipif(not REAL.is_file(), reason="COURSEKIT_DATA holds no cifar10.npz")
def test_the_real_pictures_load(monkeypatch):
    monkeypatch.setenv("COURSEKIT_DATA", str(REAL.parent))
    split = cifar10(n_train=1000, n_test=500)
    assert split.name == "cifar10"
    assert split.X_train.shape == (1000, 32, 32, 3)
    assert np.bincount(split.y_test).tolist() == [50] * 10
    # Channel means of CIFAR-10 are .491, .482, .447.
    np.testing.assert_allclose(split.X_train.mean(axis=(0, 1, 2)), [0.491, 0.482, 0.447], atol=0.03)
