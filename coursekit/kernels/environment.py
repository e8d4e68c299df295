"""What to set so that Jupyter opens warm kernels, without an install step."""

import os
from collections.abc import Mapping
from pathlib import Path

PROVISIONER_NAME = "coursekit-warm"
SPECS = Path(__file__).parent / "specs"


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables under which every notebook opens warm.

    They reach nbclient, nbval, papermill and JupyterLab alike, and the processes that
    those start. ``python3`` on ``JUPYTER_PATH`` precedes every other kernelspec of that
    name; the default provisioner serves those who bypass kernelspecs, such as
    ``nbval --nbval-current-env``.

    Parameters
    ----------
    base : mapping of str to str, optional
        The environment to add to; ``os.environ`` unless given.

    Returns
    -------
    dict of str to str
        Only the variables to set, not those of `base`.
    """
    base = os.environ if base is None else base
    others = [
        path
        for path in base.get("JUPYTER_PATH", "").split(os.pathsep)
        if path not in ("", str(SPECS))
    ]
    return {
        "JUPYTER_PATH": os.pathsep.join([str(SPECS), *others]),
        "JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER_NAME,
    }


def server_options() -> list[str]:
    """Return the options with which ``jupyter lab`` opens warm kernels.

    Unlike :func:`environment` they do not reach the terminals of the server, in which
    the reader may use the Jupyter of another environment.

    Returns
    -------
    list of str
        Command-line options of any Jupyter server.
    """
    return [f"--KernelProvisionerFactory.default_provisioner_name={PROVISIONER_NAME}"]
