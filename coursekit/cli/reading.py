"""Commands that show what the course holds: lessons, questions, claims."""

from typing import Annotated, Any

import typer

from coursekit import course
from coursekit.cli.output import (
    CommandError,
    print_json,
    print_table,
    print_text,
)

LessonOption = Annotated[
    str | None, typer.Option("--lesson", metavar="LESSON", help="A lesson's number or name.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("lessons")(show_lessons)
    app.command("questions")(show_questions)
    app.command("claims")(show_claims)


def show_lessons(as_json: JsonOption = False) -> None:
    """List the lessons."""
    records = [_lesson_record(lesson) for lesson in course.lessons()]
    if as_json:
        print_json({"course": str(course.course_root()), "lessons": records})
        return
    print_table(
        ("lesson", "title", "part", "questions", "read", "run"),
        (
            (
                record["name"],
                record["title"],
                record["part"],
                ", ".join(record["questions"]),
                f"{record['minutes']} min",
                f"{record['seconds']} s",
            )
            for record in records
        ),
        below=("part", "questions"),
    )


def show_questions(
    lesson: LessonOption = None,
    question_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="A question's id, such as DL-25.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the interview questions.

    With --id, show one with its answers, key points and follow-ups.
    """
    from coursekit.questions import find_questions

    name = course.find_lesson(lesson).name if lesson is not None else None
    found = find_questions(lesson=name, question_id=question_id)
    if not found and question_id is not None:
        where = f" in lesson {name}" if name else ""
        raise CommandError(
            f"there is no question {question_id!r}{where}: `coursekit questions` lists them",
            exit_status=2,
        )
    records = [question.model_dump(mode="json") for question in found]
    if as_json:
        print_json({"questions": records})
    elif question_id is not None:
        for record in records:
            _print_question(record)
    else:
        print_table(
            ("id", "lesson", "difficulty", "question"),
            (
                (_label(record), record["lesson"], "*" * record["difficulty"], record["question"])
                for record in records
            ),
            below=("question",),
        )


def show_claims(lesson: LessonOption = None, as_json: JsonOption = False) -> None:
    """List what the lessons claim.

    Each with its verdict and the numbers that were observed, as the lessons store them.
    """
    from coursekit.evidence import read_claims

    chosen = course.lessons() if lesson is None else (course.find_lesson(lesson),)
    records = [record for each in chosen for record in read_claims(each.notebook)]
    if as_json:
        print_json({"claims": [claim_record(record) for record in records]})
        return
    print_table(
        ("claim", "lesson", "verdict", "holds", "observed"),
        (
            (
                record["id"],
                record["lesson"],
                record["verdict"],
                "yes" if record["holds"] else "NO",
                observed_line(record),
            )
            for record in records
        ),
        below=("observed",),
    )


def claim_record(record: dict[str, Any]) -> dict[str, Any]:
    """Choose of a claim's stored record what ``--json`` gives."""
    names = ("id", "lesson", "verdict", "holds", "observed", "statement")
    return {name: record[name] for name in names}


def observed_line(record: dict[str, Any]) -> str:
    """Give a claim's observed numbers in one line, as the notebook shows them."""
    from coursekit.evidence import format_observed

    return "; ".join(
        f"{name} = {format_observed(value)}" for name, value in record["observed"].items()
    )


def _lesson_record(lesson: course.Lesson) -> dict[str, Any]:
    return {
        "number": lesson.number,
        "name": lesson.name,
        "title": lesson.title,
        "part": lesson.part,
        "questions": lesson.questions,
        "minutes": lesson.minutes,
        "seconds": lesson.seconds,
        "notebook": str(lesson.notebook),
        "exercise": str(lesson.exercise) if lesson.exercise else None,
        "solution": str(lesson.solution) if lesson.solution else None,
    }


def _label(record: dict[str, Any]) -> str:
    return f"{record['id']} ({record['part']})" if record["part"] else str(record["id"])


def _print_question(record: dict[str, Any]) -> None:
    print_text(f"{_label(record)}  {record['question']}")
    print_text(f"lesson {record['lesson']}, difficulty {record['difficulty']} of 3")
    for title in ("Short answer", "Deep answer"):
        typer.echo(f"\n{title}")
        print_text(record[title.lower().replace(" ", "_")], "  ")
    _print_list("Key points", [point["text"] for point in record["key_points"]])
    _print_list("Red flags", [flag["text"] for flag in record["red_flags"]])
    _print_list(
        "Follow-ups", [f"{each['question']} {each['answer']}" for each in record["follow_ups"]]
    )
    _print_list("Myths", [_myth(myth) for myth in record["myths"]])
    _print_list("Claims", record["claims"])
    _print_list("Exercises", record["exercises"])
    _print_list("Sources", record["sources"])
    typer.echo("")


def _myth(myth: dict[str, Any]) -> str:
    return f"{myth['text']} In truth: {myth['truth']} (claim {myth['claim']})"


def _print_list(title: str, items: list[str]) -> None:
    if items:
        typer.echo(f"\n{title}")
        for item in items:
            print_text(item, "  - ", "    ")
