import base64
import subprocess
import sys
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from coursekit.grading.reports.class_page import class_html, write_class_page
from coursekit.grading.reports.feedback import write_feedback
from coursekit.grading.reports.grades import grades
from coursekit.grading.reports.misunderstandings import shared_mistakes
from tests.grading.results_samples import LESSON, MISTAKES, check, classroom, result, unreadable
from tests.grading.test_feedback import EVIL, assert_harmless, evil_result


def mistaken(student, number, exercise="14_adam_step"):
    name, text = MISTAKES[exercise][number]
    return result(student, checks=[check(exercise, "wrong", mistake=name, misunderstanding=text)])


def page_of(*results, **facts):
    return assert_harmless(class_html(grades(results), **facts))


def test_mistakes_are_counted_the_most_frequent_first():
    results = [mistaken("Ann", 1), mistaken("Bob", 0), mistaken("Cho", 0), result("Dan")]

    first, second = shared_mistakes(grades(results))
    assert (first.mistake, len(first.submissions)) == ("no-bias-correction", 2)
    assert (first.question, first.lesson) == ("DL-25", "14")
    assert (second.mistake, len(second.submissions)) == ("epsilon-inside", 1)


def test_a_mistake_is_told_with_its_text_what_to_repeat_and_who_made_it():
    page = page_of(mistaken("Ann", 0), mistaken("Bob", 0), result("Cho"))

    for part in (
        "2 students: no-bias-correction in 14_adam_step",
        "Moments start at zero and stay too small.",
        "Repeat: DL-25 in lesson 14 · Optimizers",
        "Ann · Bob",
    ):
        assert part in page.text


def test_only_the_last_file_of_a_learner_counts():
    early, late = mistaken("Ann", 0), mistaken("Ann", 1)
    early, late = (
        result("Ann", shown, checks=each.checks) for shown, each in (("a", early), ("b", late))
    )

    assert [each.mistake for each in shared_mistakes(grades([late, early]))] == ["epsilon-inside"]


def test_what_needs_a_person_is_listed_with_the_reason():
    checks = [
        check("14_plateau", "review", reasons=("it replaced numpy.testing",), found="right"),
        check("14_words", "manual", 2.0, message="Adam is fast", key_points=("second moment",)),
        check("14_adam_step", "crashed", message="stopped at the time limit of 30 s"),
    ]
    page = page_of(result("Ann", checks=checks), unreadable("Eve"), result("Bob"))

    for part in (
        "2 need you",
        "it replaced numpy.testing",
        "The check itself found: right.",
        "It mentions: second moment",
        "Adam is fast",
        "stopped at the time limit of 30 s",
        "it is not valid JSON",
    ):
        assert part in " ".join(page.text.split())


def test_links_lead_to_the_pages_of_feedback(tmp_path):
    results = [result("Ann Lee & Co. #1?"), result("Zoë/../x"), unreadable("100%")]
    joined = grades(results)
    written = {path.resolve() for path in write_feedback(tmp_path, joined, results)}
    html = write_class_page(tmp_path, joined).read_text()
    links = {a["href"] for a in assert_harmless(html).all("a") if a["href"][0] != "#"}
    assert {(tmp_path / unquote(link)).resolve() for link in links} == written


@pytest.mark.parametrize("n_students", [0, 1, 300])
def test_classes_of_all_sizes_have_a_page(n_students):
    page = page_of(*classroom(n_students))

    assert f"{n_students} student{'' if n_students == 1 else 's'}" in page.text
    if not n_students:
        assert "Nothing was handed in" in page.text


def test_a_class_of_which_nothing_could_be_read_has_a_page():
    page = page_of(unreadable("Ann"), unreadable("Eve"))

    assert "2 could not be graded" in " ".join(page.text.split())


def test_several_lessons_have_a_section_each():
    page = page_of(result("Ann"), result("Ann", lesson="08_l1_l2", checks=[check("08_lasso")]))

    headings = page.text
    assert "14 · Optimizers" in headings
    assert "08 · " in headings


def test_figures_are_drawings_with_a_text_for_who_cannot_see_them():
    pictures = page_of(mistaken("Ann", 0), result("Bob")).all("img")

    assert len(pictures) == 3
    for picture in pictures:
        assert picture["alt"]
        kind, _, content = picture["src"].partition("base64,")
        assert kind == "data:image/svg+xml;"
        assert ElementTree.fromstring(base64.b64decode(content)).tag.endswith("svg")


def test_nothing_of_a_learner_becomes_markup():
    page = page_of(evil_result(), evil_result("x"), isolation=EVIL, made_at=EVIL, problems=[EVIL])

    assert page.text.count(EVIL) > 10


def test_texts_in_figures_are_no_formulas(recwarn):
    page_of(result("Ann", checks=[check("$\\frac{", "wrong", mistake="$x^$", misunderstanding="")]))

    assert not recwarn.list


def test_the_same_results_give_the_same_page():
    results = classroom(12)
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.grading.results_samples import classroom\n"
        "from coursekit.grading.reports.class_page import class_html\n"
        "from coursekit.grading.reports.grades import grades\n"
        "sys.stdout.write(class_html(grades(classroom(12))))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert class_html(grades(results)).encode() == other.stdout


def test_a_theme_set_elsewhere_changes_no_page():
    import matplotlib as mpl
    import seaborn as sns

    made = grades(classroom(12))
    before = class_html(made)
    with mpl.rc_context():
        sns.set_theme(font_scale=1.5)
        assert class_html(made) == before
        assert mpl.rcParams["axes.facecolor"] == "#EAEAF2", "and the theme is as it was"


def test_the_isolation_and_what_to_look_at_first_are_said():
    page = page_of(result(), isolation="Landlock.", problems=["line 2: nobody is 'Anne'"])

    assert "Landlock." in page.text
    assert "nobody is 'Anne'" in page.text


def test_drawing_is_loaded_only_when_it_is_needed():
    code = (
        "import sys, coursekit.grading.finishing\n"
        "print({'matplotlib', 'jinja2', 'PIL', 'numpy'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert found.stdout.strip() == b"set()"


def test_the_lesson_of_the_samples_exists():
    from coursekit.course import find_lesson

    assert find_lesson(LESSON).number == 14
