"""The quiz: pure states of a round, the choice of its cards, and its notebook form."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from coursekit import course
from coursekit.course import LessonNotFoundError
from coursekit.practice.cards import Card, all_cards, rate
from coursekit.practice.database import NotSavedWarning
from coursekit.practice.notebook_quiz import find_evidence, quiz
from coursekit.practice.quiz_session import Given, QuizError, QuizSession, choose_cards
from coursekit.questions import load_bank

BANK = load_bank()
CARDS = tuple(Card(question) for question in BANK[:3])
ONE, TWO, THREE = (card.label for card in CARDS)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))


def test_a_card_goes_from_its_question_to_its_answer_to_the_next_card():
    session = QuizSession(CARDS)

    assert (session.phase, session.card.label) == ("question", ONE)
    revealed = session.reveal()
    assert (revealed.phase, revealed.card.label) == ("answer", ONE)
    after = revealed.rate("good", missed=[2])
    assert (after.phase, after.card.label) == ("question", TWO)
    assert after.given == (Given(ONE, "good", (BANK[0].key_points[1].text,)),)
    assert (session.phase, session.given) == ("question", ())  # a step changes nothing


def test_a_card_rated_again_comes_back_after_the_others():
    session = QuizSession(CARDS).reveal().rate("again")

    assert [card.label for card in session.queue] == [TWO, THREE, ONE]


def test_a_round_ends_with_its_last_card_and_sums_up():
    session = QuizSession(CARDS[:2]).reveal().rate("hard").skip()

    assert session.phase == "over"
    counts = {"again": 0, "hard": 1, "good": 0, "easy": 0, "skipped": 1, "left": 0}
    assert session.summary() == counts
    for step in (session.reveal, session.skip, lambda: session.rate("good")):
        with pytest.raises(QuizError, match="round is over"):
            step()


def test_a_rating_needs_the_answer_and_names_that_exist():
    session = QuizSession(CARDS)

    with pytest.raises(QuizError, match="look at the answer"):
        session.rate("good")
    with pytest.raises(QuizError, match="'great' is no rating"):
        session.reveal().rate("great")
    with pytest.raises(QuizError, match="no key point 99: there are 1 to"):
        session.reveal().rate("good", missed=[1, 99])


def test_cards_are_chosen_by_filter_and_ordered_due_then_new_then_weakest():
    now = datetime(2027, 3, 1, tzinfo=UTC)
    lesson = [question for question in BANK if question.lesson == "14_optimizers"]
    for question, rating, age in zip(lesson, ("again", "easy", "hard"), (9, 1, 0), strict=False):
        rate(question.label, rating, now=now - timedelta(days=age))
    cards = all_cards(now=now)

    chosen = choose_cards(cards, lessons=["14_optimizers"])

    assert [card.is_due for card in chosen] == [True] + [False] * (len(chosen) - 1)
    assert chosen[0].label == lesson[0].label
    assert [card.label for card in chosen[-2:]] == [lesson[2].label, lesson[1].label]
    assert all(card.is_new for card in chosen[1:-2])
    assert [card.label for card in choose_cards(cards, only_due=True)] == [lesson[0].label]
    assert {card.label for card in choose_cards(cards, only_weak=True)} == {
        lesson[0].label,
        lesson[2].label,
    }
    assert len(choose_cards(cards, limit=2)) == 2
    tag = lesson[0].tags[0]
    assert all(tag in card.question.tags for card in choose_cards(cards, tag=tag))
    assert {card.question.difficulty for card in choose_cards(cards, difficulty=2)} == {2}


def type_keys(view, keys):
    """Type into the key field, letter after letter, as the browser sends it."""
    for key in keys:
        view.keys.value = view.keys.value + key


def test_a_round_is_played_with_the_mouse():
    view = quiz(14, limit=2)
    first = view.session.card

    assert view._buttons.children == (view.show, view.leave_out)
    view.show.click()
    assert first.question.key_points[0].text in view._points.children[0].description
    view._points.children[0].value = True
    view.ratings["hard"].click()
    view.leave_out.click()

    assert view.session.phase == "over"
    assert view._buttons.children == ()
    assert "1 hard, 1 skipped" in view._page.value
    (saved,) = (card for card in all_cards() if not card.is_new)
    assert (saved.label, saved.missed) == (first.label, (first.question.key_points[0].text,))
    assert saved.reviews[0].seconds >= 0


def test_a_round_is_played_with_the_keyboard_alone():
    view = quiz(14, limit=2)
    first = view.session.card

    type_keys(view, "g")  # nothing to rate yet
    assert view.session.phase == "question"
    type_keys(view, "s2")
    assert [box.value for box in view._points.children][:3] == [False, True, False]
    type_keys(view, "22h")
    assert view.keys.value == ""
    type_keys(view, "sE")

    assert view.session.phase == "over"
    saved = {card.label: card for card in all_cards() if not card.is_new}
    assert saved[first.label].missed == (first.question.key_points[1].text,)
    assert [each.rating for each in view.session.given] == ["hard", "easy"]


def test_a_key_typed_before_the_field_was_emptied_counts_once():
    view = quiz(14, limit=3)

    view._on_key({"old": "", "new": "s"})
    view._on_key({"old": "", "new": "sg"})  # the browser had not seen the emptied field yet
    view._on_key({"old": "sg", "new": "s"})  # a backspace

    assert len(view.session.given) == 1
    assert view.session.phase == "question"


def test_a_rating_that_cannot_be_kept_is_told_beside_the_buttons(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))
    with pytest.warns(NotSavedWarning):
        view = quiz(14, limit=1)

    type_keys(view, "sg")

    assert "Not saved" in view._status.value
    assert view.session.phase == "over"


def test_the_answer_shows_the_myth_and_escapes_every_text():
    question = BANK[0].model_copy(update={"question": "Is <b> safe?", "short_answer": "1 < 2"})
    view = quiz(questions=[question])
    view.show.click()

    assert "Is &lt;b&gt; safe?" in view._page.value
    assert "1 &lt; 2" in view._page.value
    assert "In truth:" in view._page.value


def test_the_lessons_picture_proves_the_answer_where_the_lessons_are(tmp_path):
    from coursekit.questions.bank_files import BANK_FOLDER

    notebooks = BANK_FOLDER.parents[2] / "notebooks"
    view = quiz(14, notebooks=notebooks, limit=1)
    view.show.click()

    assert bytes(view._picture.value).startswith(b"\x89PNG")
    assert view._picture.layout.display is None
    assert "What proves it" in view._page.value
    (tmp_path / "14_optimizers.ipynb").write_text("broken")
    assert find_evidence(view.session.card.question, tmp_path) is None


def test_a_filter_that_nothing_fits_is_named():
    with pytest.raises(QuizError, match=r"lesson 14, tag nowhere, only due\): leave a filter out"):
        quiz(14, tag="nowhere", only_due=True)


@pytest.mark.parametrize("lesson", [14, "14", "optimizers", "14_optimizers"])
def test_a_lesson_may_be_named_as_in_every_command(lesson):
    assert quiz(lesson, limit=1).session.card.question.lesson == "14_optimizers"


def test_a_lesson_that_is_none_is_told_with_what_there_is():
    with pytest.raises(LessonNotFoundError, match="Did you mean 14_optimizers"):
        quiz("optimisers")


def test_the_lessons_are_found_where_the_course_is(tmp_path, monkeypatch):
    shipped = course.shipped_course() / "notebooks" / "14_optimizers.ipynb"
    (tmp_path / "course" / "notebooks").mkdir(parents=True)
    shutil.copy(shipped, tmp_path / "course" / "notebooks")
    monkeypatch.setenv("COURSEKIT_COURSE", str(tmp_path / "course"))
    monkeypatch.chdir(tmp_path)

    view = quiz("optimizers", limit=1)
    view.show.click()

    assert "What proves it" in view._page.value


def test_the_view_is_shown_by_jupyter():
    bundle = quiz(14)._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in bundle
