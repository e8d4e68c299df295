"""The Jupyter kernel provisioner: a warm kernel where there can be one, else an ordinary one."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from .client import Refused, UnansweredError, request_kernel, start_parent
from .fallback import why_cold
from .location import NotPrivateError
from .ports import HeldPorts
from .process import KernelProcess

_ORDINARY = "ipykernel_launcher"
_MODULES = (_ORDINARY, "coursekit.kernels.launcher")
_UNDERSTOOD = {
    "cwd",
    "env",
    "independent",
    "stdin",
    "stdout",
    "stderr",
    "kernel_id",
    "extra_arguments",
}


def _arguments_of(command: list[str]) -> list[str] | None:
    """Return what the kernel of this interpreter is told, None for any other command."""
    if len(command) < 3 or command[1] != "-m" or command[2] not in _MODULES:
        return None
    # Not the file that it links to: all virtual environments share that one.
    folders = {os.path.dirname(os.path.abspath(path)) for path in (command[0], sys.executable)}
    same_file = os.path.realpath(command[0]) == os.path.realpath(sys.executable)
    return command[3:] if same_file and len(folders) == 1 else None


class WarmProvisioner(LocalProvisioner):
    """Starts kernels of this interpreter from the warm parent, and all others as usual.

    The first kernel is an ordinary one: it starts at once, and the warm parent beside it
    for the kernels to come. So does any kernel that the parent cannot give.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._ports = HeldPorts()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the ports of the kernel, and let nobody else have them meanwhile."""
        manager = self.parent
        if manager is not None and manager.cache_ports and not self.ports_cached:
            self.ports_cached = self._ports.choose(manager)
        return await super().pre_launch(**kwargs)

    async def cleanup(self, restart: bool = False) -> None:
        """Give the ports back, unless the kernel starts again and needs them."""
        await super().cleanup(restart)
        if not restart:
            self._ports.release()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel, warm if that is possible and sound."""
        arguments = _arguments_of(cmd)
        if arguments is None:
            return await super().launch_kernel(cmd, **kwargs)
        environ: Mapping[str, str] = kwargs.get("env") or os.environ
        needs_parent = why_cold(environ) is None
        if needs_parent and set(kwargs) <= _UNDERSTOOD:
            try:
                process = self._request(arguments, kwargs, environ)
            except (Refused, NotPrivateError, OSError) as reason:
                self.log.debug("An ordinary kernel starts: %s", reason)
                needs_parent = not isinstance(reason, UnansweredError)
            else:
                self.process = cast(Any, process)  # it has all that is used of a Popen
                self.pid = self.pgid = process.pid
                self.cwd = kwargs.get("cwd") or Path.cwd()
                return self.connection_info
        connection_info = await super().launch_kernel(
            [cmd[0], "-m", _ORDINARY, *arguments], **kwargs
        )
        if needs_parent:
            self._start_parent(environ, self.pid)
        return connection_info

    def _request(
        self, arguments: list[str], kwargs: dict[str, Any], environ: Mapping[str, str]
    ) -> KernelProcess:
        independent = bool(kwargs.get("independent"))
        requester = {} if independent else {"JPY_PARENT_PID": str(os.getpid())}
        return request_kernel(
            arguments,
            environ={**environ, **requester},
            cwd=kwargs.get("cwd"),
            streams=(kwargs.get("stdin"), kwargs.get("stdout"), kwargs.get("stderr")),
            independent=independent,
        )

    def _start_parent(self, environ: Mapping[str, str], kernel: int | None) -> None:
        try:
            start_parent(environ, after=kernel)
        except (NotPrivateError, OSError) as error:
            self.log.debug("The warm parent could not be started: %s", error)
