"""Cards: what FSRS and the interview date make due, what is weak, what today asks."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from coursekit.practice.budgets import daily_budget
from coursekit.practice.cards import (
    UnknownCardError,
    all_cards,
    due,
    rate,
    weak,
    weaknesses,
)
from coursekit.practice.settings import SettingError, Settings, load_settings, save_settings
from coursekit.questions import load_bank

BANK = load_bank()[:8]
ZONE = timezone(timedelta(hours=5))
NOW = datetime(2027, 3, 1, 9, 30, tzinfo=ZONE)
DAY = timedelta(days=1)
FIRST, SECOND = BANK[0], BANK[1]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))


def rated(question, rating, now=NOW, **more):
    return rate(question.label, rating, questions=BANK, now=now, **more)


def test_every_question_of_the_bank_is_a_new_card_at_first():
    cards = all_cards()

    assert [card.label for card in cards] == [question.label for question in load_bank()]
    assert all(card.is_new and card.due is None and not card.is_due for card in cards)
    assert due() == weak() == []


def test_a_rating_schedules_as_fsrs_does():
    import fsrs

    theirs, _ = fsrs.Scheduler(enable_fuzzing=False).review_card(
        fsrs.Card(), fsrs.Rating.Easy, NOW.astimezone(UTC)
    )

    ours = rated(FIRST, "easy")

    assert ours.due == theirs.due
    assert ours.stability == theirs.stability
    assert ours.reviews[0].rating == "easy"


def test_a_card_is_due_when_its_time_has_come_and_the_least_surely_recalled_comes_first():
    rated(FIRST, "easy")
    again = rated(SECOND, "again")

    assert [card.label for card in due(BANK, NOW + timedelta(minutes=2))] == [SECOND.label]
    later = due(BANK, NOW + 30 * DAY)
    assert [card.label for card in later] == [SECOND.label, FIRST.label]
    assert later[0].recall < later[1].recall
    assert again.due == NOW + timedelta(minutes=1)


def test_a_higher_retention_makes_cards_due_sooner_those_already_rated_too():
    before = rated(FIRST, "easy").due
    save_settings(retention=0.97)

    (after,) = (card for card in all_cards(BANK, NOW) if not card.is_new)

    assert after.due < before


@pytest.mark.parametrize("days", range(1, 12))
def test_no_interval_goes_beyond_the_interview(days):
    interview = date(2027, 3, 12)
    save_settings(interview_date=interview)
    now = datetime(2027, 3, days, 22, 15, tzinfo=ZONE)
    for _ in range(4):
        card = rated(FIRST, "easy", now)
    assert now < card.due <= datetime(2027, 3, 12, tzinfo=ZONE)


def test_what_is_reviewed_on_the_day_itself_is_due_by_its_end():
    save_settings(interview_date=NOW.date())

    card = rated(FIRST, "easy")

    assert NOW < card.due < datetime(2027, 3, 2, tzinfo=ZONE)


def test_a_date_set_later_limits_cards_already_rated_and_a_passed_one_limits_nothing():
    free = rated(FIRST, "easy").due
    save_settings(interview_date=date(2027, 3, 3))

    assert all_cards(BANK, NOW)[0].due == datetime(2027, 3, 3, tzinfo=ZONE)
    assert all_cards(BANK, NOW + 4 * DAY)[0].due == free


def test_weak_is_what_was_hard_what_lacked_a_point_and_what_is_being_forgotten():
    rated(BANK[0], "hard")
    rated(BANK[1], "good", missed=[BANK[1].key_points[0].text])
    rated(BANK[2], "easy")

    labels = [card.label for card in weak(BANK, NOW)]
    assert set(labels) == {BANK[0].label, BANK[1].label}
    assert BANK[2].label in [card.label for card in weak(BANK, NOW + 60 * DAY)]
    values = weaknesses(BANK, NOW)
    assert values[labels[0]] >= values[labels[1]] > values[BANK[2].label]
    assert values[BANK[3].label] == 0.5


def test_a_missed_point_that_the_question_no_longer_has_counts_no_more():
    card = rated(FIRST, "easy", missed=["A point of an older edition"])

    assert card.missed == ()
    assert not card.is_weak


def test_the_budget_spreads_new_cards_over_the_days_before_the_interview():
    save_settings(interview_date=NOW.date() + 3 * DAY)

    budget = daily_budget(BANK, NOW)

    assert (budget.days_left, budget.new, budget.due) == (3, 3, 0)
    assert budget.minutes == 3.0


def test_what_was_begun_today_counts_and_tomorrow_asks_the_rest():
    save_settings(interview_date=NOW.date() + 3 * DAY)
    for question in BANK[:3]:
        rated(question, "easy", seconds=30)

    assert daily_budget(BANK, NOW).new == 0
    tomorrow = daily_budget(BANK, NOW + DAY)
    assert (tomorrow.days_left, tomorrow.new) == (2, 3)
    assert tomorrow.minutes == 1.5
    # On the last day before the interview all that is left is asked.
    assert daily_budget(BANK, NOW + 2 * DAY).new == 5


def test_all_cards_come_due_on_the_day_of_the_interview():
    save_settings(interview_date=NOW.date() + 2 * DAY)
    for question in BANK:
        rated(question, "easy")

    assert daily_budget(BANK, NOW + DAY).due == 0
    assert len(due(BANK, NOW + 2 * DAY)) == len(BANK)


def test_without_a_date_a_fixed_number_of_new_cards_is_asked():
    save_settings(new_per_day=3)

    assert daily_budget(BANK, NOW).new == 3
    assert daily_budget(BANK, NOW).days_left is None


def test_settings_are_kept_and_wrong_ones_refused():
    assert load_settings() == Settings()
    save_settings(retention=0.85, interview_date=date(2027, 3, 3))
    save_settings(new_per_day=4)

    assert load_settings() == Settings(0.85, date(2027, 3, 3), 4)
    with pytest.raises(SettingError, match=r"retention is 2.*0\.7 to 0\.99"):
        save_settings(retention=2.0)
    with pytest.raises(SettingError, match="no setting 'speed'"):
        save_settings(speed=1)
    assert load_settings().retention == 0.85


def test_a_rating_or_a_label_that_is_none_is_refused_and_nothing_logged():
    with pytest.raises(ValueError, match="'perfect' is no rating: give one of again, hard"):
        rated(FIRST, "perfect")
    with pytest.raises(UnknownCardError, match="no card 'XX-1'"):
        rate("XX-1", "good", questions=BANK)

    assert all(card.is_new for card in all_cards(BANK))


def test_a_card_rated_with_a_clock_set_ahead_is_due_now_and_not_in_years():
    rated(FIRST, "easy", now=NOW + 1500 * DAY)

    assert [card.label for card in due(BANK, NOW)] == [FIRST.label]
    assert daily_budget(BANK, NOW).due == 1


def test_what_was_rated_with_a_clock_set_ahead_is_taken_as_made_now_at_the_next_rating():
    rated(FIRST, "good", now=NOW - 30 * DAY)
    rated(FIRST, "again", now=NOW + 1500 * DAY)
    rated(FIRST, "hard", now=NOW + 1501 * DAY)

    card = rated(FIRST, "good")

    assert [review.rating for review in card.reviews] == ["good", "again", "hard", "good"]
    moments = [review.reviewed_at for review in card.reviews]
    assert moments == sorted(moments)
    assert moments[-1] == NOW
    assert NOW - moments[1] < timedelta(seconds=1)
    assert NOW < card.due < NOW + 30 * DAY


def test_another_cards_reviews_keep_their_dates():
    rated(SECOND, "good", now=NOW + DAY)

    rated(FIRST, "good")

    (card,) = (card for card in all_cards(BANK, NOW) if card.label == SECOND.label)
    assert card.reviews[0].reviewed_at == NOW + DAY
