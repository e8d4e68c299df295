"""The IPython shell of a learner's process: no history, no profile, and outputs within bounds."""

import builtins
import subprocess
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from .cell_outputs import CapturedStream, CellOutputs

_INLINE = "module://matplotlib_inline.backend_inline"
_SHOWN = ["text/plain", "image/png"]
_LONGEST_ERROR = 500
_exact_type, _str = type, str


class _Hook(DisplayHook):
    """Keeps the value of a cell's last line, as text or picture."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.shell.outputs.add_bundle(format_dict)

    def finish_displayhook(self) -> None:
        self._is_active = False

    def log_output(self, format_dict: dict[str, Any]) -> None:
        pass


class _Publisher(DisplayPublisher):
    """Keeps what ``display`` shows, as text or picture."""

    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        self.shell.outputs.add_bundle(data)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.take()


class LearnerShell(InteractiveShell):
    """Runs cells as a notebook does, and shows nothing to anybody."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    outputs = AnyTrait()

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there is no screen."""

    def ask_exit(self) -> None:
        """Do nothing: the notebook goes on, as with nbval."""

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Show nothing: the error is told in one line."""

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """Show nothing: the error is told in one line."""

    def init_readline(self) -> None:
        """Do nothing: nobody types."""

    def system(self, command: str) -> None:
        """Run a program, as ``!command`` does, and keep what it puts out."""
        program = subprocess.Popen(
            self.var_expand(command, depth=1),
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert program.stdout is not None
        with program, program.stdout as output:
            while part := output.read1(1 << 16):  # type: ignore[attr-defined]
                sys.stdout.write(part.decode("utf-8", "replace"))
        self.user_ns["_exit_code"] = program.returncode

    system_piped = system_raw = system


def make_shell(folder: str) -> LearnerShell:
    """Make the shell of this process, once.

    Parameters
    ----------
    folder : str
        An empty folder for IPython's own files.
    """
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.LearnerShell.colors = "nocolor"
    outputs = CellOutputs()
    shell = LearnerShell.instance(config=config, ipython_dir=folder, outputs=outputs)
    shell.display_formatter.active_types = _SHOWN
    _draw_inline(shell)
    return shell


def take_over(shell: LearnerShell) -> None:
    """Let this process put out into the shell, and ask nobody anything."""
    sys.stdout = CapturedStream(shell.outputs, "<stdout>")
    sys.stderr = CapturedStream(shell.outputs, "<stderr>")
    builtins.input = _nobody_answers
    import getpass

    getpass.getpass = _nobody_answers


def _nobody_answers(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError("input() was called, but nobody is there to answer.")


def _draw_inline(shell: LearnerShell) -> None:
    try:
        from matplotlib_inline.backend_inline import configure_inline_support
    except ImportError:
        return
    configure_inline_support(shell, _INLINE)


def run_cell(shell: LearnerShell, source: str) -> BaseException | None:
    """Run a cell as a notebook does, and return the error that ended it."""
    if sys.stdout is None or sys.stderr is None:
        take_over(shell)
    try:
        result = shell.run_cell(source, store_history=True)
    except BaseException as error:  # the learner's hooks, or an interrupt between two lines
        return error
    return result.error_before_exec or result.error_in_exec


def error_text(error: BaseException) -> str:
    """Tell an error in one line, with the line of the cell."""
    name = _str(type.__dict__["__name__"].__get__(_exact_type(error)))
    try:
        told = error.msg if isinstance(error, SyntaxError) else error
        message = " ".join(_str(told).split())
    except BaseException:
        message = "(its message cannot be shown)"
    line = _line_of(error)
    place = f" (line {line})" if line else ""
    return f"{name}: {message[:_LONGEST_ERROR]}".rstrip(": ") + place


def _line_of(error: BaseException) -> int | None:
    """Find the line of the cell that the error came through, the innermost one."""
    if isinstance(error, SyntaxError):
        return error.lineno
    found, traceback = None, error.__traceback__
    while traceback is not None:
        if is_cell(traceback.tb_frame.f_code.co_filename):
            found = traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def is_cell(filename: str) -> bool:
    """Tell whether a file name is the one that IPython gives to a cell."""
    return filename.startswith("<ipython-input-")
