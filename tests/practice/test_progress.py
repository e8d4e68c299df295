"""Progress: where the learner stands, the next thing to do, and the way to another machine."""

import json
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from coursekit.checks.attempts import record_attempt
from coursekit.checks.outcomes import Outcome
from coursekit.practice.budgets import daily_budget
from coursekit.practice.cards import all_cards, rate
from coursekit.practice.database import connect
from coursekit.practice.progress import find_weak_spots, show_progress
from coursekit.practice.progress_files import (
    Imported,
    ProgressImportError,
    export_progress,
    import_progress,
)
from coursekit.practice.settings import SettingError, load_settings, save_settings
from coursekit.questions import load_bank

BANK = load_bank()
NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
NOTHING = Imported(0, 0, 0, 0)


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """Go to a machine by name, with a progress file of its own."""
    monkeypatch.delenv("COURSEKIT_ATTEMPTS", raising=False)

    def go_to(name):
        monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / name))

    go_to("here")
    return go_to


def attempt(exercise="14_adam_step", outcome="right"):
    record_attempt(Outcome(exercise, "14_optimizers", outcome, 1, 1, ""))


def interview(name, finished=None, state="{}"):
    with connect() as database:
        database.execute(
            "INSERT INTO mock_interviews (id, started_at, finished_at, seed, minutes, state) "
            "VALUES (?, '2027-03-01', ?, 7, 20, ?) ON CONFLICT (id) DO UPDATE SET "
            "finished_at = excluded.finished_at, state = excluded.state",
            (name, finished, state),
        )


def everything():
    """Read all tables but the attempts' row numbers, for comparison."""
    queries = {
        "attempts": "made_at, exercise, lesson, outcome, mistake FROM attempts",
        "cards": "* FROM cards",
        "reviews": "* FROM reviews",
        "settings": "* FROM settings",
        "mock_interviews": "* FROM mock_interviews",
    }
    with connect() as database:
        return {
            table: sorted(map(tuple, database.execute(f"SELECT {query}")), key=str)
            for table, query in queries.items()
        }


def practise():
    attempt()
    attempt()
    attempt("14_plateau", "wrong")
    rate("DL-25", "good", now=NOW, seconds=40)
    rate("DL-25", "hard", now=NOW + DAY, missed=[_question("DL-25").key_points[0].text])
    rate("HT-4", "easy", now=NOW)
    save_settings(interview_date=date(2027, 4, 1), retention=0.93)
    interview("a", state='{"at": 3}')


def _question(label):
    return next(question for question in BANK if question.label == label)


def test_an_export_makes_an_empty_machine_the_same(machine, tmp_path):
    practise()
    file = export_progress(tmp_path / "progress.json")
    before = everything()
    machine("there")

    assert import_progress(file) == Imported(3, 3, 2, 1)
    assert everything() == before


def test_importing_twice_adds_nothing(machine, tmp_path):
    practise()
    file = export_progress(tmp_path / "progress.json")
    before = everything()

    assert import_progress(file) == NOTHING
    machine("there")
    import_progress(file)
    assert import_progress(file) == NOTHING
    assert everything() == before


def test_two_machines_that_exchange_their_exports_agree_and_lose_nothing(machine, tmp_path):
    practise()
    here = export_progress(tmp_path / "here.json")
    machine("there")
    import_progress(here)
    rate("DL-25", "again", now=NOW + 2 * DAY)
    rate("LF-14", "good", now=NOW + 2 * DAY)
    attempt("14_plateau", "right")
    there = export_progress(tmp_path / "there.json")
    machine("here")
    rate("DL-25", "easy", now=NOW + 3 * DAY)
    attempt("14_schedule", "crashed")
    here = export_progress(tmp_path / "here.json")

    assert import_progress(there) == Imported(1, 2, 0, 0)
    merged = everything()
    machine("there")
    assert import_progress(here) == Imported(1, 1, 0, 0)
    assert everything() == merged
    assert len(merged["attempts"]) == 5
    card = next(card for card in all_cards(now=NOW + 3 * DAY) if card.label == "DL-25")
    assert [review.rating for review in card.reviews] == ["good", "hard", "again", "easy"]


def test_attempts_made_in_the_same_millisecond_are_neither_lost_nor_doubled(machine, tmp_path):
    with connect() as database:
        database.executemany(
            "INSERT INTO attempts (made_at, exercise, lesson, outcome) VALUES (?, 'e', 'l', ?)",
            [("2027-03-01T09:30:00.123Z", "wrong")] * 2,
        )
    file = export_progress(tmp_path / "progress.json")
    machine("there")

    assert import_progress(file).attempts == 2
    assert import_progress(file).attempts == 0


def test_the_setting_that_was_set_last_is_kept(machine, tmp_path):
    save_settings(retention=0.8)
    old = export_progress(tmp_path / "old.json")
    machine("there")
    save_settings(retention=0.95)
    new = export_progress(tmp_path / "new.json")

    assert import_progress(old).settings == 0
    assert load_settings().retention == 0.95
    machine("here")
    assert import_progress(new).settings == 1
    assert load_settings().retention == 0.95


def test_a_finished_interview_is_kept_rather_than_an_unfinished_one(machine, tmp_path):
    interview("a", state='{"at": 1}')
    unfinished = export_progress(tmp_path / "unfinished.json")
    machine("there")
    interview("a", finished="2027-03-02", state='{"at": 9}')
    finished = export_progress(tmp_path / "finished.json")

    assert import_progress(unfinished).mock_interviews == 0
    machine("here")
    interview("a", state='{"at": 2}')
    assert import_progress(finished).mock_interviews == 1
    with connect() as database:
        (row,) = database.execute("SELECT * FROM mock_interviews")
    assert (row["finished_at"], json.loads(row["state"])) == ("2027-03-02", {"at": 9})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "no export of progress"),
        ('{"format": "coursekit-progress", "version": 9}', "version 9.*update coursekit"),
        ('{"format": "coursekit-progress", "version": 1}', "Nothing was imported"),
    ],
)
def test_a_file_that_is_no_export_is_refused(tmp_path, text, message):
    file = tmp_path / "other.json"
    file.write_text(text)

    with pytest.raises(ProgressImportError, match=message):
        import_progress(file)


def test_an_export_with_one_wrong_record_imports_nothing(machine, tmp_path):
    practise()
    file = export_progress(tmp_path / "progress.json")
    for change in (
        lambda document: document["reviews"][-1].update(rating="perfect"),
        lambda document: document["settings"][-1].update(name="retention", value=7),
    ):
        document = json.loads(file.read_text())
        change(document)
        wrong = tmp_path / "wrong.json"
        wrong.write_text(json.dumps(document))
        machine("there")
        with pytest.raises(ProgressImportError, match="Nothing was imported"):
            import_progress(wrong)
        assert not any(everything().values())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_an_export_keeps_the_mode_of_the_file_that_it_replaces(tmp_path):
    file = tmp_path / "progress.json"
    file.write_text("old")
    file.chmod(0o644)

    export_progress(file)

    assert file.stat().st_mode & 0o777 == 0o644


def test_an_export_that_fails_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    file = tmp_path / "progress.json"
    file.write_text("before")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))

    with pytest.raises(OSError, match="full"):
        export_progress(file)

    assert file.read_text() == "before"
    assert [path.name for path in tmp_path.glob("*.json*")] == ["progress.json"]


def test_progress_counts_exercises_and_cards_by_lesson():
    practise()

    found = show_progress(now=NOW + DAY)

    lesson = next(each for each in found.lessons if each.lesson == "14_optimizers")
    assert lesson.solved == ("14_adam_step",)
    assert lesson.n_seen == found.n_seen == 2
    assert found.n_cards == len(BANK)
    assert found.saved
    assert json.loads(json.dumps(found.to_json()))["settings"]["interview_date"] == "2027-04-01"


def test_weak_spots_name_what_is_forgotten_and_what_was_left_out():
    points = [point.text for point in _question("DL-25").key_points]
    rate("DL-25", "again", now=NOW, missed=points[:2])

    spots = find_weak_spots(all_cards(now=NOW))

    assert spots[0].topic == "14_optimizers"
    assert spots[0].missed == (("DL-25", points[0]), ("DL-25", points[1]))
    assert 0 < spots[0].mentioned < 1
    assert spots[-1].recall is None
    tags = {spot.topic: spot for spot in find_weak_spots(all_cards(now=NOW), "tag")}
    assert all(tags[tag].n_weak == 1 for tag in _question("DL-25").tags)


def test_what_an_interview_missed_is_a_weak_spot_until_the_card_is_reviewed_again():
    points = _question("DL-25").key_points
    heard = [{"text": point.text, "mentioned": point is not points[1]} for point in points]
    debrief = {"questions": [{"label": "DL-25", "key_points": heard}]}
    interview("a", finished=NOW.isoformat())
    with connect() as database:
        database.execute("UPDATE mock_interviews SET debrief = ?", (json.dumps(debrief),))

    def spot():
        spots = show_progress(now=NOW + DAY).weak_spots
        return next(each for each in spots if each.topic == "14_optimizers")

    assert spot().missed == (("DL-25", points[1].text),)
    assert 0 < spot().mentioned < 1
    rate("DL-25", "good", now=NOW + DAY)
    assert spot().missed == ()


def test_a_mock_interview_that_was_held_is_read():
    from coursekit.practice.mock_store import save_interview, start_interview

    mock = start_interview(BANK, 2, "14", 7)
    label = mock.question.label
    mock.answer("no idea")
    mock.finish()
    save_interview(mock)

    found = show_progress()

    assert found.n_mock_interviews == 1
    missed = {text for spot in found.weak_spots for name, text in spot.missed if name == label}
    assert missed == {point.text for point in _question(label).key_points}


def test_the_next_thing_is_what_is_due_then_what_was_begun_then_what_is_new_then_what_is_weak():
    bank = [_question("DL-25"), _question("HT-4")]
    save_settings(new_per_day=1)
    rate("DL-25", "hard", now=NOW)
    attempt(bank[0].exercises[0], "wrong")

    def step(now=NOW):
        return show_progress(bank, now).next_step

    assert step(NOW + DAY).command == "coursekit quiz --due"
    assert bank[0].exercises[0] in step().reason
    attempt(bank[0].exercises[0], "right")
    assert step().command == "coursekit quiz --weak --lesson 14"
    save_settings(new_per_day=2)
    assert step().command == "coursekit quiz --limit 1"
    rate("HT-4", "easy", now=NOW)
    rate("DL-25", "easy", now=NOW + timedelta(minutes=1))
    assert step(NOW + timedelta(minutes=1)).command.startswith("coursekit mock")


def test_the_map_of_weak_spots_shows_shares_and_leaves_unseen_topics_blank():
    import matplotlib.pyplot as plt
    import numpy as np

    from coursekit.practice.weak_spot_map import weak_spot_table, weak_spots

    rate("DL-25", "good", missed=[_question("DL-25").key_points[0].text])
    table = weak_spot_table(find_weak_spots(all_cards()))
    ax = weak_spots()
    try:
        assert [label.get_text() for label in ax.get_yticklabels()] == list(table.index)
        shown = ax.collections[0].get_array()
        assert np.ma.count(shown) == 3 + (
            len(table) - 1
        )  # of unseen topics only "seen", which is 0
        assert table.loc["14_optimizers", "recall now"] == 1
    finally:
        plt.close(ax.figure)


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("reviews", "reviewed_at", "0001-01-01T00:00:00+14:00"),
        ("reviews", "reviewed_at", "9999-12-31T23:59:59-14:00"),
        ("reviews", "label", "\ud800"),
        ("settings", "value", "9999-12-31"),
        ("settings", "value", 20270401),
        ("mock_interviews", "seed", 2**70),
        ("mock_interviews", "minutes", float("nan")),
        ("mock_interviews", "finished_at", "soon"),
        ("mock_interviews", "debrief", {}),
        ("mock_interviews", "debrief", {"questions": [1]}),
        ("mock_interviews", "state", {"id": None}),
    ],
)
def test_a_hostile_file_is_refused_whole_and_stops_no_later_command(
    machine, tmp_path, table, field, value
):
    practise()
    file = export_progress(tmp_path / "progress.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    record = next(
        each for each in document[table] if table != "settings" or each["name"] == "interview_date"
    )
    record[field] = value
    file.write_text(json.dumps(document), encoding="utf-8")
    machine("there")

    with pytest.raises(ProgressImportError):
        import_progress(file)
    assert show_progress().n_seen == 0


@pytest.mark.parametrize("value", [2.5, True, float("nan"), "5", None, 10**400])
def test_new_cards_a_day_are_a_whole_number(value):
    with pytest.raises((SettingError, TypeError)):
        save_settings(new_per_day=value)
    assert load_settings().new_per_day == 10


def test_a_card_that_lay_open_or_was_rated_by_a_script_tells_nothing_of_the_time_needed():
    for label, seconds in (("DL-25", 0.01), ("HT-4", 40), ("LF-14", 30_000)):
        rate(label, "good", now=NOW, seconds=seconds)

    budget = daily_budget(now=NOW)

    assert budget.minutes == pytest.approx((budget.due + budget.new) * 40 / 60, abs=0.1)
