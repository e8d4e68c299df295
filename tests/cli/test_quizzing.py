"""`coursekit quiz`: a round in the terminal, by keys alone and without colour."""

import contextlib
import os
import pty
import select
import subprocess
import sys
import threading

import pytest
import typer
from typer.testing import CliRunner

from coursekit.cli import quizzing
from coursekit.practice.cards import all_cards
from coursekit.practice.database import connect

app = typer.Typer()
quizzing.register(app)
app.command("other")(lambda: None)  # with one command alone, typer leaves its name out


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "home"))


def quiz(*arguments, keys=""):
    return CliRunner().invoke(app, ["quiz", *arguments], input=keys)


def seen():
    return {card.label: card for card in all_cards() if not card.is_new}


def test_a_card_shows_its_answer_then_is_rated_and_saved():
    result = quiz("--lesson", "14", "--limit", "1", keys="\nh 2 1\n")

    assert result.exit_code == 0, result.output
    (card,) = seen().values()
    assert card.reviews[0].rating == "hard"
    assert card.missed == tuple(point.text for point in card.question.key_points[:2])
    places = [
        result.output.index(part)
        for part in ("HT-4  14_optimizers", "Short answer", "Key points", "What proves it", "Myth")
    ]
    assert places == sorted(places)
    assert "In truth:" in result.output
    assert result.output.endswith("The round: 1 hard.\n")


def test_the_output_is_plain_and_fits_80_columns():
    output = quiz("--limit", "3", keys="\ng\n\na\n\ne\n").output

    assert "\x1b" not in output
    assert max(len(line) for line in output.splitlines()) <= 80
    assert max(len(quizzing.QUESTION_PROMPT), len(quizzing.RATING_PROMPT)) < 70  # room to type
    prompts = {quizzing.QUESTION_PROMPT, quizzing.RATING_PROMPT}
    lines = [line for line in output.splitlines() if line not in prompts]
    assert lines == [line.rstrip() for line in lines]


def test_what_is_no_rating_is_asked_again():
    output = quiz("--limit", "1", keys="\nwell\nh 99\ngood\n").output

    assert "give a, h, g or e" in output
    assert "there is no key point 99" in output
    assert [card.reviews[0].rating for card in seen().values()] == ["good"]


def test_q_and_the_end_of_the_input_end_the_round_and_keep_what_was_rated():
    assert "1 good, 9 left" in quiz(keys="\ng\nq\n").output
    assert "1 skipped, 1 easy" not in quiz(keys="").output
    assert "1 easy, 1 skipped, 8 left" in quiz(keys="\ne\nn\n").output
    assert len(seen()) == 2


def test_filters_choose_the_cards():
    assert "No card is due now" in quiz("--due").output
    assert "No card is weak now" in quiz("--weak").output
    quiz("--lesson", "14", "--limit", "1", keys="\na\nq\n")
    assert "1 left" in quiz("--weak").output
    assert "difficulty 2 of 3" in quiz("--difficulty", "2", "--limit", "1").output
    assert quiz("--tag", "nowhere").exit_code != 0
    assert quiz("--difficulty", "4").exit_code == 2


def test_a_home_that_cannot_be_written_is_told_in_a_line_and_the_round_goes_on(
    tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))

    result = quiz("--limit", "1", keys="\ng\n")

    assert result.exit_code == 0, result.output
    assert result.stderr.count("Practice goes on without saving") == 1
    assert ".py:" not in result.stderr
    assert "The round: 1 good." in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_ctrl_c_ends_the_round_and_keeps_what_was_rated(tmp_path):
    script = "import typer\nfrom coursekit.cli import quizzing\napp = typer.Typer()\n"
    script += "quizzing.register(app)\napp()\n"
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script, "--lesson", "14"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=_take_terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(slave)
    output = _read_until(master, "q ends: ")
    os.write(master, b"\n")
    output += _read_until(master, "h 2 4")
    os.write(master, b"g\n")
    output += _read_until(master, "q ends: ")
    # Python misses a signal that comes between its last look and its wait for a key.
    with _repeatedly(lambda: os.write(master, b"\x03")):
        output += _read_until(master, "left.")

    assert process.wait(20) == 0
    assert "The round: 1 good, 3 left." in output
    with connect() as database:
        assert database.execute("SELECT count(*) FROM reviews").fetchone()[0] == 1


@contextlib.contextmanager
def _repeatedly(act):
    over = threading.Event()

    def run():
        act()
        while not over.wait(1.0):
            act()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join()


def _take_terminal():
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _read_until(master, text):
    found = ""
    while text not in found:
        ready, _, _ = select.select([master], [], [], 30)
        assert ready, f"{text!r} did not come; there is {found!r}"
        found += os.read(master, 65536).decode()
    return found
