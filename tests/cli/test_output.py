"""Texts for the terminal: broken between words, and without what could steer it."""

import pytest

from coursekit.cli.output import printable, wrap


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("plain text", "plain text"),
        ("mo\x1b[1;31mmentum\x1b[0m", "momentum"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jtext", "text"),
        ("two\nlines\tand a bell\x07", "two lines and a bell "),
        ("an \x1b]unfinished title", "an  ]unfinished title"),
        ("written \u202ebackwards", "written  backwards"),
        ("half a letter \udc80", "half a letter  "),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_could_steer_a_terminal_is_left_out(typed, shown):
    assert printable(typed) == shown


def test_a_text_is_broken_between_words_and_not_at_hyphens():
    assert wrap("the batch-norm layer", 13, "- ", "  ") == ["- the", "  batch-norm", "  layer"]


def test_a_longer_word_is_broken_so_that_every_line_fits():
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_nothing_is_an_empty_line():
    assert wrap("", 80) == [""]
