"""The command that asks the cards in the terminal."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coursekit import course
from coursekit.cli.output import CommandError
from coursekit.cli.progress_notes import notes_on_progress
from coursekit.cli.reading import LessonOption, observed_line

if TYPE_CHECKING:
    from coursekit.cli.quiz_screen import QuizScreen
    from coursekit.practice.quiz_session import QuizSession
    from coursekit.questions import Question

QUESTION_PROMPT = "Enter shows the answer, n leaves it out, q ends: "
RATING_HELP = "a again, h hard, g good, e easy; add the points you missed, such as h 2 4"
RATING_PROMPT = "Your answer was (n leaves it out, q ends): "


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("quiz")(ask_cards)


def ask_cards(
    lesson: LessonOption = None,
    tag: Annotated[str | None, typer.Option("--tag", help="Only questions with this tag.")] = None,
    difficulty: Annotated[
        int | None, typer.Option("--difficulty", min=1, max=3, help="1, 2 or 3.")
    ] = None,
    only_due: Annotated[bool, typer.Option("--due", help="Only cards that are due.")] = False,
    only_weak: Annotated[bool, typer.Option("--weak", help="Only cards that are weak.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many cards.")] = 10,
) -> None:
    """Practise with cards: think, look, rate yourself.

    First what is due, then new cards, then the weakest. Each rating is saved at once; q or Ctrl-C
    ends the round.
    """
    from coursekit.cli.quiz_screen import QuizScreen
    from coursekit.practice.cards import all_cards
    from coursekit.practice.quiz_session import QuizSession, choose_cards

    lessons = None if lesson is None else (course.find_lesson(lesson).name,)
    with notes_on_progress():
        cards = choose_cards(
            all_cards(),
            lessons=lessons,
            tag=tag,
            difficulty=difficulty,
            only_due=only_due,
            only_weak=only_weak,
            limit=limit,
        )
        if not cards:
            _say_why_none(only_due, only_weak)
            return
        _Round(QuizScreen(), QuizSession(cards)).run()


class _Round:
    """Leads through one round: shows, reads keys, saves each rating."""

    def __init__(self, screen: "QuizScreen", session: "QuizSession") -> None:
        self._screen, self._session = screen, session

    def run(self) -> None:
        try:
            while self._session.phase != "over" and self._card():
                pass
        except KeyboardInterrupt:
            self._screen.say("")
        counts = [f"{number} {name}" for name, number in self._session.summary().items() if number]
        self._screen.say(f"The round: {', '.join(counts)}.")

    def _card(self) -> bool:
        """Ask one card; tell whether to go on."""
        begun = time.monotonic()
        self._screen.show_question(self._session)
        key = self._screen.ask(QUESTION_PROMPT)
        if key in ("q", "n"):
            return self._leave(key)
        self._screen.say("")
        question = self._session.card.question
        self._session = self._session.reveal()
        self._screen.show_answer(question, _claims(question))
        self._screen.say(RATING_HELP)
        while (key := self._screen.ask(RATING_PROMPT)) not in ("q", "n"):
            if self._rate(key, time.monotonic() - begun):
                return True
        return self._leave(key)

    def _leave(self, key: str) -> bool:
        if key == "n":
            self._session = self._session.skip()
        return key == "n"

    def _rate(self, line: str, seconds: float) -> bool:
        from coursekit.practice.cards import rate
        from coursekit.practice.quiz_session import QuizError

        try:
            after = self._session.rate(*_read_rating(line))
        except QuizError as error:
            self._screen.say(f"{error}.")
            return False
        given = after.given[-1]
        card = rate(given.label, given.rating, missed=given.missed, seconds=seconds)
        self._session = after
        if card.due is not None:
            when = card.due.astimezone().strftime("%a %d %b %Y, %H:%M")
            self._screen.say(f"{given.rating.title()}: due {when}.\n")
        return True


def _read_rating(line: str) -> tuple[Any, list[int]]:
    """Read ``h 2 4`` or ``hard 2,4``: a rating and the numbers of missed key points."""
    from coursekit.practice.quiz_session import QuizError
    from coursekit.practice.scheduling import RATINGS

    word, *numbers = line.replace(",", " ").split() or [""]
    rating = next((name for name in RATINGS if word in (name, name[0])), None)
    if rating is None or not all(number.isdecimal() for number in numbers):
        raise QuizError("give a, h, g or e, then the numbers of missed points, such as h 2 4")
    return rating, [int(number) for number in numbers]


def _claims(question: "Question") -> list[dict[str, Any]]:
    """Read the question's claims from its lesson; a quiz goes on without them."""
    from coursekit.evidence import read_claims

    try:
        records = read_claims(course.find_lesson(question.lesson).notebook)
    except (LookupError, OSError, ValueError):
        return []
    by_id = {record["id"]: record for record in records if record["holds"]}
    found = [by_id[claim] for claim in question.claims if claim in by_id]
    return [{**record, "numbers": observed_line(record)} for record in found]


def _say_why_none(only_due: bool, only_weak: bool) -> None:
    if only_due or only_weak:
        word = "due" if only_due else "weak"
        typer.echo(f"No card is {word} now. `coursekit quiz` without the filter asks others.")
        return
    raise CommandError("no card fits: `coursekit questions` lists them", exit_status=2)
