"""The pattern language accepts what authors write, and says what is wrong with the rest."""

import pytest

from coursekit.questions import PatternError, parse_pattern


def test_a_phrase_is_words_choices_and_stems():
    pattern = parse_pattern("Bias correct*|fix*")

    assert pattern.phrases == ((("bias",), ("correct*", "fix*")),)
    assert pattern.window == 0


def test_near_holds_phrases_within_a_window():
    pattern = parse_pattern("near(per parameter, learning rate*, 6)")

    assert pattern.phrases == ((("per",), ("parameter",)), (("learning",), ("rate*",)))
    assert pattern.window == 6


@pytest.mark.parametrize(
    "word", ["l2", "1/n", "0.999", "63.2%", "x^2", "mini-batch", "adam's", "naïve"]
)
def test_words_of_the_field_are_words(word):
    assert parse_pattern(word).phrases == (((word,),),)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "near(one, 3)", "near(a, b)", "near(a, b, 0)", "near(a,, 3)", "*", "a||b", "(x)"],
)
def test_what_cannot_be_read_is_shown(text):
    with pytest.raises(PatternError):
        parse_pattern(text)
