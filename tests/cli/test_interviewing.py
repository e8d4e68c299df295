"""``coursekit mock``: an interview in the terminal, held, left and taken up."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime

import pytest
import typer
from typer.testing import CliRunner

from coursekit.cli import interviewing
from coursekit.cli.interview_screen import debrief_as_text
from coursekit.cli.output import CommandError
from coursekit.practice.mock_store import debrief_of, resume_interview, start_interview
from coursekit.questions import load_bank

START = ("--lessons", "14", "--seed", "7", "--minutes", "20")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def mock():
    app = typer.Typer(pretty_exceptions_enable=False)
    interviewing.register(app)

    def run(*arguments, typed=""):
        return CliRunner().invoke(app, [*arguments], input=typed)

    return run


def test_an_answer_ends_with_an_empty_line_and_is_followed_up(mock):
    result = mock(*START, typed="It is the step size.\nOn two lines.\n\n/end\n")
    assert result.exit_code == 0
    assert "--- Question 1 of" in result.stdout
    assert "--- Follow-up to question 1 of" in result.stdout
    assert "> It is the step size.\n   > On two lines." in re.sub(r"[\[\]]", "", result.stdout)
    assert "checklist, not a verdict" in result.stdout


def test_every_line_fits_80_columns_and_no_escape_codes_are_in_a_pipe(mock):
    result = mock(*START, typed="word " * 60 + "\n\n/help\n/pass\n/end\n")
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("columns", [79, 40])
def test_the_debrief_fits_the_terminal(columns):
    interview = start_interview(load_bank(), 20, "14", seed=7)
    interview.go_on()
    interview.answer("Adam adds momentum. " + "running mean " * 40)
    interview.finish()

    lines = debrief_as_text(debrief_of(interview), columns).splitlines()

    assert max(map(len, lines)) <= columns


def test_what_could_steer_the_terminal_is_neither_kept_nor_shown(mock):
    result = mock(*START, typed="mo\x1b[31mmentum\x1b]0;title\x07 \x07!\n\n/end\n")

    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
    assert "momentum  !" in re.sub(r"[\[\]]", "", result.stdout)


def test_a_start_tells_of_an_unfinished_interview_and_how_to_go_on_with_it(mock):
    first = mock(*START, typed="It is the step size.\n\n/leave\n")
    assert "unfinished" not in first.stderr

    second = mock(*START, typed="/end\n")
    today = f"{datetime.now():%d %b %Y}"
    assert f"The interview of {today}" in second.stderr
    assert "when this one is over, `coursekit mock --resume` goes on with it" in second.stderr
    assert "DEBRIEF" in second.stdout

    assert "It is the step size." in mock("--resume", typed="/end\n").stdout
    assert "unfinished" not in mock(*START, typed="/end\n").stderr


def test_an_empty_line_alone_passes_nothing(mock):
    result = mock(*START, typed="\n\n/end\n")
    assert result.stdout.count("Nothing is typed yet") == 2
    assert "--- Question 2" not in result.stdout


def test_leaving_keeps_the_interview_and_resume_goes_on(mock):
    left = mock(*START, typed="It is the step size.\n\nhalf an\n/leave\n")
    assert left.exit_code == 0
    assert "--resume" in left.stderr
    assert "DEBRIEF" not in left.stdout
    again = mock("--resume", typed="answer\n\n/end\n")
    assert "> half an" in again.stdout
    assert "half an\n   > answer" in again.stdout
    assert "DEBRIEF" in again.stdout


def test_the_end_of_the_input_leaves_too(mock):
    mock(*START, typed="It is the step size.\n")
    interview = resume_interview(load_bank())
    assert interview.answers_to(interview.questions[0])[0].text == "It is the step size."


def test_spoken_answers_are_rated_by_numbers(mock):
    result = mock(*START, "--spoken", typed="\n9x\n1 2-3\n\n\n/end\n")
    assert "Give numbers from 1 to" in result.stdout
    assert "key points mentioned 3 of" in result.stdout
    assert "(spoken, rated by yourself)" in result.stdout


def test_json_is_one_document_with_the_debrief_and_the_talk_goes_to_standard_error(mock):
    result = mock(*START, "--json", typed="It is the step size.\n\n/end\n")
    record = json.loads(result.stdout)
    assert record["questions"][0]["answers"][0]["text"] == "It is the step size."
    assert "Question 1" in result.stderr


def test_json_without_a_debrief_is_no_success(mock):
    result = mock(*START, "--json", typed="")
    assert (result.exit_code, result.stdout) == (1, "")


def test_the_last_debrief_can_be_shown_again(mock):
    assert "no interview has ended" in str(mock("--debrief").exception)
    held = mock(*START, typed="It is the step size.\n\n/end\n")
    again = mock("--debrief")
    assert again.stdout.strip() == held.stdout[held.stdout.index("DEBRIEF") :].strip()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--lessons", "97"), "'97'"),
        (("--lessons", "nine"), "13-19"),
        (("--minutes", "0"), "positive"),
    ],
)
def test_a_wrong_call_says_what_to_change(mock, arguments, message):
    error = mock(*arguments).exception
    assert isinstance(error, CommandError)
    assert error.exit_status == 2
    assert message in str(error)


def test_there_may_be_nothing_to_go_on_with(mock):
    error = mock("--resume").exception
    assert "coursekit mock" in str(error)


# In a terminal


PROGRAM = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C and closing reach it as from a real one
import typer
from coursekit.cli import interviewing
from coursekit.cli.interview_screen import debrief_as_text
app = typer.Typer()
interviewing.register(app)
app()
"""


class Terminal:
    """The command in a pseudo-terminal of 80 columns."""

    def __init__(self, home, *arguments):
        pty = pytest.importorskip("pty")
        self.screen, far_end = pty.openpty()
        environment = {**os.environ, "COURSEKIT_HOME": str(home), "COLUMNS": "80", "TERM": "dumb"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=far_end,
            stdout=far_end,
            stderr=far_end,
            env=environment,
            start_new_session=True,
        )
        os.close(far_end)
        self.seen, self.waited_to = "", 0

    def wait_for(self, text, seconds=60):
        """Wait until the text follows what was waited for before."""
        start = time.monotonic()
        while (found := self.seen.find(text, self.waited_to)) < 0:
            assert time.monotonic() - start < seconds, self.seen
            self.seen += self._read()
        self.waited_to = found + len(text)
        return self

    def _read(self):
        import select

        if not select.select([self.screen], [], [], 0.2)[0]:
            return ""
        return os.read(self.screen, 4096).decode(errors="replace").replace("\r\n", "\n")

    def type(self, text):
        os.write(self.screen, text.encode())
        return self

    def close(self):
        os.close(self.screen)


@pytest.fixture
def terminal(home):
    opened = []

    def open_terminal(*arguments):
        opened.append(Terminal(home, *arguments))
        return opened[-1]

    yield open_terminal
    for each in opened:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()


def test_an_interview_is_held_by_keyboard_alone(terminal):
    screen = terminal(*START).wait_for("Question 1 of").wait_for("> ")
    screen.type("It is the step size.\n").wait_for("> ").type("\n").wait_for("Follow-up")
    screen.wait_for("> ").type("/end\n").wait_for("NEXT")
    assert screen.process.wait(30) == 0


def test_ctrl_c_leaves_and_what_was_typed_and_the_time_used_are_kept(terminal):
    screen = terminal(*START).wait_for("Question 1 of").wait_for("> ")
    screen.type("It is the step size.\n").wait_for("> ")
    time.sleep(0.3)
    screen.type("\x03")
    screen.wait_for("--resume")
    assert screen.process.wait(30) == 0
    interview = resume_interview(load_bank())
    assert interview.draft == "It is the step size."
    assert interview.seconds_used >= 0.3


def test_closing_the_terminal_leaves(terminal):
    screen = terminal(*START).wait_for("Question 1 of").wait_for("> ")
    screen.type("It is the step size.\n").wait_for("> ")
    time.sleep(0.3)
    screen.close()
    screen.process.wait(30)
    interview = resume_interview(load_bank())
    assert interview.draft == "It is the step size."
    assert interview.seconds_used >= 0.3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, getattr(signal, "SIGHUP", None)])
def test_a_polite_kill_keeps_the_draft_and_gives_the_status_of_its_signal(
    mock, monkeypatch, number
):
    lines = iter(["half an answer"])

    def killed_at_the_second_line(*_):
        line = next(lines, None)
        if line is None:
            os.kill(os.getpid(), number)
        return line

    monkeypatch.setattr("builtins.input", killed_at_the_second_line)

    assert mock(*START).exit_code == 128 + number
    assert resume_interview(load_bank()).draft == "half an answer"
