"""What a quiz shows in the terminal: at most 80 columns, plain text in a pipe."""

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from coursekit.cli.output import wrap

if TYPE_CHECKING:
    from coursekit.practice.quiz_session import QuizSession
    from coursekit.questions import Question

WIDTH = 80


class QuizScreen:
    """Prints cards and reads keys; nothing is told by colour."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._fit()

    def ask(self, prompt: str) -> str:
        """Read one line; the end of the input leaves the quiz, as q does."""
        try:
            line = input(prompt).strip().lower()
        except EOFError:
            line = "q"
        if not sys.stdin.isatty():
            self.say("")  # no Enter was typed here to end the prompt's line
        return line

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(text)

    def show_question(self, session: "QuizSession") -> None:
        """Print the head and the question."""
        self._fit()
        question = session.card.question
        place = f"{len(session.queue)} to go"
        stars = f"difficulty {question.difficulty} of 3"
        self._console.rule(style="")
        self.say(f"{question.label}  {question.lesson}  {stars}  {place}\n")
        wrapped = wrap(question.question, self._console.width)
        self._console.print(Text("\n".join(wrapped), style="bold"))
        self.say("")

    def show_answer(self, question: "Question", claims: Sequence[dict[str, Any]]) -> None:
        """Print the short answer, the key points, what proves it, and the myths."""
        self._fit()
        self._section("Short answer", [question.short_answer])
        self._section(
            "Key points (weight)",
            [
                f"{number}. {point.text} ({point.weight})"
                for number, point in enumerate(question.key_points, 1)
            ],
        )
        self._section(
            "What proves it",
            [
                f"{claim['statement']}\n{claim['id']}: {claim['verdict']}; {claim['numbers']}\n"
                f"Its picture is in notebooks/{question.lesson}.ipynb"
                for claim in claims[:1]
            ]
            or [f"{question.claims[0]}, in notebooks/{question.lesson}.ipynb"],
        )
        self._section("Myth", [f"{myth.text}\nIn truth: {myth.truth}" for myth in question.myths])

    def _fit(self) -> None:
        """Take the width of the terminal, which may have changed since the last card."""
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
        self._console.width = min(columns, WIDTH)

    def _section(self, title: str, entries: Sequence[str]) -> None:
        if not entries:
            return
        self._console.print(Text(title, style="bold"))
        for entry in entries:
            for line in entry.splitlines():
                self._console.print(Text("\n".join(wrap(line, self._console.width, "  "))))
        self.say("")
