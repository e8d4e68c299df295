"""The kernels that ``coursekit lab`` offers: those of Jupyter, with the course's own kept quiet."""

from ipykernel.kernelspec import KERNEL_NAME
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

# TensorFlow greets on the process's own streams, and without a GPU its greeting looks like an
# error: that belongs in the terminal and not in a learner's notebook.
_QUIET = "--IPKernelApp.capture_fd_output=False"
_UNDERSTAND_IT = {"ipykernel_launcher", "ipykernel", "coursekit.kernels.launcher"}


class LabKernelSpecManager(KernelSpecManager):
    """Finds the kernels that Jupyter finds, and tells the course's own what not to capture."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Give the specification of one kernel."""
        spec = super().get_kernel_spec(kernel_name)
        if kernel_name == KERNEL_NAME and _UNDERSTAND_IT & set(spec.argv):
            spec.argv = [*spec.argv, _QUIET]
        return spec
