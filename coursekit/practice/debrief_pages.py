"""Shows a debrief: as plain text of a given width, and as HTML for a notebook."""

import textwrap
from collections.abc import Iterator
from html import escape

from .debriefing import AnswerHeard, Debrief, NextStep, PointHeard, QuestionDebrief

_MOST_CLAIMS = 4
_LEGEND = "In answers, [brackets] mark the words that matched. [x] is mentioned, [ ] is missed."
_KINDS = {"question": "Your answer", "missed point": "Asked for", "harder": "Going further"}


def minutes_and_seconds(seconds: float) -> str:
    """Write a duration as minutes and seconds.

    Examples
    --------
    >>> minutes_and_seconds(185)
    '3:05'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def count_of_questions(count: int) -> str:
    """Write a number of questions, one of them in the singular."""
    return f"{count} question" if count == 1 else f"{count} questions"


def debrief_as_text(found: Debrief, width: int = 80) -> str:
    """Write a debrief as lines of text; matched words stand in [brackets].

    Parameters
    ----------
    found : Debrief
        What to show.
    width : int
        No line is longer, unless a single word is.

    Returns
    -------
    str
    """
    lines = [
        f"DEBRIEF  {len(found.questions)} of {_planned(found)}, "
        f"{minutes_and_seconds(found.seconds)} of {minutes_and_seconds(found.minutes * 60)} min, "
        f"seed {found.seed}",
        *_wrapped(found.note, width),
        *_wrapped(
            "In answers, [brackets] mark the words that matched. [x] mentioned, [ ] missed.", width
        ),
    ]
    for number, question in enumerate(found.questions, start=1):
        lines += ["", "-" * min(width, 78), *_question_lines(number, question, width)]
    lines += ["", "-" * min(width, 78), "NEXT", *_next_lines(found, width)]
    return "\n".join(lines)


def _planned(found: Debrief) -> str:
    return count_of_questions(len(found.questions) + len(found.not_reached))


def _question_lines(number: int, question: QuestionDebrief, width: int) -> Iterator[str]:
    yield from _wrapped(f"{number}. {question.label}  {question.question}", width, "   ")
    yield (
        f"   time {minutes_and_seconds(question.seconds)}, key points mentioned "
        f"{sum(point.mentioned for point in question.key_points)} of {len(question.key_points)} "
        f"(by weight {question.coverage:.0%})"
    )
    for answer in question.answers:
        yield ""
        yield from _answer_lines(answer, width)
    yield ""
    yield "   Key points"
    for point in question.key_points:
        yield from _wrapped(f"   {_sign(point)} {point.text}{_remark(point)}", width, " " * 7)
    for flag in question.red_flags:
        words = ", ".join(f"[{word}]" for word in flag.words)
        yield from _wrapped(f"   [!] You may have said: {flag.text} Words: {words}", width, " " * 7)
    yield ""
    yield from _wrapped(f"   Model answer: {question.model_answer}", width, "     ")


def _answer_lines(answer: AnswerHeard, width: int) -> Iterator[str]:
    title, seconds = _KINDS[answer.prompt.kind], minutes_and_seconds(answer.seconds)
    if answer.prompt.kind != "question":
        yield from _wrapped(f"   {title} ({seconds}): {answer.prompt.text}", width, "     ")
    else:
        yield f"   {title} ({seconds})"
    for line in _said(answer, answer.marked()).splitlines():
        yield from _wrapped(f"   > {line}", width, "   > ")
    if answer.prompt.answer:
        yield from _wrapped(f"   Model answer: {answer.prompt.answer}", width, "     ")


def _said(answer: AnswerHeard, typed: str) -> str:
    if answer.is_passed:
        return "(passed)"
    return "(spoken, rated by yourself)" if answer.is_spoken else typed


def _sign(point: PointHeard) -> str:
    return "[x]" if point.mentioned else "[ ]"


def _remark(point: PointHeard) -> str:
    weight = f" (weight {point.weight})"
    return f"{weight} when asked" if point.mentioned and not point.at_once else weight


def _next_lines(found: Debrief, width: int) -> Iterator[str]:
    if not found.next_steps:
        yield from _wrapped(_nothing_next(found), width)
    for number, step in enumerate(found.next_steps, start=1):
        yield from _wrapped(f"{number}. Lesson {step.lesson}: {', '.join(step.questions)}", width)
        if step.exercises:
            yield from _wrapped(f"   exercises: {', '.join(step.exercises)}", width, " " * 14)
        yield from _wrapped(f"   claims: {_some_claims(step)}", width, " " * 11)
    if found.not_reached:
        yield from _wrapped(f"Not reached: {', '.join(found.not_reached)}", width, "  ")


def _nothing_next(found: Debrief) -> str:
    if not found.questions:
        return "Nothing was answered: hold another interview."
    return "Nothing was missed: try harder questions, or other lessons."


def _some_claims(step: NextStep) -> str:
    shown = ", ".join(step.claims[:_MOST_CLAIMS])
    more = len(step.claims) - _MOST_CLAIMS
    return f"{shown} and {more} more" if more > 0 else shown


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def debrief_as_html(found: Debrief) -> str:
    """Write a debrief as HTML with matched words in ``<mark>``; every text in it is escaped.

    Parameters
    ----------
    found : Debrief
        What to show.

    Returns
    -------
    str
    """
    parts = [
        f"<h3>Debrief</h3><p>{len(found.questions)} of {_planned(found)}, "
        f"{minutes_and_seconds(found.seconds)} of {minutes_and_seconds(found.minutes * 60)} min, "
        f"seed {found.seed}. <i>{escape(found.note)}</i></p>",
        *(_question_html(number, each) for number, each in enumerate(found.questions, start=1)),
        "<h4>Next</h4>",
        _next_html(found),
    ]
    return f"<div style='line-height:1.45;max-width:60em'>{''.join(parts)}</div>"


def _question_html(number: int, question: QuestionDebrief) -> str:
    points = "".join(
        f"<li>{'☑ mentioned' if point.mentioned else '☐ missed'}: "
        f"{escape(point.text + _remark(point))}</li>"
        for point in question.key_points
    )
    flags = "".join(
        f"<p>⚠ You may have said: {escape(flag.text)} Words: "
        f"{', '.join(f'<mark>{escape(word)}</mark>' for word in flag.words)}</p>"
        for flag in question.red_flags
    )
    return (
        f"<h4>{number}. {escape(question.label)} {escape(question.question)}</h4>"
        f"<p>Time {minutes_and_seconds(question.seconds)}, key points by weight "
        f"{question.coverage:.0%}.</p>{''.join(_answer_html(each) for each in question.answers)}"
        f"<ul style='list-style:none;padding-left:1em'>{points}</ul>{flags}"
        f"<p><b>Model answer.</b> {escape(question.model_answer)}</p>"
    )


def _answer_html(answer: AnswerHeard) -> str:
    title = f"{_KINDS[answer.prompt.kind]} ({minutes_and_seconds(answer.seconds)})"
    asked = "" if answer.prompt.kind == "question" else f": {escape(answer.prompt.text)}"
    model = (
        f"<p><b>Model answer.</b> {escape(answer.prompt.answer)}</p>"
        if answer.prompt.answer
        else ""
    )
    return (
        f"<p><b>{title}</b>{asked}</p><blockquote style='white-space:pre-wrap'>"
        f"{_said(answer, _marked_html(answer))}</blockquote>{model}"
    )


def _marked_html(answer: AnswerHeard) -> str:
    parts, end = [], 0
    for start, stop in answer.spans:
        parts += [escape(answer.text[end:start]), f"<mark>{escape(answer.text[start:stop])}</mark>"]
        end = stop
    return "".join([*parts, escape(answer.text[end:])])


def _next_html(found: Debrief) -> str:
    if not found.next_steps:
        return f"<p>{_nothing_next(found)}</p>"
    items = "".join(
        f"<li>Lesson {escape(step.lesson)} ({escape(', '.join(step.questions))})"
        + (f"<br>exercises: {escape(', '.join(step.exercises))}" if step.exercises else "")
        + f"<br>claims: {escape(_some_claims(step))}</li>"
        for step in found.next_steps
    )
    missing = ", ".join(found.not_reached)
    return f"<ol>{items}</ol>" + (f"<p>Not reached: {escape(missing)}</p>" if missing else "")
