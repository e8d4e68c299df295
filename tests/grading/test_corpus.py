"""The command grades a hostile class: each right or for a person, nobody else touched, in time.

The whole corpus is graded once; `python -m tests.grading.corpus` prints it as a table.
"""

import base64
import json
import re
import sys
from html.parser import HTMLParser

import pytest

from .corpus import CASES, EXERCISES, GROUPS
from .corpus.classroom import Classroom
from .corpus.findings import disagreements, verdicts
from .corpus.stealing import SECRET

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the corpus attacks Linux"),
]
_MOST_BYTES_OF_A_PAGE = 30 << 20
_ACTIVE = {"corpus-pwned", "iframe", "object", "embed", "base", "form"}
_FOREIGN = re.compile(
    r"\s*(javascript|data:(?!image/(png|svg[+]xml);base64)|http|//)", re.IGNORECASE
)
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    with Classroom(tmp_path_factory.mktemp("corpus"), CASES) as classroom:
        yield classroom


@pytest.fixture(scope="module")
def findings(classroom):
    return classroom.grade()


@pytest.fixture(scope="module")
def enforced():
    from coursekit.grading.sandbox import probe

    return probe().enforced


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_graded_as_it_must_be(case, findings):
    assert disagreements(case, findings) == []


def test_the_command_came_to_its_end(findings):
    assert findings.status == 0, findings.terminal[-3000:]
    assert "Traceback" not in findings.terminal


def test_the_isolation_is_told_and_stored(findings):
    assert findings.isolation.startswith("Isolation: ")
    assert findings.isolation in " ".join(findings.terminal.split())


def test_every_row_is_of_one_case(findings):
    expected = [_key(row) for case in CASES for row in findings.rows_of(case)]
    assert sorted(expected) == sorted(map(_key, findings.rows))
    assert len(set(expected)) == len(expected)


def _key(row):
    return row["shown"], row["student"]


def test_honest_work_between_the_others_is_never_left_to_a_person(findings):
    for case in GROUPS["honest"]:
        assert "review" not in verdicts(case, findings).values(), case.name


def test_whoever_is_wrong_earns_nothing(findings):
    for case in CASES:
        wrong = {full for short, full in EXERCISES.items() if "right" not in case.allowed(full)}
        checks = [check for row in findings.rows_of(case) for check in row["checks"]]
        earned = [check["earned"] or 0 for check in checks if check["exercise"] in wrong]
        assert sum(earned) == 0, case.name


def test_nobody_has_more_points_than_there_are(findings):
    assert all(sum(check["points"] for check in row["checks"]) <= 11 for row in findings.rows)
    assert all((check["earned"] or 0) <= check["points"] for row in findings.rows
               for check in row["checks"])  # fmt: skip


def test_no_process_is_left(findings):
    assert findings.left_processes == []


def test_no_file_is_left(findings):
    assert findings.left_files == []


def test_the_teachers_files_are_as_they_were(findings):
    assert findings.changed == []


def test_nobody_else_gets_a_signal(findings, enforced):
    if not enforced["signals"]:
        pytest.skip("this machine does not keep signals in")
    assert findings.bystander_lives
    assert not findings.signalled


def test_nobody_uses_the_network(findings, enforced):
    if not enforced["network"]:
        pytest.skip("this machine does not keep the network closed")
    assert findings.contacts == []


def test_no_case_tells_that_it_reached_what_is_closed(findings, enforced):
    reached = [line for line in findings.breaches() if enforced.get(line.split()[3], True)]
    assert reached == []


def test_memory_and_processes_were_bounded(findings):
    assert findings.largest_megabytes < 3500
    assert findings.most_processes < 1500


def test_no_secret_is_in_the_results(findings):
    # The code that looks for secrets is shown, so it does not hold their prefix in one piece.
    for path in findings.place.output.rglob("*"):
        if path.is_file():
            assert f"{SECRET}-".encode() not in path.read_bytes(), path


def test_the_gradebook_has_one_row_a_student_and_no_formula(findings):
    header, *rows = findings.gradebook()
    students = {row["student"] for row in findings.rows}
    assert header[0] == "student"
    assert len(rows) == len(students)
    assert all(len(row) == len(header) for row in rows)
    cells = [cell for row in (header, *rows) for cell in row]
    assert [c for c in cells if re.match(r"[=+@\t\r\n]|-(?![\d.]+$)", c)] == []


def test_names_are_safe_to_show(findings):
    for row in findings.rows:
        for name in (row["student"], row["shown"]):
            assert not _INVISIBLE.search(name), ascii(name)
    assert not re.search("[\x1b\x07\u202e]", findings.terminal)


def test_students_do_not_share_a_name(findings):
    graded = [row["student"].casefold() for row in findings.rows if row["status"] == "graded"]
    assert len(graded) == len(set(graded))


class ActiveParts(HTMLParser):
    """Collects what on a page is more than text and pictures."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        facts = {name: value or "" for name, value in attributes}
        links = [facts.get(name, "") for name in ("href", "src", "action", "formaction")]
        is_active = tag in _ACTIVE or any(name.startswith("on") for name in facts)
        if is_active or any(map(_FOREIGN.match, links)):
            self.found.append(self.get_starttag_text()[:200])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_data(self, data):
        if self.inside in ("script", "style") and "pwned" in data:
            self.found.append(data[:200])

    def handle_endtag(self, tag):
        self.inside = ""


def test_nothing_of_the_learners_is_active_on_a_page(findings):
    n_pages = 0
    for path, text in findings.pages():
        parts = ActiveParts()
        parts.feed(text)
        assert parts.found == [], path
        for drawing in re.findall(r"data:image/svg[+]xml;base64,([^\"')]+)", text):
            assert b"pwned" not in base64.b64decode(drawing), path
        n_pages += 1
    assert n_pages > 200


def test_pages_and_results_are_of_bounded_size(findings):
    for path, text in findings.pages():
        assert len(text) < _MOST_BYTES_OF_A_PAGE, path
    for row in findings.rows:
        assert len(json.dumps(row)) < _MOST_BYTES_OF_A_PAGE, row["shown"]


def test_a_second_run_finds_all_done_and_says_the_same(classroom, findings):
    again = classroom.grade()

    assert again.status == 0
    for case in CASES:
        assert verdicts(case, again) == verdicts(case, findings), case.name
    assert again.seconds < findings.seconds / 2
