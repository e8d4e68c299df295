"""The environment of a learner's process: no secret of the teacher, folders of its own."""

import contextlib
import ctypes
import os
import random
import sys
import tempfile
from collections.abc import Mapping

#: All that a learner's process keeps of the environment. A list of what may stay: whoever keeps
#: secrets in variables gives them names that no list of what must go can foresee.
ALLOWED = """
    LANG LANGUAGE LC_ALL LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE LC_MESSAGES PATH TZ TERM COLUMNS
    LINES NO_COLOR LD_LIBRARY_PATH PYTHONHASHSEED PYTHONUTF8 PYTHONIOENCODING MPLBACKEND
    OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS NUMEXPR_NUM_THREADS BLIS_NUM_THREADS
    VECLIB_MAXIMUM_THREADS OMP_DYNAMIC KMP_AFFINITY KMP_BLOCKTIME KERAS_BACKEND
    CUDA_VISIBLE_DEVICES XLA_FLAGS TF_CPP_MIN_LOG_LEVEL TF_CPP_MAX_VLOG_LEVEL
    TF_ENABLE_ONEDNN_OPTS TF_XLA_FLAGS TF_NUM_INTRAOP_THREADS TF_NUM_INTEROP_THREADS
    TF_DETERMINISTIC_OPS TF_CUDNN_DETERMINISTIC TF_USE_LEGACY_KERAS TF_FORCE_GPU_ALLOW_GROWTH
    TF2_BEHAVIOR COURSEKIT_PROGRESS SYSTEMROOT WINDIR COMSPEC PATHEXT
"""

_FOLDERS = {
    "TMPDIR": "tmp",
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_RUNTIME_DIR": ".run",
    "MPLCONFIGDIR": ".config/matplotlib",
    "IPYTHONDIR": ".ipython",
    "JUPYTER_CONFIG_DIR": ".jupyter",
    "KERAS_HOME": ".keras",
    "COURSEKIT_HOME": ".coursekit",
}


def clean_environment(environment: Mapping[str, str], home: str | None = None) -> dict[str, str]:
    """Keep of an environment what is no secret, and put all personal folders in one place.

    Parameters
    ----------
    environment : mapping of str to str
        The teacher's.
    home : str, optional
        The folder that becomes home; without it no folder is named at all.

    Returns
    -------
    dict of str to str
    """
    allowed = frozenset(ALLOWED.split())
    kept = {name: value for name, value in environment.items() if name in allowed}
    if home is not None:
        folders = {name: os.path.join(home, folder) for name, folder in _FOLDERS.items()}
        kept |= {"HOME": home, "USER": "learner", "LOGNAME": "learner", **folders}
        if sys.platform == "win32":
            kept |= {"USERPROFILE": home, "TEMP": folders["TMPDIR"], "TMP": folders["TMPDIR"]}
    return kept


def move_in(home: str) -> None:
    """Give this process a clean environment, and an empty home to work in.

    Raises
    ------
    OSError
        If the folders cannot be made.
    """
    kept = clean_environment(os.environ, home)
    os.environ.clear()
    _wipe_original_environment()
    os.environ.update(kept)
    for name in _FOLDERS:
        os.makedirs(kept[name], mode=0o700, exist_ok=True)
    os.chdir(home)
    _forget_what_was_cached()


def _wipe_original_environment() -> None:
    """Overwrite what /proc/self/environ shows: the environment that the program started with.

    Every variable must have been unset before, and is set anew after: those are copies.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open("/proc/self/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        start, end = int(fields[47]), int(fields[48])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)


def _forget_what_was_cached() -> None:
    tempfile.tempdir = None
    random.seed()
    # Threads of the numerical libraries would each reserve 64 MB of addresses.
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(-8, 2)
    matplotlib = sys.modules.get("matplotlib")
    for name in ("get_configdir", "get_cachedir", "_get_config_or_cache_dir"):
        clear = getattr(getattr(matplotlib, name, None), "cache_clear", None)
        if clear is not None:
            clear()
