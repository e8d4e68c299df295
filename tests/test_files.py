"""A file is replaced whole or not at all, and keeps its mode."""

import errno
import os
import subprocess
import sys
import zipfile

import pytest

from coursekit.files import replacing


def write(path, content=b"new"):
    with replacing(path) as file:
        file.write(content)


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_new_file_appears_once_all_is_written(tmp_path):
    path = tmp_path / "file"
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert not path.exists()

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_after_an_error_the_old_file_stands_and_nothing_else(tmp_path, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(file):
        file.write(b"new")
        raise error

    with pytest.raises(type(error)), replacing(path) as file:
        fail(file)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("kept", [0o644, 0o600, 0o666, 0o755])
def test_a_file_that_is_there_keeps_its_mode(tmp_path, kept):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(kept)

    write(path)

    assert path.read_bytes() == b"new"
    assert mode(path) == kept


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_private_file_is_private_while_it_is_written(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o600)

    with replacing(path):
        assert [mode(each) for each in tmp_path.iterdir()] == [0o600, 0o600]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_new_file_has_the_mode_that_the_users_files_get(tmp_path, umask):
    code = (
        "import os, sys; from coursekit.files import replacing\n"
        f"os.umask({umask})\n"
        "with replacing(sys.argv[1]) as file: file.write(b'new')\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "file")], check=True)

    assert mode(tmp_path / "file") == 0o666 & ~umask


def test_the_umask_is_never_touched(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("other threads would see it"))

    write(tmp_path / "file")


def test_an_archive_can_be_written_in_place(tmp_path):
    with replacing(tmp_path / "file.zip") as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one", "1")

    assert zipfile.ZipFile(tmp_path / "file.zip").read("one") == b"1"


def test_an_error_names_the_file_that_was_to_be_written(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()

    with pytest.raises(FileNotFoundError) as missing:
        write(tmp_path / "nowhere" / "file")
    with pytest.raises(OSError, match="folder") as in_the_way:
        write(folder)

    assert missing.value.filename == str(tmp_path / "nowhere" / "file")
    assert in_the_way.value.filename == str(folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_full_disk_is_told_of_the_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left on device") as error:
        write(tmp_path / "file")

    assert error.value.filename == str(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_an_error_about_another_file_is_told_as_it_is(tmp_path):
    with pytest.raises(FileNotFoundError) as error, replacing(tmp_path / "file"):
        (tmp_path / "source").read_bytes()

    assert error.value.filename == str(tmp_path / "source")
