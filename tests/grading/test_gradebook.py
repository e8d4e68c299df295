import csv
import io
import json
import warnings

import pandas as pd
import pytest

from coursekit.grading.finishing import finish_class
from coursekit.grading.reports.adjustments import AdjustmentError, read_adjustments
from coursekit.grading.reports.gradebook import gradebook_rows, write_gradebook
from coursekit.grading.reports.grades import grades, unused
from coursekit.grading.reports.journal import Journal
from coursekit.grading.reports.platforms import write_format
from coursekit.grading.reports.rosters import RosterError, read_roster
from tests.grading.results_samples import LESSON, MISTAKES, check, classroom, result, unreadable

OTHER = "08_l1_l2"
NASTY = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "\u00a0=1",
    "\u200b=1", "\ufeff=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example","y")',
]  # fmt: skip


def table(path):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def records(path):
    header, *rows = table(path)
    return [dict(zip(header, row, strict=True)) for row in rows]


def book(tmp_path, *results, adjustments=()):
    return records(write_gradebook(tmp_path, grades(results, adjustments)))


def adjusted(tmp_path, text, *results):
    (tmp_path / "adjustments.csv").write_text("student,exercise,points,comment\n" + text)
    return grades(results, read_adjustments(tmp_path))


def finish(output, results, **facts):
    with Journal(output) as journal:
        for each in results:
            journal.add(each)
        return finish_class(journal, isolation="", **facts)


def test_a_row_holds_points_by_exercise_and_in_all(tmp_path):
    checks = [check("14_plateau", "wrong"), check("14_adam_step", "right")]

    assert book(tmp_path, result("Ann Lee", checks=checks)) == [
        {
            "student": "Ann Lee",
            "14_plateau": "0",
            "14_adam_step": "3",
            "earned": "3",
            "possible": "6",
            "undecided": "0",
            "adjustment": "",
            "final": "3",
            "notes": "",
        }
    ]


@pytest.mark.parametrize("outcome", ["review", "manual"])
def test_what_a_person_decides_stays_empty_and_so_does_the_final_grade(tmp_path, outcome):
    undecided = check("14_plateau", outcome, reasons=("it replaced numpy.testing",))
    row = book(tmp_path, result(checks=[undecided, check()]))[0]

    assert (row["14_plateau"], row["final"], row["earned"], row["undecided"]) == ("", "", "3", "1")
    assert row["notes"] == f"14_plateau: {outcome} (it replaced numpy.testing)"


def test_an_unreadable_file_gives_a_row_with_the_reason_and_no_zero(tmp_path):
    rows = book(tmp_path, unreadable("Eve", "eve/a.ipynb", "it is\nnot JSON"), result("Ann"))

    assert [row["student"] for row in rows] == ["Ann", "Eve"]
    assert {name: cell for name, cell in rows[1].items() if cell} == {
        "student": "Eve",
        "possible": "3",
        "notes": "eve/a.ipynb: it is not JSON; 14_optimizers: not handed in",
    }


def test_several_lessons_have_columns_each_and_in_all(tmp_path):
    lasso = check("08_lasso", "wrong", 2.0)
    row, other = book(
        tmp_path, result("Ann"), result("Ann", lesson=OTHER, checks=[lasso]), result("Bob")
    )

    assert [row[name] for name in ("08_lasso", "14_adam_step")] == ["0", "3"]
    assert (row[f"{OTHER} final"], row[f"{LESSON} final"], row["final"]) == ("0", "3", "3")
    assert row["possible"] == "5"
    assert (other[f"{OTHER} final"], other["final"]) == ("", "3")
    assert other["notes"] == f"{OTHER}: not handed in"


def test_of_several_files_the_last_counts_and_the_others_are_named(tmp_path):
    tries = [
        result("Ann", f"ann/try_{n}.ipynb", checks=[check(outcome=kind)])
        for n, kind in ((9, "right"), (10, "wrong"), (2, "right"))
    ]
    (row,) = book(tmp_path, *tries)

    assert row["final"] == "0"
    assert row["notes"] == (
        f"{LESSON}: ann/try_10.ipynb counts, the last of 3 handed in; the others: "
        "ann/try_2.ipynb, ann/try_9.ipynb"
    )


@pytest.mark.parametrize("again", ["14-2.ipynb", "14 (1).ipynb", "14-Copy1.ipynb"])
def test_a_copy_that_was_handed_in_again_counts_before_the_first_one(tmp_path, again):
    tries = [
        result("Ann", f"ann/{name}", checks=[check(outcome=kind)])
        for name, kind in ((again, "right"), ("14.ipynb", "wrong"))
    ]
    (row,) = book(tmp_path, *tries)

    assert row["notes"].startswith(f"{LESSON}: ann/{again} counts")


@pytest.mark.parametrize("name", NASTY)
def test_no_cell_can_be_a_formula(tmp_path, name):
    broken = unreadable("Eve", name, name)
    checks = [check(name, "review", reasons=(name,))]
    results = [result(name, name, checks=checks), broken, unreadable(name + "x")]
    paths = [write_gradebook(tmp_path, grades(results))]
    for name_of_format in ("canvas", "moodle"):
        paths += write_format(name_of_format, tmp_path, grades(results)).paths

    for path in paths:
        for cell in (cell for row in table(path) for cell in row):
            assert cell.lstrip("\ufeff\u200b \u00a0\t\r\n")[:1] not in tuple("=+-@＝＋－＠")
            assert cell[:1] not in ("\t", "\r", "\n")
        # Nor for a program that reads line by line.
        for line in path.read_bytes().decode("utf-8-sig").splitlines():
            assert not line.startswith(("=", "+", "-", "@"))


def test_a_name_with_separators_stays_in_its_cell(tmp_path):
    name = 'Lee; =1+1, "Ann"\n=2+2'
    (row,) = book(tmp_path, result(name))

    assert row["student"] == name.replace("\n", " ")
    assert '"Lee; =1+1, ""Ann""' in (tmp_path / "gradebook.csv").read_bytes().decode("utf-8-sig")


def test_accents_survive_a_spreadsheet(tmp_path):
    path = write_gradebook(tmp_path, grades([result("Zoë Ünal"), result("lone \ud800 half\x00")]))

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert {"Zoë Ünal", "lone ? half\ufffd"} == set(pd.read_csv(path)["student"])


def test_numbers_are_read_back_as_numbers(tmp_path):
    write_gradebook(tmp_path, grades(classroom(40)))
    frame = pd.read_csv(tmp_path / "gradebook.csv")

    assert len(frame) == 40
    assert frame["final"].dtype.kind == "f"
    assert frame["final"].isna().sum() == (frame["undecided"] != 0).sum()


def test_the_same_results_give_the_same_bytes_in_any_order(tmp_path):
    results = classroom(20)
    first = write_gradebook(tmp_path, grades(results)).read_bytes()

    assert write_gradebook(tmp_path, grades(results[::-1])).read_bytes() == first


def test_adjustments_are_made_once_and_never_overwritten(tmp_path):
    assert read_adjustments(tmp_path) == ()
    path = tmp_path / "adjustments.csv"
    assert path.read_text(encoding="utf-8-sig").split() == ["student,exercise,points,comment"]
    path.write_text("student,exercise,points,comment\nAnn Lee,14_adam_step,2,by hand\n")
    before = path.read_bytes()

    for _ in range(2):
        finish(tmp_path, [result()])
    assert path.read_bytes() == before


def test_a_decision_by_hand_takes_the_place_of_what_was_found(tmp_path):
    line = "ann  LEE,14_adam_step,2.5,good idea\n"
    (grade,) = adjusted(tmp_path, line, result("Ann Lee", checks=[check(outcome="review")]))

    assert (grade.final, grade.undecided) == (2.5, ())
    (_, row) = gradebook_rows([grade])
    assert row[-1] == "14_adam_step: 2.5 points by hand: good idea"


def test_points_for_a_lesson_are_added_to_its_total(tmp_path):
    (grade,) = adjusted(tmp_path, f"Ann Lee,{LESSON},-1,late\n", result("Ann Lee"))

    assert (grade.total, grade.adjustment, grade.final) == (3, -1, 2)


def test_a_comment_alone_changes_no_points(tmp_path):
    (grade,) = adjusted(tmp_path, "Ann Lee,14_adam_step,,well done\n", result("Ann Lee"))

    assert grade.final == 3


def test_a_name_copied_from_the_gradebook_fits_with_its_apostrophe(tmp_path):
    (grade,) = adjusted(tmp_path, "'=1+1,14_adam_step,1,\n", result("=1+1"))

    assert grade.final == 1


def test_decimals_with_a_comma_are_read_where_semicolons_separate(tmp_path):
    text = "\ufeffstudent;exercise;points;comment\r\nAnn Lee;14_adam_step;2,5;\r\n"
    (tmp_path / "adjustments.csv").write_text(text, encoding="utf-8")

    (adjustment,) = read_adjustments(tmp_path)
    assert adjustment.points == 2.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student,exercise,points,comment\n\nAnn,14_adam_step,two,\n", "line 3: points are 'two'"),
        ("student,exercise,points\nAnn,x,nan\n,x,1\n", "line 2: .*nan.*; line 3: no student"),
        ("student,exercise,points\nAnn,,1\n", "line 2: no exercise"),
        ("student,exercise,points\nAnn,x,\n", "line 2: neither points nor a comment"),
        ("student,points\nAnn,1\n", "line 1: no column exercise"),
        ("student,exercise,points\nAnn,x,1\nann,x,2\n", "lines 2 and 3 are both about 'ann'"),
        ('student,exercise,points\nAnn,x,"1\n', "line 2: not valid CSV"),
        ("", "line 1|no column|header"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(tmp_path, text, message):
    (tmp_path / "adjustments.csv").write_text(text)
    if not text:
        assert read_adjustments(tmp_path) == ()
        return

    with pytest.raises(AdjustmentError, match=message):
        read_adjustments(tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "adjustments.csv").write_bytes("student,exercise,points\nZoë,x,1".encode("latin-1"))

    with pytest.raises(AdjustmentError, match="not UTF-8"):
        read_adjustments(tmp_path)


def test_adjustments_that_fit_nothing_are_reported(tmp_path):
    text = "Nobody,14_adam_step,1,\nAnn Lee,14_adm_step,1,\nAnn Lee,14_adam_step,30,\n"
    joined = adjusted(tmp_path, text, result("Ann Lee"))

    nobody, slip, many = unused(read_adjustments(tmp_path), joined)
    assert "line 2: no submission is by 'Nobody'" in nobody
    assert "line 3: 'Ann Lee' handed in nothing named '14_adm_step'" in slip
    assert "There is 14_adam_step, 14_optimizers" in slip
    assert "line 4: 30 points for 14_adam_step, which is worth 3" in many


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (17),14 Optimizers (4314),Final Score\n"
    "    Points Possible,,,,,10,3,(read only)\n"
    '"Lee, Ann",101,S1,alee,A,9,,90\n'
    '"Møller, Bob",102,S2,bob@x.example,A,8,2,80\n'
    '"Sato, Cho",103,S3,cho,B,8,1,80\n'
    '"Sato, Cho",104,S4,cho2,B,8,1,80\n'
    '"Student, Test",999,,,A,,,\n'
)


def roster_of(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_roster(path)


def test_canvas_without_a_roster_has_the_columns_that_its_import_wants(tmp_path):
    written = write_format("canvas", tmp_path, grades([result("Ann"), unreadable("Eve")]))

    assert table(written.paths[0]) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "14_optimizers"],
        ["    Points Possible", "", "", "", "", "3"],
        ["Ann", "", "", "", "", "3"],
        ["Eve", "", "", "", "", ""],
    ]
    assert written.remarks == ("1 without a grade until you decide: Eve",)


def test_canvas_takes_ids_and_the_assignment_over_from_its_export(tmp_path):
    results = [
        result("Ann Lee"),
        result("bob", checks=[check(outcome="review")]),
        result("Cho Sato"),
        result("Dan"),
    ]
    written = write_format("canvas", tmp_path, grades(results), roster_of(tmp_path, CANVAS))

    header, possible, *rows = table(written.paths[0])
    assert header[-1] == "14 Optimizers (4314)"
    assert possible[-1] == "3"
    assert [row[-1] for row in rows] == ["3", "2", "1", "1", "", "3", "3"]
    assert rows[0][:3] == ["Lee, Ann", "101", "S1"]
    assert [row[0] for row in rows[-2:]] == ["Cho Sato", "Dan"]
    assert "2 not found on the roster, or there more than once" in written.remarks[0]
    assert written.remarks[0].endswith("Cho Sato, Dan")


def test_nobody_gets_the_grade_of_somebody_else(tmp_path):
    roster = roster_of(tmp_path, CANVAS)

    assert roster.match(["101", "Lee Ann", "leeann", "ann_lee"]) == {}  # all four are one row
    assert roster.match(["103", "Cho Sato (104)", "Zoe"]) == {"103": 2, "Cho Sato (104)": 3}


MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    "Participant 77,Ann Lee,ann@x.example,Submitted,,100.00,Yes,-,-,\n"
    "Participant 78,Bob Møller,bob@x.example,No submission,,100.00,Yes,-,-,\n"
)


def test_moodle_gets_its_worksheet_back_filled(tmp_path):
    facts = dict(zip(("mistake", "misunderstanding"), MISTAKES["14_adam_step"][0], strict=True))
    ann = result("Ann Lee", checks=[check("<b>", "wrong", **facts), check("14_x", "right")])
    written = write_format(
        "moodle", tmp_path, grades([ann, result("Dan")]), roster_of(tmp_path, MOODLE)
    )

    first, second, stranger = records(written.paths[0])
    assert (first["Identifier"], first["Grade"]) == ("Participant 77", "3")
    assert first["Last modified (submission)"] == "-"
    assert first["Feedback comments"] == (
        "<p>&lt;b&gt;: wrong, 0 of 3 points. Moments start at zero and stay too small. "
        "See DL-25 in lesson 14.</p><p>14_x: right, 3 of 3 points.</p>"
    )
    assert (second["Full name"], second["Grade"]) == ("Bob Møller", "")
    assert stranger["Full name"] == "Dan"
    assert any("maximum grade is 100.00" in remark for remark in written.remarks)
    assert any(remark.endswith("Dan") for remark in written.remarks)


def test_moodle_without_a_worksheet_says_what_is_missing(tmp_path):
    written = write_format("moodle", tmp_path, grades([result("Ann")]))

    assert records(written.paths[0])[0]["Grade"] == "3"
    assert "Identifier" in written.remarks[0]


def test_a_worksheet_of_one_assignment_is_not_used_for_two(tmp_path):
    two = grades([result("Ann Lee"), result("Ann Lee", lesson=OTHER)])

    with pytest.raises(RosterError, match=f"{OTHER}, {LESSON}"):
        write_format("moodle", tmp_path, two, roster_of(tmp_path, MOODLE))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("canvas", MOODLE, "no exported gradebook of Canvas"),
        ("moodle", CANVAS, "no grading worksheet of Moodle"),
        ("canvas", "a,b\n1,2\n", "no column that names people"),
        ("canvas", "", "no column that names people"),
    ],
)
def test_a_roster_that_does_not_fit_is_refused(tmp_path, name, text, message):
    with pytest.raises(RosterError, match=message):
        write_format(name, tmp_path, grades([result()]), roster_of(tmp_path, text))


def test_gradescope_gets_one_record_a_submission(tmp_path):
    checks = [check("14_plateau", "wrong", message="<i>"), check("14_adam_step", "review")]
    results = [result("Ann", checks=checks), unreadable("Eve")]
    written = write_format("gradescope", tmp_path, grades(results))

    shown = [path.relative_to(tmp_path).as_posix() for path in written.paths]
    assert shown == ["gradescope/Ann/14_optimizers.json", "gradescope/Eve/unreadable.json"]
    ann, eve = (json.loads(path.read_text()) for path in written.paths)
    assert ann["score"] == 0
    assert ann["tests"][0] == {
        "name": "14_plateau",
        "score": 0.0,
        "max_score": 3.0,
        "status": "failed",
        "output": "<i>",
        "visibility": "visible",
    }
    assert "score" not in ann["tests"][1]
    assert ann["output"] == "Waiting for a person: 14_adam_step."
    assert "score" not in eve
    assert eve["output"] == "Could not be graded: it is not valid JSON"


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'blackboard': choose one of canvas, moodle, gradescope"):
        write_format("blackboard", tmp_path, ())


def test_everything_is_written_without_a_warning(tmp_path):
    results = [*classroom(8), result("=1+1")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        finished = finish(tmp_path, results, platforms=("canvas", "gradescope"))

    assert {path.name for path in tmp_path.iterdir()} == {
        ".grading", "adjustments.csv", "canvas.csv", "class.html", "feedback", "gradebook.csv",
        "gradescope", "results.json",
    }  # fmt: skip
    assert len(list(tmp_path.glob("feedback/*/*.html"))) == len(results) == len(finished.grades)
