"""One progress file for several programs: brought up to date, never lost, never fatal."""

import sqlite3
import subprocess
import sys
import textwrap
import time
import warnings
from contextlib import closing

import pytest

from coursekit.checks.attempts import KNOWN_VERSION, record_attempt, solved_exercises
from coursekit.checks.outcomes import Outcome
from coursekit.practice import database as room
from coursekit.practice.database import (
    DamagedFileWarning,
    NotSavedWarning,
    ProgressFileError,
    connect,
    database_file,
    is_saved,
    transact,
)
from coursekit.practice.migrations import STEPS

# As released before cards: every recorded attempt set the version back to 1.
VERSION_1 = """
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    exercise TEXT NOT NULL,
    lesson TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('right', 'wrong', 'crashed', 'not attempted')),
    mistake TEXT
) STRICT;
PRAGMA user_version = 1;
"""
ADD = "INSERT INTO settings (name, value) VALUES (?, '1')"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COURSEKIT_ATTEMPTS", raising=False)
    yield tmp_path / "home"
    for database in room._in_memory.values():
        database.close()
    room._in_memory.clear()


def names():
    with connect() as database:
        return [row["name"] for row in database.execute("SELECT name FROM settings ORDER BY name")]


def start(script, *arguments, **options):
    """Start another Python that has connect and transact at hand."""
    head = "import sys, time\nfrom coursekit.practice.database import connect, transact, is_saved\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + textwrap.dedent(script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_a_new_file_has_every_table_write_ahead_logging_and_foreign_keys():
    with connect() as database:
        tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_master")}
        assert {"attempts", "cards", "reviews", "settings", "mock_interviews"} <= tables
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            database.execute(
                "INSERT INTO reviews (id, label, reviewed_at, rating) VALUES ('1', '?', '', 'good')"
            )


def test_the_known_version_is_the_number_of_steps():
    assert len(STEPS) == KNOWN_VERSION


def test_a_block_that_raises_changes_nothing():
    def block():
        with connect() as database:
            database.execute(ADD, ("lost",))
            raise LookupError

    with pytest.raises(LookupError):
        block()
    assert names() == []


def test_a_block_with_a_wrong_statement_says_so_and_changes_nothing():
    def operation(database):
        database.execute(ADD, ("lost",))
        database.execute("SELECT * FROM nowhere")

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        transact(operation)
    assert names() == []
    assert is_saved()


def test_a_file_of_version_1_keeps_its_attempts(home):
    home.mkdir()
    with closing(sqlite3.connect(database_file())) as old:
        old.executescript(VERSION_1)
        old.execute(
            "INSERT INTO attempts (exercise, lesson, outcome) VALUES ('14_a', '14_x', 'right')"
        )
        old.commit()

    with connect() as database:
        assert database.execute("PRAGMA user_version").fetchone()[0] == KNOWN_VERSION
        assert [row["exercise"] for row in database.execute("SELECT * FROM attempts")] == ["14_a"]
    assert solved_exercises() == {"14_a"}


def test_a_file_that_an_old_release_set_back_to_version_1_keeps_its_cards():
    with connect() as database:
        database.execute(ADD, ("kept",))
    with closing(sqlite3.connect(database_file())) as old:
        old.executescript(VERSION_1)

    assert names() == ["kept"]


def test_a_check_writes_into_the_same_file_and_leaves_its_version():
    with connect() as database:
        database.execute(ADD, ("kept",))

    record_attempt(Outcome("14_a", "14_x", "right", 1, 1, ""))

    with connect() as database:
        assert database.execute("PRAGMA user_version").fetchone()[0] == KNOWN_VERSION
        assert database.execute("SELECT count(*) FROM attempts").fetchone()[0] == 1
    assert names() == ["kept"]


def test_a_file_of_a_newer_release_is_refused_and_left_as_it_is(home):
    home.mkdir()
    with closing(sqlite3.connect(database_file())) as newer:
        newer.executescript("CREATE TABLE later (x); PRAGMA user_version = 99;")
    before = database_file().read_bytes()

    with pytest.raises(ProgressFileError, match=r"newer coursekit.*99.*update coursekit"):
        names()
    with pytest.warns(RuntimeWarning, match="newer coursekit"):
        record_attempt(Outcome("14_a", "14_x", "right", 1, 1, ""))

    assert database_file().read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 400, b"SQLite format 3\0" + b"\xff" * 9000]
)
def test_a_damaged_file_is_set_aside_and_never_deleted(home, content):
    home.mkdir()
    database_file().write_bytes(content)

    with pytest.warns(DamagedFileWarning, match="kept as"):
        assert names() == []

    (aside,) = home.glob("progress.damaged-*.sqlite")
    assert aside.read_bytes() == content
    with connect() as database:
        database.execute(ADD, ("new",))
    assert names() == ["new"]


def test_damage_in_the_middle_of_the_file_is_found(home):
    with connect() as database:
        database.executemany(ADD, [(f"setting {n:04}",) for n in range(2000)])
    with closing(sqlite3.connect(database_file())) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    room._checked.clear()  # as another program would find it
    whole = database_file().read_bytes()
    middle = len(whole) // 2
    database_file().write_bytes(whole[:middle] + b"\xa5" * 8192 + whole[middle + 8192 :])

    with pytest.warns(DamagedFileWarning):
        assert names() == []

    assert len(list(home.glob("progress.damaged-*.sqlite"))) == 1


def test_programs_that_meet_the_same_damage_set_it_aside_once_and_all_write(home):
    home.mkdir()
    database_file().write_bytes(b"not a database at all" * 400)
    script = """
    import warnings
    warnings.simplefilter("ignore")
    print("ready", flush=True)
    sys.stdin.readline()
    with connect() as database:
        database.execute("INSERT INTO settings (name, value) VALUES (?, '1')", (sys.argv[1],))
    """
    writers = [start(script, name, stdin=subprocess.PIPE) for name in "abcd"]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()

    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    assert names() == ["a", "b", "c", "d"]
    assert len(list(home.glob("progress.damaged-*.sqlite"))) == 1


def test_several_programs_write_at_once_and_none_loses_anything():
    script = """
    for n in range(40):
        with connect() as database:
            (count,) = database.execute("SELECT count(*) FROM settings").fetchone()
            database.execute("INSERT INTO settings (name, value) VALUES (?, ?)",
                             (f"{sys.argv[1]} {n}", str(count)))
    """
    writers = [start(script, name) for name in ("one", "two", "three")]

    assert [writer.communicate()[1] for writer in writers] == [""] * 3
    with connect() as database:
        counts = [int(row["value"]) for row in database.execute("SELECT value FROM settings")]
    # Each saw all that was written before it: no write went between its reading and writing.
    assert sorted(counts) == list(range(120))


def test_a_writer_killed_in_the_middle_of_a_write_leaves_what_was_committed():
    script = """
    with connect() as database:
        database.execute("INSERT INTO settings (name, value) VALUES ('committed', '1')")
    with connect() as database:
        database.execute("PRAGMA cache_size = 1")  # so that unfinished pages reach the disk
        for n in range(3000):
            database.execute("INSERT INTO settings (name, value) VALUES (?, '1')", (f"half {n}",))
        print("writing", flush=True)
        time.sleep(60)
    """
    writer = start(script)
    assert writer.stdout.readline() == "writing\n"
    assert database_file().with_name("progress.sqlite-wal").stat().st_size > 100_000
    writer.kill()  # SIGKILL
    writer.communicate()

    begun = time.monotonic()
    assert names() == ["committed"]
    with connect() as database:
        database.execute(ADD, ("next",))
    assert names() == ["committed", "next"]
    assert time.monotonic() - begun < 5


def test_a_program_that_holds_the_file_too_long_is_told_of(monkeypatch):
    monkeypatch.setattr(room, "BUSY_SECONDS", 0.1)
    names()
    with closing(sqlite3.connect(database_file(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ProgressFileError, match="held by another program"):
            names()

    assert names() == []


def test_a_home_that_cannot_be_written_gives_one_warning_and_practice_goes_on(home, monkeypatch):
    home.parent.joinpath("file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(home.parent / "file" / "home"))

    with pytest.warns(NotSavedWarning, match="without saving"):
        assert names() == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with connect() as database:
            database.execute(ADD, ("for now",))
        assert names() == ["for now"]
    assert not is_saved()


def test_a_file_that_can_only_be_read_is_the_start_of_practice(monkeypatch):
    with connect() as database:
        database.execute(ADD, ("saved before",))
    real = room._connection

    def read_only(target):
        database = real(target)
        if target == database_file():
            database.execute("PRAGMA query_only = ON")
        return database

    monkeypatch.setattr(room, "_connection", read_only)
    with pytest.warns(NotSavedWarning, match="readonly"):
        transact(lambda database: database.execute(ADD, ("for now",)))
    assert names() == ["for now", "saved before"]

    room._in_memory.clear()
    monkeypatch.undo()


FULL = """
import resource, warnings
with connect() as database:
    database.execute("INSERT INTO settings (name, value) VALUES ('before', '1')")
resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000))
def add(database):
    for n in range(3000):
        database.execute("INSERT INTO settings (name, value) VALUES (?, '1')", (f"much {n}",))
    return "done"
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    ATTEMPT
print([each.category.__name__ for each in caught], is_saved())
with connect() as database:
    print(database.execute("SELECT count(*) FROM settings").fetchone()[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize(
    ("attempt", "count"),
    [
        ("print(transact(add))", 3001),
        ("with connect() as database: print(add(database))", 1),
    ],
)
def test_a_full_disk_gives_one_warning_and_practice_goes_on(attempt, count):
    writer = start(FULL.replace("ATTEMPT", attempt))
    output, errors = writer.communicate()

    assert errors == ""
    assert "['NotSavedWarning'] False" in output.splitlines()
    assert output.splitlines()[-1] == str(count)
    if count > 1:
        assert output.splitlines()[0] == "done"
    assert names() == ["before"]
