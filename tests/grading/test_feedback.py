import base64
import zlib
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from coursekit.grading.records import CellResult, SubmissionResult
from coursekit.grading.reports.adjustments import Adjustment
from coursekit.grading.reports.feedback import feedback_html, write_feedback
from coursekit.grading.reports.grades import grades
from tests.grading.results_samples import (
    CELLS,
    LESSON,
    MESSAGE,
    MISTAKES,
    check,
    png,
    result,
    unreadable,
)

EVIL = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)></pre></style><svg/onload=x>{{7*7}}"
)
ATTRIBUTES = {
    "html": {"lang"},
    "meta": {"charset", "http-equiv", "content", "name"},
    "a": {"href"},
    "img": {"src", "alt"},
    "span": {"class", "aria-hidden"},
    "article": {"class", "id"},
    "section": {"class", "id"},
    "th": {"scope", "class"},
    "details": {"open"},
}
ELEMENTS = {
    *ATTRIBUTES, "head", "title", "style", "body", "main", "header", "h1", "h2", "h3", "p", "pre",
    "code", "b", "bdi", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "div", "summary",
    "br",
}  # fmt: skip


class Page(HTMLParser):
    """The elements, attributes and texts of a page."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def assert_harmless(html):
    """Assert that a page has no element, attribute or address beyond those of the templates."""
    page = Page(html)
    for tag, attributes in page.elements:
        assert tag in ELEMENTS
        assert attributes.keys() <= ATTRIBUTES.get(tag, set()) | {"class"}
        assert attributes.get("href", "#").startswith(("#", "feedback/"))
        assert attributes.get("src", "data:image/").startswith("data:image/")
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    html.encode()
    return page


def evil_result(text=EVIL):
    checks = [
        check(
            text, kind, message=text, mistake=text, misunderstanding=text, hints=(text,),
            reasons=(text,), found=text, key_points=(text,), grade_id=text,
        )
        for kind in ("right", "wrong", "crashed", "not attempted", "review", "manual")
    ]  # fmt: skip
    cells = [CellResult(1, text, ({"text": text}, {"png": text}), error=text)]
    return SubmissionResult(
        text, text, text, reason=text, checks=tuple(checks), cells=tuple(cells),
        notes=(text,), isolation=text,
    )  # fmt: skip


def page_of(found, *adjustments):
    (grade,) = grades([found], adjustments)
    return assert_harmless(feedback_html(grade, found.cells))


def test_each_check_is_told_with_its_mistake_hints_and_where_to_read():
    name, text = MISTAKES["14_adam_step"][0]
    wrong = check(
        "14_adam_step", "wrong", message=MESSAGE, mistake=name, misunderstanding=text,
        hints=("first", "second"),
    )  # fmt: skip
    page = page_of(result("Ann", checks=[wrong, check("14_plateau", "right")]))

    for part in (
        "3 of 6 points",
        "✘ 14_adam_step: wrong (0 of 3 points)",
        "✔ 14_plateau: right (3 of 3 points)",
        MESSAGE,
        "(no-bias-correction): Moments start at zero and stay too small.",
        "Read again: lesson 14 · Optimizers, question DL-25",
        "Hint 2",
        "second",
    ):
        assert part in page.text
    assert len(page.all("details")) == 2


def test_a_wrong_answer_of_no_known_mistake_has_a_place_to_read_too():
    page = page_of(result(checks=[check("14_adam_step", "crashed", message="TypeError")]))

    assert "Read again: lesson 14 · Optimizers, question" in page.text


def test_what_waits_for_the_teacher_is_no_zero():
    page = page_of(result(checks=[check("14_plateau", "review", reasons=("it replaced numpy",))]))

    assert "– of 3 points" in page.text
    assert "1 answer waits for your teacher" in page.text
    assert "it replaced numpy" in page.text


def test_what_the_teacher_writes_by_hand_is_there():
    found = result("Ann", checks=[check("14_words", "manual", 2.0, message="Adam is fast.")])
    page = page_of(
        found,
        Adjustment(2, "Ann", "14_words", 1.5, "Say why."),
        Adjustment(3, "Ann", LESSON, -1.0, "Late."),
    )

    for part in (
        "1.5 of 2 points",
        "as your teacher decided",
        "Your teacher: Say why.",
        "−1 point from your teacher. Late.",
        "In all: 0.5 points",
        "Adam is fast.",
    ):
        assert part in page.text


def test_a_file_that_could_not_be_read_is_explained():
    page = page_of(unreadable(reason="it is not valid JSON"))

    assert "it is not valid JSON" in page.text
    assert "This is no zero" in page.text


def test_code_outputs_and_repairs_are_shown():
    page = page_of(result(cells=CELLS, notes=("The check was put back.",)))

    for part in (
        "path = [start]",
        "[8.0, 4.0, 2.0]",
        "ZeroDivisionError",
        "The check was put back.",
    ):
        assert part in page.text
    assert len(page.all("img")) == 1


def test_nothing_of_a_learner_becomes_markup():
    page = page_of(evil_result())

    assert page.text.count(EVIL) > 30
    assert not page.all("img")


def test_nothing_of_the_teacher_becomes_markup_either():
    page_of(
        evil_result("x"),
        Adjustment(2, "x", "x", 1.0, EVIL),
        Adjustment(3, "x", "x", 1.0, EVIL),
    )


@pytest.mark.parametrize("number", range(10))
def test_each_field_alone_is_escaped(number):
    plain = evil_result("x")
    name = list(SubmissionResult.__dataclass_fields__)[number]
    page_of(replace(plain, **{name: getattr(evil_result(), name)}))


def test_terminal_codes_and_signs_that_garble_are_taken_out():
    text = "\x1b[31mred\x1b[0m\x1b]0;title\x07 a\x00b\u202ec\ud800d\r\nend"
    page = page_of(result(text, cells=[CellResult(1, text, ({"text": text},))]))

    assert "red a\ufffdb\ufffdc\ufffdd\nend" in page.text


def test_of_a_progress_bar_the_last_state_is_shown():
    text = "begin\n  0%|    |\r 50%|##  |\r100%|####|\r\nend\r"
    page = page_of(result(cells=[CellResult(1, "", ({"text": text},))]))

    assert "begin\n100%|####|\nend" in page.text
    assert "50%" not in page.text


def bomb():
    """Give a PNG of a few bytes that says it is 60,000 pixels wide and high."""
    size = (60_000).to_bytes(4, "big") * 2
    head = b"IHDR" + size + b"\x08\x00\x00\x00\x00"
    chunk = (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk).decode()


GOOD = png()
SVG = base64.b64encode(b"<svg onload='x'/>").decode()


@pytest.mark.parametrize(
    "picture",
    [SVG, bomb(), GOOD[: len(GOOD) // 2], "!!!", "", GOOD + '" onerror="x', "A" * 5_000_000],
    ids=["svg", "bomb", "half", "no base64", "empty", "attribute", "too large"],
)
def test_a_picture_that_is_none_is_left_out(picture):
    page = page_of(result(cells=[CellResult(1, "plot()", ({"png": picture},))]))

    assert not page.all("img")
    assert "picture that is too large, or damaged, is left out" in page.text


def test_a_picture_with_line_breaks_is_shown():
    broken = "\n".join(GOOD[i : i + 40] for i in range(0, len(GOOD), 40))
    page = page_of(result(cells=[CellResult(1, "plot()", ({"png": broken},))]))

    assert page.all("img")[0]["src"] == f"data:image/png;base64,{GOOD}"


def test_floods_are_cut():
    flood = "y" * 1_000_000
    cells = [CellResult(n, flood, ({"text": flood},) * 99) for n in range(1, 300)]
    (grade,) = grades([result(checks=[check(outcome="wrong", message=flood)], notes=(flood,))])
    html = feedback_html(grade, cells[:2])

    assert len(html) < 5_000_000
    assert "more characters left out" in html
    assert "99 more cells are left out" in feedback_html(grade, [CellResult(1, "x")] * 299)


def test_pages_lie_by_learner_and_lesson_and_the_last_file_has_the_plain_name(tmp_path):
    results = [
        result("Ann", "ann/a.ipynb", cells=[CellResult(1, "first try")]),
        result("Ann", "ann/b.ipynb", cells=[CellResult(1, "second try")]),
        result("ann", "other/a.ipynb"),
        unreadable("Ann", "ann/x.ipynb"),
        unreadable("Ann", "ann/y.ipynb"),
    ]
    paths = write_feedback(tmp_path, grades(results), results)

    names = sorted(path.relative_to(tmp_path).as_posix() for path in paths)
    assert names == [
        "feedback/Ann/14_optimizers-2.html",
        "feedback/Ann/14_optimizers.html",
        "feedback/Ann/unreadable-2.html",
        "feedback/Ann/unreadable.html",
        "feedback/ann-2/14_optimizers.html",
    ]
    last = (tmp_path / "feedback/Ann/14_optimizers.html").read_text()
    assert "second try" in last
    assert "The others: ann/a.ipynb" in last
    assert "ann/b.ipynb" in (tmp_path / "feedback/Ann/14_optimizers-2.html").read_text()


@pytest.mark.parametrize(
    "name", ["../../etc", "/etc/passwd", "..", "CON", "a/b\\c", "\x00", "n" * 300]
)
def test_a_name_leads_nowhere_else(tmp_path, name):
    results = [result(name, "s.ipynb", lesson=name)]
    (path,) = write_feedback(tmp_path / "out", grades(results), results)

    assert path.resolve().is_relative_to(tmp_path / "out" / "feedback")
    assert len(path.resolve().relative_to(tmp_path).parts) == 4


def test_a_page_names_no_other_learner(tmp_path):
    results = [result("Ann Lee"), result("Bob Møller", checks=[check(outcome="wrong")])]
    for path in write_feedback(tmp_path, grades(results), results):
        names = {name for name in ("Ann Lee", "Bob Møller") if name in path.read_text()}
        assert names == {path.parent.name}


def test_the_same_result_gives_the_same_page():
    (grade,) = grades([result(cells=CELLS)])

    assert feedback_html(grade, CELLS) == feedback_html(grade, CELLS)
