"""What the repository promises: one set of dependencies, a whole wheel, two commands to start."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# conda-forge splits these: the part that draws without a desktop is enough.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "seaborn-base": "seaborn"}

no_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def _bounds(requirements):
    found = map(Requirement, requirements)
    return {canonicalize_name(each.name): str(each.specifier) for each in found}


def _constraints():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_environment_yml_asks_for_what_pyproject_asks():
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (from_pip,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    from_conda = [entry for entry in entries if isinstance(entry, str)]
    assert "pip" in from_conda
    assert "-e ." in from_pip
    wanted = [*from_conda, *from_pip]
    bounds = _bounds(entry for entry in wanted if entry not in ("pip", "-e ."))
    bounds = {CONDA_NAMES.get(name, name): bound for name, bound in bounds.items()}
    assert bounds.pop("python") == "<3.14,>=3.11"
    assert PROJECT["requires-python"] == ">=3.11"
    assert bounds == _bounds(PROJECT["dependencies"])


def test_dependencies_have_lower_bounds_and_no_pins():
    extras = PROJECT["optional-dependencies"]
    runtime = [*PROJECT["dependencies"], *extras["teach"], *extras["cluster"], *extras["cards"]]
    for requirement in map(Requirement, runtime):
        assert [each.operator for each in requirement.specifier] == [">="], requirement


def test_constraints_fit_every_dependency_on_every_python():
    versions = {}
    for constraint in _constraints():
        (pin,) = constraint.specifier
        assert pin.operator == "=="
        assert not constraint.extras  # pip refuses extras in a constraints file
        versions.setdefault(canonicalize_name(constraint.name), []).append(Version(pin.version))
    extras = PROJECT["optional-dependencies"].values()
    for requirement in map(Requirement, chain(PROJECT["dependencies"], *extras)):
        name = canonicalize_name(requirement.name)
        if name == PROJECT["name"]:
            continue
        assert name in versions, f"{name} is not in constraints.txt: make it again"
        for version in versions[name]:
            assert version in requirement.specifier, (requirement, version)


def test_constraints_name_no_index_and_no_address():
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert "@" not in text
    assert not re.search(r"^-", text, flags=re.MULTILINE)


def test_the_licence_covers_code_and_text():
    text = (ROOT / "LICENSE").read_text()
    assert "BSD 3-Clause License" in text
    assert "Redistributions in binary form must reproduce" in text
    assert "Neither the name of the copyright holder" in text
    assert "https://creativecommons.org/licenses/by/4.0/" in text
    assert PROJECT["license"] == "BSD-3-Clause AND CC-BY-4.0"


def test_the_wheel_holds_the_course_and_init_copies_it_out(tmp_path):
    source, target = tmp_path / "source", tmp_path / "installed"
    _lay_out_source(source)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(target)
    assert "coursekit/_course/notebooks/00_start_here.ipynb" in names
    assert "coursekit/_course/exercises/14_optimizers.ipynb" in names
    assert "coursekit/py.typed" in names
    assert not [name for name in names if "solutions" in name]

    answer = _run_installed(target, tmp_path, "init", "mine", "--json")
    assert answer.returncode == 0, answer.stderr
    assert [entry["file"] for entry in json.loads(answer.stdout)["files"]] == [
        "notebooks/00_start_here.ipynb",
        "exercises/14_optimizers.ipynb",
    ]
    refused = _run_installed(target, tmp_path, "lab")
    assert refused.returncode == 1
    assert "coursekit init" in refused.stderr


def _lay_out_source(source):
    shutil.copytree(ROOT / "coursekit", source / "coursekit")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    notebook = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    for file in (
        "notebooks/00_start_here.ipynb",
        "exercises/14_optimizers.ipynb",
        "solutions/14_optimizers.ipynb",
    ):
        (source / file).parent.mkdir()
        (source / file).write_text(notebook)


def _run_installed(target, folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "coursekit", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def make(tmp_path):
    """Run make in an empty folder, with only the Pythons that the test gives."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()

    def run(*arguments, **pythons):
        for name, script in pythons.items():
            path = programs / name.replace("python3_", "python3.")
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        for name in ("sh", "echo", "mkdir", "rm", "dirname"):
            if not (programs / name).exists():
                (programs / name).symlink_to(shutil.which(name))
        return subprocess.run(
            [shutil.which("make"), *arguments],
            cwd=tmp_path,
            env={"PATH": str(programs)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@no_make
def test_make_alone_says_what_there_is(make):
    result = make()
    assert result.returncode == 0
    for target in ("lab", "test", "lint", "notebooks", "clean"):
        assert f"make {target} " in result.stdout


@no_make
def test_make_without_a_fitting_python_says_where_to_get_one(make):
    result = make(".venv/bin/python", python3_13="exit 127", python3="exit 1")
    assert result.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13 found" in result.stderr
    assert "apt install" in result.stderr


@no_make
def test_make_names_the_package_that_debian_splits_off(make):
    # Fits by its version, but has no ensurepip, as on a bare Debian.
    python = f"""case "$2" in
      *ensurepip*) exit 1;;
      *) exec "{sys.executable}" "$@";;
    esac"""
    result = make(".venv/bin/python", python3=python)
    assert result.returncode != 0
    minor = sys.version_info.minor
    assert f"sudo apt install python3.{minor}-venv" in result.stderr


@no_make
def test_make_takes_the_next_python_when_the_first_does_not_fit(make, tmp_path):
    result = make(
        ".venv/bin/python", python3_13="exit 127", python3_11=f'exec "{sys.executable}" "$@"'
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / ".venv" / "bin" / "python").exists()
    settings = tmp_path / ".venv" / "etc" / "ipython" / "ipython_kernel_config.json"
    assert json.loads(settings.read_text()) == {"IPKernelApp": {"capture_fd_output": False}}


@no_make
def test_make_takes_the_python_that_it_is_told(make):
    result = make(".venv/bin/python", f"PYTHON={sys.executable}")
    assert result.returncode == 0, result.stderr


@no_make
@pytest.mark.parametrize("target", ["lab", "test"])
def test_make_says_what_an_installation_needs_when_it_fails(make, tmp_path, target):
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 'no address for the index' >&2\nexit 1\n")
    python.chmod(0o755)

    result = make(target)
    assert result.returncode != 0
    assert "no address for the index" in result.stderr
    assert "It needs the network" in result.stderr
    assert not (tmp_path / ".venv" / ".installed").exists()
