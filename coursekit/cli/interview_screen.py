"""What the terminal shows of a mock interview, and what the candidate types."""

import contextlib
import math
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from coursekit.cli.output import printable, wrap
from coursekit.practice.debrief_pages import (
    RULE,
    count_of_questions,
    debrief_lines,
    minutes_and_seconds,
)
from coursekit.practice.debriefing import Debrief
from coursekit.practice.mock_interviews import MockInterview

WIDTH = 79  # a line of 80 would wrap on some terminals of 80 columns
_NARROWEST = 20
_HELP = """\
/pass   go on to the next question without an answer
/end    end the interview now, and see the debrief
/leave  leave, as Ctrl-C does: `coursekit mock --resume` goes on
/help   show this"""
_RANGE = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")


def width() -> int:
    """Give how many columns a line may take: those of a narrow terminal, or :data:`WIDTH`."""
    columns = (
        shutil.get_terminal_size((WIDTH + 1, 24)).columns if sys.stdout.isatty() else WIDTH + 1
    )
    return max(_NARROWEST, min(WIDTH, columns - 1))


def debrief_as_text(found: Debrief, width: int) -> str:
    """Write a debrief as text, of which no line is longer than the width."""
    lines: list[str] = []
    for line, further in debrief_lines(found):
        lines += [RULE[:width]] if line == RULE else wrap(line, width, further=further)
    return "\n".join(lines)


class InterviewLeftError(Exception):
    """Raised when the candidate leaves."""


class _PassedError(Exception):
    """Raised when the candidate passes."""


class _EndedError(Exception):
    """Raised when the candidate ends the interview early."""


class InterviewScreen:
    """A mock interview in a terminal, by keyboard alone; plain lines, no colour needed.

    Parameters
    ----------
    interview : MockInterview
        What to hold.
    stream : TextIO
        Where to show it.
    save : callable
        Saves the interview; called whenever something was typed.
    """

    def __init__(
        self, interview: MockInterview, stream: TextIO, save: Callable[[MockInterview], None]
    ) -> None:
        self.interview = interview
        self._stream = stream
        self._save = save

    def say(self, text: str, indent: str = "") -> None:
        """Show a text, wrapped; an empty one is an empty line."""
        self._stream.write("\n".join(wrap(text, width(), indent)) + "\n")
        self._stream.flush()

    def open(self) -> None:
        """Say what the interview is and how to answer, and let its time run."""
        interview = self.interview
        again = ", taken up again" if interview.seconds_used else ""
        self.say(
            f"MOCK INTERVIEW  {count_of_questions(len(interview.questions))}, "
            f"{minutes_and_seconds(interview.minutes * 60)} min, seed {interview.seed}{again}"
        )
        how = (
            "Speak your answer, then press Enter."
            if interview.spoken
            else ("Type your answer; an empty line ends it.")
        )
        self.say(f"{how} /help shows the commands. Ctrl-C leaves; --resume goes on.")
        self._save(interview)
        interview.go_on()

    def close(self) -> None:
        """Say that the interview is over."""
        self.say("")
        self.say("The interview is over." if self.interview.seconds_left else "Time is up.")
        self.say("")

    def ask(self) -> None:
        """Show the present prompt, take its answer, and save."""
        interview = self.interview
        self._show_prompt()
        try:
            if interview.spoken:
                self._take_spoken()
            else:
                interview.answer(self._typed())
        except _PassedError:
            interview.answer("")
        except _EndedError:
            if interview.draft:
                interview.answer(interview.draft)
            interview.finish()
        except EOFError:
            raise InterviewLeftError from None
        self._save(interview)

    def _show_prompt(self) -> None:
        interview, prompt = self.interview, self.interview.prompt
        if prompt is None:
            return
        left = interview.seconds_left
        time = (
            f"{minutes_and_seconds(math.ceil(left))} left"
            if left
            else "time is up: finish this answer"
        )
        name = "Question" if prompt.kind == "question" else "Follow-up to question"
        self.say("")
        self.say(f"--- {name} {interview.number} of {len(interview.questions)} --- {time} ---")
        self.say(prompt.text)

    def _typed(self) -> str:
        """Take lines up to an empty one; each is saved, so that no closed window loses it."""
        interview = self.interview
        for line in interview.draft.splitlines():
            self.say(line, indent="> ")
        while True:
            try:
                line = self._read_line("> ")
            except EOFError:
                if interview.draft:
                    return interview.draft
                raise
            if line.strip():
                interview.draft = f"{interview.draft}\n{line}".lstrip("\n")
                self._save(interview)
            elif interview.draft:
                return interview.draft
            else:
                self.say("Nothing is typed yet. (/pass goes on to the next question.)")

    def _take_spoken(self) -> None:
        self._read_line("Press Enter when you have spoken: ")
        self.interview.pause()
        points = self._rated()
        self.interview.go_on()
        self.interview.rate(points)

    def _rated(self) -> Sequence[str]:
        """Let the candidate say what was mentioned; time stands still meanwhile."""
        question, prompt = self.interview.question, self.interview.prompt
        if question is None or prompt is None:
            return ()
        if prompt.answer is not None:
            self.say(f"Model answer: {prompt.answer}")
        if prompt.kind == "harder":
            self._read_line("Press Enter to go on: ")
            return ()
        points = [prompt.point] if prompt.point else [each.text for each in question.key_points]
        for number, text in enumerate(points, start=1):
            self.say(f"{number}. {text}", indent="  ")
        while True:
            numbers = _numbers(
                self._read_line("Which did you mention? (1 3, all, or Enter for none) "),
                len(points),
            )
            if numbers is not None:
                return [points[number - 1] for number in sorted(numbers)]
            self.say(f"Give numbers from 1 to {len(points)}, `all`, or nothing.")

    def _read_line(self, label: str) -> str:
        """Read a line that is no command.

        Raises
        ------
        EOFError
            If nothing more will come.
        """
        while True:
            line = printable(_input(label, self._stream))
            command = line.strip().lower()
            if command == "/help":
                for text in _HELP.splitlines():
                    self.say(text)
            elif command == "/leave":
                raise InterviewLeftError
            elif command == "/pass":
                raise _PassedError
            elif command == "/end":
                raise _EndedError
            else:
                return line


def _input(label: str, stream: TextIO) -> str:
    """Read a line, with the keys of readline where a person types; show no prompt in a pipe."""
    if not sys.stdin.isatty():
        return input()
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (makes `input` a line editor, with a history)
    if stream is sys.stdout and sys.stdout.isatty():
        return input(label)
    stream.write(label)
    stream.flush()
    return input()


def _numbers(text: str, largest: int) -> set[int] | None:
    """Read numbers such as ``1 3-5``, or ``all``; None if they cannot be meant."""
    words = text.replace(",", " ").lower().split()
    if words == ["all"]:
        return set(range(1, largest + 1))
    found: set[int] = set()
    for word in words:
        match = _RANGE.fullmatch(word)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= largest:
            return None
        found.update(range(first, last + 1))
    return found
