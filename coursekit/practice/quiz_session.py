"""One round of cards as pure states: a question, its answer, a rating, the next question."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from .cards import Card
from .scheduling import RATINGS, RatingName


@dataclass(frozen=True)
class Given:
    """A rating given in this round, with the key points missed."""

    label: str
    rating: RatingName
    missed: tuple[str, ...] = ()


class QuizError(ValueError):
    """Raised for a step that the present state does not allow."""


@dataclass(frozen=True)
class QuizSession:
    """A round: each step returns the next state and changes nothing.

    Parameters
    ----------
    queue : tuple of Card
        The card shown is the first of them; the round is over when none is left.
    is_revealed : bool
        Whether the answer is shown.
    given : tuple of Given
        The ratings so far.
    n_skipped : int
        Cards left without a rating.
    """

    queue: tuple[Card, ...]
    is_revealed: bool = False
    given: tuple[Given, ...] = ()
    n_skipped: int = 0

    @property
    def phase(self) -> Literal["question", "answer", "over"]:
        """Name what is shown now."""
        if not self.queue:
            return "over"
        return "answer" if self.is_revealed else "question"

    @property
    def card(self) -> Card:
        """Give the card that is shown."""
        if not self.queue:
            raise QuizError("the round is over: begin another")
        return self.queue[0]

    def reveal(self) -> "QuizSession":
        """Show the answer."""
        _ = self.card
        return replace(self, is_revealed=True)

    def rate(self, rating: RatingName, missed: Iterable[int] = ()) -> "QuizSession":
        """Rate the card; after "again" it comes back once the others are done.

        Parameters
        ----------
        rating : {"again", "hard", "good", "easy"}
        missed : iterable of int
            The numbers, from 1, of the key points that the learner missed.

        Raises
        ------
        QuizError
            If the answer is not shown yet, or there is no such rating or key point.
        """
        card, points = self.card, self.card.question.key_points
        if not self.is_revealed:
            raise QuizError("look at the answer before you rate yours")
        if rating not in RATINGS:
            raise QuizError(f"{rating!r} is no rating: give one of {', '.join(RATINGS)}")
        numbers = sorted(set(missed))
        if wrong := [number for number in numbers if not 1 <= number <= len(points)]:
            raise QuizError(f"there is no key point {wrong[0]}: there are 1 to {len(points)}")
        given = Given(card.label, rating, tuple(points[number - 1].text for number in numbers))
        again = (card,) if rating == "again" else ()
        return replace(
            self,
            queue=(*self.queue[1:], *again),
            is_revealed=False,
            given=(*self.given, given),
        )

    def skip(self) -> "QuizSession":
        """Leave the card without a rating."""
        _ = self.card
        return replace(self, queue=self.queue[1:], is_revealed=False, n_skipped=self.n_skipped + 1)

    def summary(self) -> dict[str, int]:
        """Count the ratings of the round, and the cards skipped and left."""
        counts = Counter[str](each.rating for each in self.given)
        ratings = {str(name): counts[name] for name in RATINGS}
        return {**ratings, "skipped": self.n_skipped, "left": len(self.queue)}


def choose_cards(
    cards: Iterable[Card],
    *,
    lessons: Iterable[str] | None = None,
    tag: str | None = None,
    difficulty: int | None = None,
    only_due: bool = False,
    only_weak: bool = False,
    limit: int | None = None,
) -> tuple[Card, ...]:
    """Choose and order the cards of a round: due ones, then new ones, then the weakest.

    Parameters
    ----------
    cards : iterable of Card
    lessons : iterable of str, optional
        Lessons' names.
    tag : str, optional
    difficulty : int, optional
        1, 2 or 3.
    only_due, only_weak : bool
        Keep only the cards whose time has come, or that are weak.
    limit : int, optional
        At most so many.

    Returns
    -------
    tuple of Card
    """
    names = None if lessons is None else set(lessons)
    chosen = [
        card
        for card in cards
        if (names is None or card.question.lesson in names)
        and (tag is None or tag in card.question.tags)
        and (difficulty is None or card.question.difficulty == difficulty)
        and (
            not (only_due or only_weak)
            or (only_due and card.is_due)
            or (only_weak and card.is_weak)
        )
    ]
    ordered = sorted(chosen, key=lambda card: (_turn(card), -card.weakness))
    return tuple(ordered[:limit])


def _turn(card: Card) -> int:
    if card.is_due:
        return 0
    return 1 if card.is_new else 2
