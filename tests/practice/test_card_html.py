"""A question's texts become HTML that can hold nothing but text, formulas and code."""

from html.parser import HTMLParser

import pytest

from coursekit.practice.card_html import as_html, card_fields
from coursekit.practice.evidence_figures import Evidence, Picture
from coursekit.questions import load_bank
from tests.practice.flash_card_samples import record, write_bank

PICTURE = Picture("coursekit-1.png", b"", 900, 450)


class _Words(HTMLParser):
    """Collects text and tags as a browser would."""

    def __init__(self):
        super().__init__()
        self.text, self.opened, self.closed = "", [], []

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)

    def handle_endtag(self, tag):
        self.closed.append(tag)


def _read(html):
    words = _Words()
    words.feed(html)
    words.close()
    return words


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & \"c\" > 'd'", "a &lt; b &amp; &quot;c&quot; &gt; &#x27;d&#x27;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("for $0<\\eta<2$.", r"for \(0&lt;\eta&lt;2\)."),
        ("$a$ and $b$", r"\(a\) and \(b\)"),
        ("$$a\nb$$", r"\[a b\]"),
        ('at `fit(x="$a$")`', "at <code>fit(x=&quot;$a$&quot;)</code>"),
        ("from $5 to $10", "from $5 to $10"),
        ("$5 and x is $y$", r"$5 and x is \(y\)"),
        (r"costs \$5, $x$", r"costs $5, \(x\)"),
        (r"$\$5$", r"\(\$5\)"),
        ("one\ntwo\tthree", "one<br>two three"),
        ("a lone $ here", "a lone $ here"),
        ("", ""),
    ],
)
def test_text_formulas_and_code(text, html):
    assert as_html(text) == html


@pytest.mark.parametrize("text", ["[sound:a.mp3]", "[latex]x[/latex]", "[anki:play:a]", "[$]x"])
def test_text_that_anki_would_run_stays_text(text):
    html = as_html(text)
    assert not html.startswith("[")
    assert _read(html).text == text


def test_dollars_in_brackets_become_no_picture_of_latex():
    assert "[$]" not in as_html("[$]x[/$]")


@pytest.mark.parametrize("text", [r"\(x\)", r"\[x\]"])
def test_text_that_mathjax_would_set_stays_text(text):
    html = as_html(text)
    assert r"\(" not in html
    assert r"\[" not in html
    assert _read(html).text == text


def test_a_long_text_full_of_dollars_is_read_at_once():
    assert as_html("$" + "\\a" * 20_000).startswith("$")
    assert as_html("$a " * 5_000).startswith("$a ")


@pytest.fixture
def question(tmp_path):
    return write_bank(tmp_path, record(question="Is a < b?"))[0]


def test_key_points_come_by_weight(question):
    html = card_fields(question)["Key points"]
    assert html == "<ul><li>large</li><li>middle</li><li>small</li></ul>"


def test_the_evidence_is_the_picture_above_its_statement(question):
    evidence = Evidence("DL-25.a", "Loss < 1 & falling.", b"")
    html = card_fields(question, evidence, PICTURE)["Evidence"]
    assert html.index('src="coursekit-1.png"') < html.index("Loss &lt; 1 &amp; falling.")
    assert "<code>DL-25.a</code>" in html


def test_a_statement_without_a_picture_stands_alone(question):
    html = card_fields(question, Evidence("DL-25.a", "Adam leads."))["Evidence"]
    assert "<img" not in html
    assert "Adam leads." in html


def test_no_evidence_leaves_the_part_empty(question):
    assert card_fields(question)["Evidence"] == ""


def test_follow_ups_hide_their_answers(question):
    html = card_fields(question)["Follow-ups"]
    assert html.startswith("<details><summary>And then?</summary>Then this.</details>")


def test_a_myth_never_stands_without_its_truth(question):
    text = _read(card_fields(question)["Myths"]).text
    assert text == "Myth: It wins.Truth: It ties."


def test_lesson_exercise_and_sources_are_named(question):
    fields = card_fields(question)
    assert _read(fields["Lesson"]).text == "notebooks/14_optimizers.ipynb; exercises 14_adam_step"
    assert fields["Sources"] == "<ul><li>Kingma &amp; Ba, 2015</li></ul>"


@pytest.mark.parametrize("question", load_bank(), ids=lambda question: question.label)
def test_every_card_of_the_bank_is_well_formed(question):
    for name, html in card_fields(question).items():
        words = _read(html)
        assert sorted(words.closed) == sorted(tag for tag in words.opened if tag != "br"), name
        assert html.count(r"\(") == html.count(r"\)"), name
        assert "$" not in words.text, name
        assert not {"\n", "\t", "\r"} & set(html), name
