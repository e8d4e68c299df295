"""Tells students by the names of files and folders, and makes names safe to show and to store."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

MOST_CHARACTERS = 80
_NAMELESS = "unnamed"
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(_.*)?", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>.+?)_(LATE_)?(?P<number>\d+)_\d+", re.DOTALL)
_CANVAS_RENAMED = re.compile(_CANVAS.pattern.replace(r"\d+", r"\d{2,}") + "_.*", re.DOTALL)
# What people add to a file's name that is not their own.
_NO_NAME = re.compile(
    r"(copy|final|new|old|done|solved|solutions?|submission|corrected|fixed|version|v)\d*", re.I
)
_SUFFIXES = re.compile(r"\.(ipynb(\.(txt|json))?|zip|[a-z0-9]{1,5})", re.I)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(conin\$|conout\$|con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.I)


@dataclass(frozen=True, order=True)
class StudentKey:
    """Who a name stands for, as it was written.

    Attributes
    ----------
    name : str
        Not yet cleaned.
    number : str
        The number that a learning platform gives, where it is in the name.
    telling : bool
        Whether the name alone tells the student: a platform's, or one beside a lesson's name.
    """

    name: str
    number: str = ""
    telling: bool = field(default=False, compare=False)


def student_of(stem: str, lesson_names: tuple[str, ...]) -> StudentKey:
    """Find the student in the name of a file, an archive or a folder.

    Parameters
    ----------
    stem : str
        The name without its suffix, such as ``"ana_14_optimizers"``, ``"14_optimizers-ana"``,
        Moodle's ``"Ana Lopez_1234_assignsubmission_file_"``, Canvas's
        ``"lopezana_LATE_1234_5678_14_optimizers-2"``, or just ``"ana"``.
    lesson_names : tuple of str
        Names of the lessons that there are.

    Returns
    -------
    StudentKey
        The whole name, where nothing better is found.
    """
    if platform := _MOODLE.fullmatch(stem):
        return StudentKey(platform["name"], platform["number"], telling=True)
    lesson = _lesson_pattern(lesson_names).search(stem)
    if lesson is None:
        platform = _CANVAS_RENAMED.fullmatch(stem)
        return _of_platform(platform) if platform else StudentKey(stem)
    before, after = (part.strip(" _-.") for part in (stem[: lesson.start()], stem[lesson.end() :]))
    if platform := _CANVAS.fullmatch(before):
        return _of_platform(platform)
    # A number after the lesson counts copies (`-2`, ` (1)`); before it, it may be a student's.
    own = [before] * (not _is_no_name(before)) + [after] * (not _is_no_name(after, "00"))
    return StudentKey("_".join(own), telling=True) if own else StudentKey(stem)


def is_lesson(name: str, lesson_names: tuple[str, ...]) -> bool:
    """Tell whether a folder's name is a lesson's and no more."""
    return _lesson_pattern(lesson_names).fullmatch(name) is not None


def lesson_in(name: str, lesson_names: tuple[str, ...]) -> str:
    """Find the lesson that a file's name holds; empty if there is none."""
    stem = without_suffix(name)
    for lesson in lesson_names:
        if _lesson_pattern((lesson,)).search(stem):
            return lesson
    return ""


def without_suffix(name: str) -> str:
    """Give a file's name without what tells its kind."""
    suffix = next((m for m in _SUFFIXES.finditer(name) if m.end() == len(name)), None)
    return name[: suffix.start()] if suffix and suffix.start() else name


def clean(name: str, most_characters: int = MOST_CHARACTERS) -> str:
    """Make a name safe to show: one line of visible characters, of bounded length.

    Control characters go, and those that turn the direction of writing or are not seen.
    """
    # A name may hold a million characters; what is cut off is no matter of normal forms.
    text = unicodedata.normalize("NFC", name[: 4 * most_characters])
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or _visible(c))
    text = " ".join(text.split())
    if len(text) > most_characters:
        text = text[: most_characters - 1].rstrip() + "…"
    return text or _NAMELESS


def short_hash(text: str) -> str:
    """Give eight hexadecimal digits that stand for a text, whatever characters it holds."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def unique_names(keys: set[StudentKey]) -> dict[StudentKey, str]:
    """Give every student a name to show, no two alike, not even but for their case.

    Of several names that look alike, all but one get the platform's number or a short hash.

    Parameters
    ----------
    keys : set of StudentKey

    Returns
    -------
    dict of StudentKey to str
    """
    names: dict[StudentKey, str] = {}
    taken: set[str] = set()
    for key in sorted(keys):
        name = clean(key.name)
        if name.casefold() in taken and key.number:
            name = f"{name} ({key.number[:20]})"
        if name.casefold() in taken:
            name = f"{clean(key.name)} ({short_hash(repr(key))})"
        taken.add(name.casefold())
        names[key] = name
    return names


def folder_name(student: str) -> str:
    """Turn a student's name into the name of a folder on Windows, macOS and Linux alike.

    Parameters
    ----------
    student : str

    Returns
    -------
    str
        The name itself if it may be used as it is; otherwise one like it, with a short hash of
        the name at its end, so that two students do not share a folder.
    """
    name = _FORBIDDEN.sub("_", clean(student, 60))
    # Windows drops dots and spaces at the end; a dot at the start hides the folder.
    name = name.rstrip(". ")
    if not name or name[0] in ".~-" or _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name if name == student else f"{name}-{short_hash(student)}"


def _of_platform(match: re.Match[str]) -> StudentKey:
    return StudentKey(match["name"], match["number"], telling=True)


@cache
def _lesson_pattern(lesson_names: tuple[str, ...]) -> re.Pattern[str]:
    """Match a lesson's name, with or without its number, however its words are joined."""
    choices = []
    for name in sorted(lesson_names, key=len, reverse=True):
        number, _, topic = name.partition("_")
        choices.append(f"({number}[ _-]?)?" + "[ _-]?".join(map(re.escape, topic.split("_"))))
    return re.compile(rf"(?<![^\W_])({'|'.join(choices) or '(?!)'})(?![^\W_])", re.I)


def _is_no_name(part: str, counter: str = "") -> bool:
    words = re.split(r"[\W_]+", part)
    return all(
        _NO_NAME.fullmatch(word) or (len(word) <= len(counter) and word.isdecimal())
        for word in filter(None, words)
    )


def _visible(character: str) -> bool:
    return unicodedata.category(character)[0] != "C"
