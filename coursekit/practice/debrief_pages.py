"""Shows a debrief: as lines of plain text for a terminal, and as HTML for a notebook."""

from collections.abc import Iterator
from html import escape

from .debriefing import AnswerHeard, Debrief, LessonToRepeat, PointHeard, QuestionDebrief

_MOST_CLAIMS = 4
_LEGEND = "In answers, [brackets] mark the words that matched. [x] mentioned, [ ] missed."
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


#: A line that divides the page.
RULE = "-" * 78
Line = tuple[str, str]


def debrief_lines(found: Debrief) -> Iterator[Line]:
    """Write a debrief as lines of plain text; matched words stand in [brackets].

    Parameters
    ----------
    found : Debrief
        What to show.

    Yields
    ------
    line, further : str
        A line of any length, or :data:`RULE`; and what stands before its further lines where it
        is broken.
    """
    used, given = minutes_and_seconds(found.seconds), minutes_and_seconds(found.minutes * 60)
    done = f"{len(found.questions)} of {_planned(found)}"
    yield f"DEBRIEF  {done}, {used} of {given} min, seed {found.seed}", ""
    yield found.note, ""
    yield _LEGEND, ""
    for number, question in enumerate(found.questions, start=1):
        yield "", ""
        yield RULE, ""
        yield from _question_lines(number, question)
    yield "", ""
    yield RULE, ""
    yield "NEXT", ""
    yield from _next_lines(found)


def _planned(found: Debrief) -> str:
    return count_of_questions(len(found.questions) + len(found.not_reached))


def _question_lines(number: int, question: QuestionDebrief) -> Iterator[Line]:
    yield f"{number}. {question.label}  {question.question}", "   "
    n_mentioned = sum(point.mentioned for point in question.key_points)
    yield (
        f"   time {minutes_and_seconds(question.seconds)}, key points mentioned "
        f"{n_mentioned} of {len(question.key_points)} (by weight {question.coverage:.0%})",
        "   ",
    )
    for answer in question.answers:
        yield "", ""
        yield from _answer_lines(answer)
    yield "", ""
    yield "   Key points", ""
    for point in question.key_points:
        yield f"   {_sign(point)} {point.text}{_remark(point)}", " " * 7
    for flag in question.red_flags:
        words = ", ".join(f"[{word}]" for word in flag.words)
        yield f"   [!] You may have said: {flag.text} Words: {words}", " " * 7
    yield "", ""
    yield f"   Model answer: {question.model_answer}", "     "


def _answer_lines(answer: AnswerHeard) -> Iterator[Line]:
    title, seconds = _KINDS[answer.prompt.kind], minutes_and_seconds(answer.seconds)
    if answer.prompt.kind != "question":
        yield f"   {title} ({seconds}): {answer.prompt.text}", "     "
    else:
        yield f"   {title} ({seconds})", ""
    for line in _said(answer, answer.marked()).splitlines():
        yield f"   > {line}", "   > "
    if answer.prompt.answer:
        yield f"   Model answer: {answer.prompt.answer}", "     "


def _said(answer: AnswerHeard, typed: str) -> str:
    if answer.is_passed:
        return "(passed)"
    return "(spoken, rated by yourself)" if answer.is_spoken else typed


def _sign(point: PointHeard) -> str:
    return "[x]" if point.mentioned else "[ ]"


def _remark(point: PointHeard) -> str:
    weight = f" (weight {point.weight})"
    return f"{weight} when asked" if point.mentioned and not point.at_once else weight


def _next_lines(found: Debrief) -> Iterator[Line]:
    if not found.next_steps:
        yield _nothing_next(found), ""
    for number, step in enumerate(found.next_steps, start=1):
        yield f"{number}. Lesson {step.lesson}: {', '.join(step.questions)}", ""
        if step.exercises:
            yield f"   exercises: {', '.join(step.exercises)}", " " * 14
        yield f"   claims: {_some_claims(step)}", " " * 11
    if found.not_reached:
        yield f"Not reached: {', '.join(found.not_reached)}", "  "


def _nothing_next(found: Debrief) -> str:
    if not found.questions:
        return "Nothing was answered: hold another interview."
    return "Nothing was missed: try harder questions, or other lessons."


def _some_claims(step: LessonToRepeat) -> str:
    shown = ", ".join(step.claims[:_MOST_CLAIMS])
    more = len(step.claims) - _MOST_CLAIMS
    return f"{shown} and {more} more" if more > 0 else shown


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
    marked = answer.marked("<mark>", "</mark>", escape)
    return (
        f"<p><b>{title}</b>{asked}</p><blockquote style='white-space:pre-wrap'>"
        f"{_said(answer, marked)}</blockquote>{model}"
    )


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
