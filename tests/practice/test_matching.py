"""A pattern finds what people write for it, and says where."""

import time

import pytest

from coursekit.practice.matching import Text
from coursekit.questions import PatternError


def found(pattern, text, **options):
    answer = Text(text)
    return [
        [answer.words_between(*phrase) for phrase in match.phrases]
        for match in answer.find(pattern, **options)
    ]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("bias correct*", "It needs Bias Correction."),
        ("gradient", "the gradients"),
        ("loss", "losses"),
        ("train", "training, trained"),
        ("average", "averaging"),
        ("class", "both classes"),
        ("optimis*", "optimization"),
        ("optimiz*", "optimisation"),
        ("normalise", "we normalize it"),
        ("behavior*", "its behaviour"),
        ("mean|average", "on average"),
        ("choose", "was chosen by"),
        ("learned from", "has learnt from"),
    ],
)
def test_endings_and_spellings_do_not_matter(pattern, text):
    assert found(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("mean", "That has no meaning"),
        ("set", "the setting"),
        ("adam", "AdamW"),
        ("rate", "separate"),
        ("ada*", "canada"),
        ("standard error", "A standard. Error bars"),
        ("bias", "unbiased"),
        ("29%", "29 apples"),
    ],
)
def test_other_words_do_not_match(pattern, text):
    assert not found(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("l2", "an L2 penalty"),
        ("1/n", "divided by 1/n"),
        ("1/n", "divided by 1 / n"),
        ("63.2%", "about 63.2 % of the rows"),
        ("63.2%", "about 63.2 percent"),
        ("29", "a 29% loss"),
        ("0.5", "a threshold of .5"),
        ("r2", "R²"),
        ("r2", "R^2"),
        ("1-beta*", "by 1 − β^t".replace("−", "-")),
        ("f0.5", "the F0.5 score"),
        ("p-y", "p - y"),
        ("from_logits", "from_logits=True"),
        ("random_state", "the random state"),
        ("i.i.d", "i.i.d. rows"),
        ("naïve", "a naive rule"),
    ],
)
def test_numbers_and_symbols_are_words(pattern, text):
    assert found(pattern, text)


@pytest.mark.parametrize("text", ["cross-validated", "cross validated", "crossvalidated"])
def test_a_compound_may_be_written_in_three_ways(text):
    assert found("cross-validat*", text)


@pytest.mark.parametrize("text", ["hold-out", "holdout", "HoldOut"])
def test_a_word_is_found_in_a_compound(text):
    assert found("holdout", text)


def test_the_parts_of_a_name_are_words():
    assert found("plateau", "ReduceLROnPlateau")
    assert found("early stopping", "EarlyStopping")
    assert found("reducelronplateau", "ReduceLROnPlateau")


@pytest.mark.parametrize("text", ["it doesn't shrink", "it does not shrink", "it doesn’t shrink"])
def test_a_contraction_is_two_words(text):
    assert found("does not shrink", text)
    assert found("doesn't shrink", text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("learning rate*", "a large step size"),
        ("mse", "the mean squared error"),
        ("mean squared error", "MSE"),
        ("true positive rate", "the sensitivity"),
        ("near(cross-entropy, logit*, 5)", "log loss on the logits"),
    ],
)
def test_synonyms_match_each_other(pattern, text):
    assert found(pattern, text)


def test_a_phrase_may_hold_small_words_and_lack_articles():
    assert found("then split", "then I split")
    assert found("fit on the test", "fit on test rows")
    assert not found("then split", "then nobody ever split")


def test_near_counts_words_in_any_order():
    pattern = "near(variance, averag*, 3)"

    assert found(pattern, "averaging of noisy variance") == [["averaging", "variance"]]
    assert found(pattern, "variance of an average")
    assert not found(pattern, "variance of four noisy numbers is average")


def test_near_needs_a_word_for_each_phrase():
    assert not found("near(mean|median, median|mode, 5)", "the median alone")
    assert found("near(mean|median, median|mode, 5)", "the mean, the median")


def test_near_takes_the_nearest_of_several_places():
    text = "test " * 3 + "and so on and so forth until the test once more"

    assert found("near(test, once, 2)", text) == [["test", "once"]]


def test_near_holds_three_phrases():
    pattern = "near(gradient*, square*, running, 6)"

    assert found(pattern, "a running mean of squared gradients")
    assert not found(pattern, "a running mean of gradients")


def test_near_may_be_held_to_a_sentence():
    text = "Adam is fast. It always converges."

    assert found("near(adam, converges, 8)", text)
    assert not found("near(adam, converges, 8)", text, strictly=True)


def test_everyday_words_have_no_synonyms_where_it_is_strict():
    assert found("large errors", "big errors")
    assert not found("large errors", "big errors", strictly=True)
    assert found("mse", "mean squared error", strictly=True)


def test_offsets_count_the_characters_of_the_text_as_given():
    text = "Naïve: ½ the 𝛽 of  Bias\u00a0Correction!"
    answer = Text(text)
    (match,) = answer.find("bias correct*")
    start, end = answer.span(*match.phrases[0])

    assert text[start:end] == "Bias\u00a0Correction"


@pytest.mark.parametrize("text", ["", "   \n", "?!…", "\x00\x1b[0m", "\ud800"])
def test_a_text_without_words_matches_nothing(text):
    assert Text(text).find("near(test, once, 5)") == []


def test_signs_of_regular_expressions_are_only_signs():
    assert not found("leak*", "(l+e*a?k){99}.*$")
    assert found("leak*", "(.*leaks[")


def test_a_pattern_that_cannot_be_read_is_refused():
    with pytest.raises(PatternError):
        Text("word").find("near(one, 3)")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "\n" * 300_000,
        "\r " * 150_000,
        "a-" * 150_000,
        "1." * 150_000,
        "a'" * 150_000,
        "then " + "the " * 75_000,
        "test once " * 30_000,
        "not " * 75_000,
    ],
    ids=["letters", "lines", "returns", "hyphens", "dots", "quotes", "articles", "hits", "nots"],
)
def test_long_and_hostile_texts_take_seconds_not_minutes(text):
    start = time.process_time()
    Text(text).find("near(test, once, 10)")
    Text(text).find("then split")

    assert time.process_time() - start < 10
