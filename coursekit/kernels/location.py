"""Where the warm parent of this user and environment is found, and whether it is current."""

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .circumstances import confinement_of

#: Libraries read these once, when they are imported: a kernel that is asked for with
#: other values needs a parent of its own.
_READ_ON_IMPORT = (
    "ABSL_", "CUDA_", "DNNL_", "GLIBC_", "GOMP_", "HIP_", "HOME", "IPYTHON_", "JAX_",
    "JOBLIB_", "JUPYTER_PLATFORM_DIRS", "KERAS_", "KMP_", "LANG", "LC_", "LD_", "MALLOC_",
    "MATPLOTLIB", "MKL_", "MPL", "NPY_", "NUMPY_", "NVIDIA_", "OMP_", "ONEDNN_", "OPENBLAS_",
    "PYDEVD_", "PYTHON", "ROCR_", "SCIPY_", "SKLEARN_", "TF_", "TMPDIR", "XDG_C", "XLA_",
)  # fmt: skip

#: These can be given to a kernel after the fork.
THREAD_COUNTS = ("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

#: What libraries of the course set themselves, so that it makes no difference whether
#: the process that asks for a kernel has imported them.
_DEFAULTS = {
    "KMP_DUPLICATE_LIB_OK": "True",  # scikit-learn
    "KMP_INIT_AT_FORK": "FALSE",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # ipykernel
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # papermill
    "PYDEVD_USE_FRAME_EVAL": "NO",  # ipykernel
    "TF_CPP_MIN_LOG_LEVEL": "2",  # coursekit
}

_LONGEST_SOCKET_PATH = 107  # unix(7): sun_path holds 108 bytes with the closing zero


class NotPrivateError(Exception):
    """The run folder is not this user's alone."""


@dataclass(frozen=True)
class Location:
    """The files of one warm parent.

    Attributes
    ----------
    folder : Path
        The private run folder.
    name : str
        Common stem of the files.
    """

    folder: Path
    name: str

    @property
    def socket(self) -> Path:
        """Where the parent listens."""
        return self.folder / f"{self.name}.sock"

    @property
    def lock(self) -> Path:
        """Held by the parent as long as it lives."""
        return self.folder / f"{self.name}.lock"

    @property
    def log(self) -> Path:
        """What the libraries said while the parent loaded them."""
        return self.folder / f"{self.name}.log"

    @property
    def failure(self) -> Path:
        """Why the parent could not start, if so."""
        return self.folder / f"{self.name}.failed"


def run_folder(environ: Mapping[str, str]) -> Path:
    """Return the private folder of this user for sockets, made if it is not there.

    Parameters
    ----------
    environ : mapping of str to str
        ``XDG_RUNTIME_DIR`` names where it goes, if that is this user's; the folder of
        temporary files otherwise.

    Raises
    ------
    NotPrivateError
        If another user owns it or may enter it.
    """
    try:
        folder = _chosen_folder(environ.get("XDG_RUNTIME_DIR", ""))
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        raise NotPrivateError(f"cannot make the run folder{place}: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise NotPrivateError(f"the run folder {folder} is not private to this user")
    return folder


def _chosen_folder(runtime: str) -> Path:
    # Not in that of another user, which `sudo` leaves in the environment: they could no
    # longer use their own.
    if runtime and os.path.isdir(runtime) and os.stat(runtime).st_uid == os.geteuid():
        return Path(runtime, "coursekit")
    return Path(tempfile.gettempdir(), f"coursekit-{os.geteuid()}")


def import_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that libraries read when they are imported, with their values."""
    asked = {
        name: value
        for name, value in environ.items()
        if name.startswith(_READ_ON_IMPORT) and name not in THREAD_COUNTS
    }
    return dict(sorted({**_DEFAULTS, **asked}.items()))


def locate(environ: Mapping[str, str]) -> Location:
    """Return where the warm parent for kernels of this environment is.

    Parameters
    ----------
    environ : mapping of str to str
        The environment of the kernel that is wanted.

    Raises
    ------
    NotPrivateError
        If there is no private folder for it, or its path is too long for a socket.
    """
    facts = (
        os.path.abspath(sys.prefix),
        sys.version,
        confinement_of(os.getpid()),
        import_settings(environ),
    )
    location = Location(run_folder(environ), f"kernels-{_digest(facts)[:12]}")
    if len(os.fsencode(location.socket)) > _LONGEST_SOCKET_PATH:
        raise NotPrivateError(f"the path of the run folder is too long: {location.folder}")
    return location


def _installed() -> Iterator[tuple[str, int, int]]:
    for folder in sorted(
        {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    ):
        if os.path.isdir(folder):
            for entry in os.scandir(folder):
                if entry.name.endswith((".dist-info", ".egg-info", ".pth")):
                    yield entry.path, entry.stat().st_mtime_ns, 0


def _sources(folder: str) -> Iterator[tuple[str, int, int]]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _sources(entry.path)
        elif entry.name.endswith((".py", ".pyi")):
            found = entry.stat()
            yield entry.path, found.st_mtime_ns, found.st_size


def _digest(facts: object) -> str:
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()


def package_fingerprint() -> str:
    """Return a digest of the installed packages and of the sources of this room.

    When it changes, a warm parent is no longer current and must go.
    """
    room = os.path.dirname(os.path.abspath(__file__))
    return _digest(sorted([*_installed(), *_sources(room)]))


def course_fingerprint() -> str:
    """Return a digest of the sources of ``coursekit``.

    When it changes, a kernel must import ``coursekit`` itself; the rest is current.
    """
    return _digest(sorted(_sources(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))
