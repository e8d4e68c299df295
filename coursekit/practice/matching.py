"""Finds in a text what the bank's patterns describe.

The language of the patterns is that of :mod:`coursekit.questions.patterns`. Here a phrase also
matches its synonyms, other spellings and other endings, and the window of ``near`` counts words as
a reader does, but for articles.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from .phrases import ARTICLES, FILLERS, Form, Phrase, Run, compile_pattern
from .words import Word, compounds, spellings, split_words, stem

_MOST_FILLERS = 2


@dataclass(frozen=True, slots=True)
class Match:
    """One place of a text that a pattern describes.

    Parameters
    ----------
    phrases : tuple of (int, int)
        For each phrase, the index of its first word and the index after its last one.
    """

    phrases: tuple[tuple[int, int], ...]

    def indices(self) -> frozenset[int]:
        """Give the indices of the matched words."""
        return frozenset(index for first, last in self.phrases for index in range(first, last))


class Text:
    """A text that patterns are looked for in.

    Parameters
    ----------
    text : str
        Any text; it may be empty or very long.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[Word] = split_words(text)
        self.n_words = self.words[-1].place + 1 if self.words else 0
        self._steps = list(accumulate(map(_is_a_step, self.words, [None, *self.words[:-1]])))
        self._starts: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, word in enumerate(self.words):
            self._starts[word.form].append((index, index + 1))
            if word.form.endswith("%"):
                self._starts[word.form[:-1]].append((index, index + 1))
        for form, first, last in compounds(self.words):
            self._starts[form].append((first, last))
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        written: dict[str, set[str]] = defaultdict(set)
        for form in self._starts:
            self._by_stem[stem(form)].append(form)
            for spelling in spellings(form):
                written[spelling].add(form)
        self._written = dict(written)
        self._sorted = sorted(written)
        self._places: dict[Form, dict[int, int]] = {}

    def find(self, pattern: str, *, strictly: bool = False) -> list[Match]:
        """Find every place that a pattern describes.

        Parameters
        ----------
        pattern : str
            In the language of :mod:`coursekit.questions.patterns`.
        strictly : bool
            Whether the phrases of ``near`` must stand in one sentence, and only terms of the field
            have synonyms.

        Returns
        -------
        list of Match
            In the order of the text.

        Raises
        ------
        PatternError
            If the pattern cannot be read.
        """
        phrases, window = compile_pattern(pattern, everyday=not strictly)
        found = [self._find_phrase(phrase) for phrase in phrases]
        if len(found) == 1:
            return [Match((place,)) for place in found[0]]
        if not all(found):
            return []
        return list(self._find_near(found, window, strictly))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Give the character offsets of the words from one index to before another."""
        return self.words[first].start, self.words[last - 1].end

    def words_between(self, first: int, last: int) -> str:
        """Give words as they were written, with single spaces or the joint between them."""
        written = ""
        for index in range(first, last):
            word, before = self.words[index], self.words[index - 1]
            if written and word.start == before.start:
                continue
            joint = self.text[before.end : word.start] if word.place == before.place else " "
            written += (joint if written else "") + self.text[word.start : word.end]
        return " ".join(written.split())

    def _find_phrase(self, phrase: Phrase) -> list[tuple[int, int]]:
        found: dict[int, int] = {}
        starts = {index for _, run in phrase[0] for index in self._find_form(run[0])}
        for first in sorted(starts):
            last = self._end_of(phrase, 0, first)
            if last is not None:
                found[first] = last
        return list(found.items())

    def _end_of(self, phrase: Phrase, done: int, index: int, fillers: int = 0) -> int | None:
        """Give the index after a phrase of which the first words stand before an index."""
        if done == len(phrase):
            return index
        for n_done, run in phrase[done]:
            last = self._end_of_run(run, index)
            if last is not None:
                end = self._end_of(phrase, done + n_done, last)
                if end is not None and self._in_one_sentence(index, end):
                    return end
        if done > 0 and fillers < _MOST_FILLERS and self._is_filler(index):
            return self._end_of(phrase, done, index + 1, fillers + 1)
        return None

    def _end_of_run(self, run: Run, index: int) -> int | None:
        for form in run:
            last = self._find_form(form).get(index)
            if last is None:
                return None
            index = last
        return index

    def _in_one_sentence(self, first: int, last: int) -> bool:
        return self.words[first].sentence == self.words[last - 1].sentence

    def _is_filler(self, index: int) -> bool:
        return index < len(self.words) and self.words[index].form in FILLERS

    def _find_form(self, form: Form) -> dict[int, int]:
        """Map the index of each word of a form to the index after it."""
        if form not in self._places:
            letters, any_ending = form
            written = (
                self._beginning_with(letters) if any_ending else self._by_stem.get(letters, ())
            )
            places: dict[int, int] = {}
            for each in written:
                for first, last in self._starts[each]:
                    places[first] = min(last, places.get(first, last))
            self._places[form] = places
        return self._places[form]

    def _beginning_with(self, letters: str) -> set[str]:
        found: set[str] = set()
        for beginning in spellings(letters):
            at = bisect_left(self._sorted, beginning)
            while at < len(self._sorted) and self._sorted[at].startswith(beginning):
                found |= self._written[self._sorted[at]]
                at += 1
        return found

    def _find_near(
        self, found: list[list[tuple[int, int]]], window: int, strictly: bool
    ) -> Iterator[Match]:
        # What stands nearest to each place of the rarest phrase, before it and after it.
        rarest = min(range(len(found)), key=lambda number: len(found[number]))
        others = [places for number, places in enumerate(found) if number != rarest]
        for anchor in found[rarest]:
            chosen = self._nearest(anchor, others, window)
            if chosen and (not strictly or self._share_a_sentence(chosen)):
                yield Match(tuple(sorted(chosen)))

    def _nearest(
        self, anchor: tuple[int, int], others: list[list[tuple[int, int]]], window: int
    ) -> tuple[tuple[int, int], ...] | None:
        best: tuple[int, tuple[tuple[int, int], ...]] | None = None
        partial: list[tuple[tuple[int, int], ...]] = [(anchor,)]
        for places in others:
            partial = [
                (*chosen, place)
                for chosen in partial
                for place in _neighbours(anchor, places)
                if not any(_overlap(place, each) for each in chosen)
            ]
        for chosen in partial:
            distance = self._extent(chosen)
            if distance <= window and (best is None or distance < best[0]):
                best = distance, chosen
        return best[1] if best else None

    def _extent(self, phrases: tuple[tuple[int, int], ...]) -> int:
        """Give how many words it is from the end of the first phrase to the start of the last."""
        first_end = min(self._steps[last - 1] for _, last in phrases)
        return max(self._steps[first] for first, _ in phrases) - first_end

    def _share_a_sentence(self, phrases: tuple[tuple[int, int], ...]) -> bool:
        return len({self.words[first].sentence for first, _ in phrases}) == 1


def _is_a_step(word: Word, before: Word | None) -> bool:
    """Tell whether a window counts a word; its authors write as in notes, without articles."""
    return (before is None or word.place != before.place) and word.form not in ARTICLES


def _neighbours(
    anchor: tuple[int, int], places: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield the last places before an anchor and the first ones from it on."""
    at = bisect_left(places, anchor)
    yield from places[max(0, at - 2) : at + 3]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
