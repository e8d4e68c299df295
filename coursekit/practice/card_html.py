"""Writes a question as the HTML of a flash card: escaped, formulas as MathJax wants them."""

import re
from collections.abc import Iterable
from html import escape

from coursekit.questions import Question

from .evidence_figures import Evidence, Picture

_CODE = r"`(?P<code>[^`\n]+)`"
_DISPLAY = r"(?<!\\)\$\$(?P<display>(?:\\.|[^$\\])+?)\$\$"
# As pandoc reads it: no space inside the dollars, no digit behind, so that prices stay prices.
_INLINE = r"(?<![\\$])\$(?=[^\s$])(?P<inline>(?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)"
_MARKED = re.compile("|".join((_CODE, _DISPLAY, _INLINE)), re.DOTALL)
# What Anki reads as a command wherever it stands in a field.
_ANKI_COMMAND = re.compile(r"\[(?=(?:sound:|anki:|latex\]|\$))", re.IGNORECASE)
_MATHJAX_OPENING = re.compile(r"\\(?=[(\[])")


def as_html(text: str) -> str:
    r"""Write a text of the bank as one line of HTML.

    Parameters
    ----------
    text : str
        Plain text with formulas in dollars and code in backticks.

    Returns
    -------
    str
        Everything escaped; ``$x$`` is ``\(x\)``, ``$$x$$`` is ``\[x\]``, a line break is ``<br>``.

    Examples
    --------
    >>> as_html("Stable for $0<\\eta<2$, see `fit`.")
    'Stable for \\(0&lt;\\eta&lt;2\\), see <code>fit</code>.'
    """
    pieces, end = [], 0
    for match in _MARKED.finditer(text):
        pieces += [_prose(text[end : match.start()]), _marked(match)]
        end = match.end()
    return "".join([*pieces, _prose(text[end:])])


def card_fields(
    question: Question, evidence: Evidence | None = None, picture: Picture | None = None
) -> dict[str, str]:
    """Write each part of a card as HTML.

    Parameters
    ----------
    question : Question
    evidence : Evidence, optional
        The claim that proves the answer.
    picture : Picture, optional
        The claim's figure.

    Returns
    -------
    dict of str to str
        By the part's name, in the order of the card; an empty string for what there is not.
    """
    return {
        "Question": as_html(question.question),
        "Short answer": as_html(question.short_answer),
        "Key points": key_points_as_html(question),
        "Evidence": _evidence(evidence, picture),
        "Myths": _myths(question),
        "Follow-ups": "".join(_folded(each.question, each.answer) for each in question.follow_ups),
        "Deep answer": as_html(question.deep_answer),
        "Lesson": _lesson(question),
        "Sources": _list(as_html(source) for source in question.sources),
    }


def _marked(match: re.Match[str]) -> str:
    if code := match["code"]:
        return f"<code>{_prose(code)}</code>"
    formula = match["display"] or match["inline"]
    text = _quiet(escape(" ".join(formula.split()), quote=False))
    return rf"\[{text}\]" if match["display"] else rf"\({text}\)"


def _prose(text: str) -> str:
    html = _quiet(escape(text.replace(r"\$", "$")))
    html = _MATHJAX_OPENING.sub(r"<span>\\</span>", html)  # MathJax joins nothing across a tag
    return html.replace("\n", "<br>").replace("\t", " ").replace("\r", "")


def _quiet(html: str) -> str:
    return _ANKI_COMMAND.sub("&#91;", html)


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def key_points_as_html(question: Question) -> str:
    """List the key points, what matters most first."""
    points = sorted(question.key_points, key=lambda point: -point.weight)
    return _list(as_html(point.text) for point in points)


def _evidence(evidence: Evidence | None, picture: Picture | None) -> str:
    if evidence is None:
        return ""
    image = ""
    if picture is not None:
        image = (
            f'<img src="{escape(picture.name)}" alt="Figure for {escape(evidence.claim)}" '
            f'width="{picture.width}" height="{picture.height}">'
        )
    caption = f"{as_html(evidence.statement)} <code>{escape(evidence.claim)}</code>"
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _myths(question: Question) -> str:
    return "".join(
        f"<p><b>Myth:</b> {as_html(myth.text)}<br><b>Truth:</b> {as_html(myth.truth)}</p>"
        for myth in question.myths
    )


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{as_html(title)}</summary>{as_html(text)}</details>"


def _lesson(question: Question) -> str:
    words = f"<code>notebooks/{escape(question.lesson)}.ipynb</code>"
    exercises = ", ".join(f"<code>{escape(name)}</code>" for name in question.exercises)
    return f"{words}; exercises {exercises}" if exercises else words
