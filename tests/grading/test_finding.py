"""Every usual layout is understood, nobody is lost, and no trick leads out of the folder."""

import os
import struct
import zipfile

import pytest

from coursekit.grading.submissions.archives import ArchiveError, list_members, read_member
from coursekit.grading.submissions.finding import MOST_NOTEBOOKS, SourceError, find_submissions
from coursekit.grading.submissions.naming import StudentKey, clean, folder_name, unique_names

MOODLE = "Ana Lopez_1234_assignsubmission_file_"
CANVAS = "lopezana_LATE_1234_5678_14_optimizers-2.ipynb"


def lay_out(folder, *names, content=b"{}"):
    """Write files with these names; a name that ends in a slash is an empty folder."""
    for name in names:
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


def zipped(path, *names, content=b"{}", **contents):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
        for name, inner in contents.items():
            archive.writestr(name, inner)
    return path


def students(source):
    return [found.student for found in find_submissions(source)]


def only(source):
    (found,) = find_submissions(source)
    return found


LAYOUTS = {
    "nbgrader": ("ana/ps1/14.ipynb", "ben/ps1/14.ipynb"),
    "a folder each": ("ana/work.ipynb", "ben/work.ipynb"),
    "flat": ("ana_14_optimizers.ipynb", "ben_14_optimizers.ipynb"),
    "flat, lesson first": ("14_optimizers-ana.ipynb", "14_optimizers ben.ipynb"),
    "flat, a word before": ("14_optimizers_ana.ipynb", "ben_14_optimizers_final_v2.ipynb"),
    "flat, copies": ("ana_14_optimizers-Copy1.ipynb", "ben_14_optimizers (2).ipynb"),
    "flat, names only": ("ana.ipynb", "ben.ipynb"),
    "Moodle, folders": (
        "ana_12_assignsubmission_file_/x.ipynb",
        "ben_34_assignsubmission_file_/x.ipynb",
    ),
    "Moodle, files": (
        "ana_12_assignsubmission_file_x.ipynb",
        "ben_34_assignsubmission_file_x.ipynb",
    ),
    "Canvas": ("ana_1234_5678_14_optimizers.ipynb", "ben_LATE_987_654_homework-1.ipynb"),
    "by lesson": ("14_optimizers/ana.ipynb", "14_optimizers/ben/work.ipynb"),
    "wrapped": ("submissions/ana/work.ipynb", "submissions/ben/work.ipynb"),
    "wrapped, flat": ("class 5b/ana_14_optimizers.ipynb", "class 5b/ben_14_optimizers.ipynb"),
}


@pytest.mark.parametrize("names", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("as_archive", [False, True], ids=["folder", "zip"])
def test_every_usual_layout_tells_the_students(tmp_path, names, as_archive):
    source = zipped(tmp_path / "a.zip", *names) if as_archive else lay_out(tmp_path / "c", *names)

    found = list(find_submissions(source))

    assert [each.student for each in found] == ["ana", "ben"]
    assert [each.problem for each in found] == [None, None]
    assert sorted(each.shown for each in found) == sorted(names)
    assert [each.member is not None for each in found] == [as_archive, as_archive]


def test_a_single_notebook_may_be_given(tmp_path):
    path = lay_out(tmp_path, "ana_14_optimizers.ipynb") / "ana_14_optimizers.ipynb"

    assert only(path).student == "ana"
    assert only(path).path == path
    assert only(path).shown == path.name


def test_names_of_platforms_are_understood(tmp_path):
    lay_out(tmp_path, f"{MOODLE}14_optimizers.ipynb", CANVAS)

    assert students(tmp_path) == ["Ana Lopez", "lopezana"]


def test_a_number_is_a_student_too(tmp_path):
    lay_out(tmp_path, "20231234_14_optimizers.ipynb", "7_14_optimizers.ipynb")

    assert students(tmp_path) == ["20231234", "7"]


def test_an_archive_within_an_archive_is_looked_into(tmp_path):
    inner = zipped(tmp_path / "inner.zip", "work/14_optimizers.ipynb", content=b"inner")
    source = zipped(tmp_path / "all.zip", **{f"{MOODLE}/work.zip": inner.read_bytes()})

    found = only(source)

    assert found.student == "Ana Lopez"
    assert found.shown == f"{MOODLE}/work.zip/work/14_optimizers.ipynb"
    assert read_member(found.path, found.member) == b"inner"


def test_a_third_archive_within_is_refused(tmp_path):
    data = zipped(tmp_path / "0.zip", "14.ipynb").read_bytes()
    for number in range(3):
        path = zipped(tmp_path / f"{number}.zip", **{"ana.zip": data})
        data = path.read_bytes()

    assert "unpack it" in only(path).problem


def test_an_archive_in_a_folder_is_a_students_or_a_class(tmp_path):
    lay_out(tmp_path, "cleo_14_optimizers.ipynb")
    zipped(tmp_path / "dora.zip", "work.ipynb")
    zipped(tmp_path / "group.zip", f"{MOODLE}/x.ipynb", "Ben_77_assignsubmission_file_/x.ipynb")

    assert students(tmp_path) == ["Ana Lopez", "Ben", "cleo", "dora"]


def test_an_archive_beside_submissions_is_one_students_whatever_names_are_in_it(tmp_path):
    lay_out(tmp_path, "ana_14_optimizers.ipynb", "cleo_14_optimizers.ipynb")
    names = ("ana", "cleo", "dan")
    zipped(tmp_path / "ben.zip", *(f"{name}_14_optimizers.ipynb" for name in names))

    assert sorted(students(tmp_path)) == ["ana", "ben", "ben", "ben", "cleo"]


def test_a_folder_of_others_names_replaces_nobody(tmp_path):
    lay_out(tmp_path, "ana/14_optimizers.ipynb", "cleo/14_optimizers.ipynb")
    lay_out(tmp_path / "ben", *(f"{n}_14_optimizers.ipynb" for n in ("ana", "cleo", "dan")))

    found = students(tmp_path)

    assert found.count("ana") == found.count("cleo") == 1
    assert {"ana (in ben)", "cleo (in ben)", "dan"} < set(found)


def test_results_of_an_earlier_run_among_the_submissions_are_named(tmp_path):
    lay_out(tmp_path, "ana/14_optimizers.ipynb")
    lay_out(tmp_path / "grades", "results.json", "gradebook.csv", "class.html", "feedback/ana.html")

    *_, grades = find_submissions(tmp_path)

    assert "results of an earlier run" in grades.problem


def test_what_programs_leave_behind_is_no_submission(tmp_path):
    lay_out(
        tmp_path,
        *("ana/14.ipynb", "ana/.ipynb_checkpoints/14-checkpoint.ipynb", "__MACOSX/ana/._14.ipynb"),
        *(".hidden.ipynb", "ana/.git/x.ipynb", "ana/venv/lib/x.ipynb", "roster.csv", "notes.txt"),
    )

    assert [found.shown for found in find_submissions(tmp_path)] == ["ana/14.ipynb"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ana/answers.py", "only answers.py"),
        ("ana/", "nothing in it"),
        ("ana/.ipynb_checkpoints/x.ipynb", "nothing in it"),
        ("ana.pdf", "only ana.pdf"),
        ("ana_14_optimizers.txt", "only ana_14_optimizers.txt"),
        ("ana_12_assignsubmission_onlinetext_/onlinetext.txt", "only onlinetext.txt"),
        ("ana.zip", "damaged"),
        ("ana/work.zip", "it is damaged"),
    ],
)
def test_who_handed_in_no_notebook_gets_a_row(tmp_path, name, says):
    found = only(lay_out(tmp_path, name, content=b"no zip archive"))

    assert found.student == "ana"
    assert says in found.problem


def test_a_report_beside_a_notebook_is_no_problem(tmp_path):
    lay_out(
        tmp_path, f"{MOODLE}report.pdf", f"{MOODLE}14_optimizers.ipynb", "ben/a.txt", "ben/b.ipynb"
    )

    assert [(f.student, f.problem) for f in find_submissions(tmp_path)] == [
        ("Ana Lopez", None),
        ("ben", None),
    ]


def test_a_suffix_that_a_browser_added_is_forgiven(tmp_path):
    lay_out(tmp_path, "ana_14_optimizers.ipynb.txt", "ben_14_optimizers.ipynb.json")

    assert [(f.student, f.problem) for f in find_submissions(tmp_path)] == [
        ("ana", None),
        ("ben", None),
    ]


def test_several_notebooks_of_one_student_are_all_found(tmp_path):
    lay_out(tmp_path, "ana_14_optimizers.ipynb", "ana_14_optimizers-2.ipynb", "ana_08_l1_l2.ipynb")

    assert students(tmp_path) == ["ana"] * 3


def test_a_flood_of_notebooks_ends_in_one_row(tmp_path):
    zipped(tmp_path / "ana.zip", *(f"{number}.ipynb" for number in range(MOST_NOTEBOOKS + 50)))

    found = list(find_submissions(tmp_path))

    assert len(found) == MOST_NOTEBOOKS + 1
    assert "more notebooks" in found[-1].problem


def test_the_order_is_always_the_same(tmp_path):
    lay_out(tmp_path, "zoe/b.ipynb", "zoe/a.ipynb", "Ben/x.ipynb", "ana/x.ipynb")

    found = list(find_submissions(tmp_path))

    assert [each.shown for each in found] == [
        "ana/x.ipynb",
        "Ben/x.ipynb",
        "zoe/a.ipynb",
        "zoe/b.ipynb",
    ]
    assert found == list(find_submissions(tmp_path))


def test_two_students_never_become_one(tmp_path):
    lay_out(
        tmp_path,
        "Ana Lopez_12_assignsubmission_file_/x.ipynb",
        "Ana Lopez_34_assignsubmission_file_/x.ipynb",
        "Jose\u0301/x.ipynb",  # the accent as a character of its own
        "Jos\u00e9/x.ipynb",
        "BEN/x.ipynb",
        "ben/x.ipynb",
        "cl\u200beo/x.ipynb",
        "cleo/x.ipynb",
    )

    found = students(tmp_path)

    assert len({name.casefold() for name in found}) == 8
    assert {"Ana Lopez", "Ana Lopez (34)", "BEN", "cleo"} <= set(found)
    assert len({folder_name(name).casefold() for name in found}) == 8


def test_symbolic_links_are_not_followed(tmp_path):
    secret = lay_out(tmp_path / "outside", "secret.ipynb")
    lay_out(tmp_path / "class", "ben/x.ipynb")
    (tmp_path / "class" / "ana").mkdir()
    (tmp_path / "class" / "ana" / "14.ipynb").symlink_to(secret / "secret.ipynb")
    (tmp_path / "class" / "cleo").symlink_to(secret)
    (tmp_path / "class" / "loop").symlink_to(tmp_path / "class")

    found = {each.student: each for each in find_submissions(tmp_path / "class")}

    assert list(found) == ["ana", "ben", "cleo", "loop"]
    assert found["ben"].problem is None
    for name in ("ana", "cleo", "loop"):
        assert "symbolic link" in found[name].problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "ana_14_optimizers.ipynb")

    assert "pipe" in only(tmp_path).problem


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is closed to this user")
def test_a_closed_folder_is_a_row(tmp_path):
    closed = lay_out(tmp_path, "ana/x.ipynb") / "ana"
    closed.chmod(0)
    try:
        assert "cannot be opened" in only(tmp_path).problem
    finally:
        closed.chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such names")
def test_a_name_of_any_bytes_can_be_shown_and_stored(tmp_path):
    name = b"an\xffa\x1b[31m\n\xe2\x80\xae=cmd()_14_optimizers.ipynb"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(b"{}")

    found = only(tmp_path)

    assert found.student == "ana[31m =cmd()"
    assert found.shown.isprintable()
    assert found.path.read_bytes() == b"{}"


@pytest.mark.parametrize(
    "name",
    [
        "../ana.ipynb",
        "/etc/ana.ipynb",
        "C:\\x\\ana.ipynb",
        "..\\..\\ana.ipynb",
        "b/../../ana.ipynb",
    ],
)
def test_a_name_in_an_archive_cannot_point_out_of_it(tmp_path, name):
    source = zipped(tmp_path / "class" / "x.zip", name)

    found = only(source)

    assert "points out of the archive" in found.problem
    assert ".." not in found.shown
    assert [path.name for path in tmp_path.rglob("*")] == ["class", "x.zip"]


def test_backslashes_of_old_windows_programs_are_folders(tmp_path):
    found = only(zipped(tmp_path / "x.zip", "ana\\work\\14_optimizers.ipynb"))

    assert (found.student, found.problem) == ("ana", None)
    assert read_member(found.path, found.member) == b"{}"


@pytest.mark.parametrize("name", ["a" * 2000 + ".ipynb", "f/" * 40 + "x.ipynb"])
def test_a_name_far_too_long_is_a_row(tmp_path, name):
    found = only(zipped(tmp_path / "x.zip", name))

    assert "too long" in found.problem
    assert len(found.shown) <= 300
    assert len(found.student) <= 80


def test_a_link_in_an_archive_is_not_read(tmp_path):
    link = zipfile.ZipInfo("ana_14_optimizers.ipynb")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert "symbolic link" in only(tmp_path / "x.zip").problem


def test_a_protected_archive_is_a_row(tmp_path):
    path = zipped(tmp_path / "x.zip", "ana_14_optimizers.ipynb")
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)

    assert "password" in only(path).problem


def test_a_bomb_is_refused_by_its_stated_size(tmp_path):
    path = tmp_path / "x.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("ana_14_optimizers.ipynb", "w") as file,
    ):
        for _ in range(40):
            file.write(bytes(2**20))

    assert "zip bomb" in only(path).problem


def test_a_false_size_unpacks_to_no_more_than_it_states(tmp_path):
    path = zipped(tmp_path / "x.zip", "ana_14_optimizers.ipynb", content=bytes(2**20))
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 24, 10)
    path.write_bytes(data)

    with pytest.raises(ArchiveError, match="damaged"):
        read_member(path, "ana_14_optimizers.ipynb")


def test_an_archive_of_too_many_files_is_refused(tmp_path):
    path = tmp_path / "ana.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_001):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")

    assert "20001 files" in only(tmp_path).problem
    with pytest.raises(ArchiveError, match="20001 files"):
        list_members(path)


def test_a_directory_of_gigabytes_is_not_read(tmp_path):
    path = tmp_path / "ana.zip"
    size = 2**31
    with path.open("wb") as file:  # no more than one byte of it is on the disk
        file.seek(size)
        file.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 9, 9, size, 0, 0))

    assert "holds more than" in only(tmp_path).problem


def test_two_members_of_one_name_are_two_rows(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ana_14_optimizers.ipynb", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("ana_14_optimizers.ipynb", b"second")

    first, second = find_submissions(path)

    assert first.problem is None
    assert "two files of this name" in second.problem
    assert read_member(path, first.member) == b"first"
    assert first.shown != second.shown


def test_a_damaged_member_is_named(tmp_path):
    path = zipped(tmp_path / "x.zip", "ana.ipynb", content=b"x" * 1000)
    data = bytearray(path.read_bytes())
    data[data.index(b"ana.ipynb") + 10] ^= 0xFF
    path.write_bytes(data)

    with pytest.raises(ArchiveError, match="damaged"):
        read_member(path, "ana.ipynb")
    with pytest.raises(ArchiveError, match="no longer"):
        read_member(path, "other.ipynb")


def test_a_source_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        find_submissions(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="no notebook"):
        find_submissions(lay_out(tmp_path, "grades.csv") / "grades.csv")


@pytest.mark.parametrize(
    "name",
    [
        *("CON", "nul.txt", "COM1", "LPT9", "..", ".", "", ".hidden", "-rf", "~", "a/b", "a\\b"),
        *("C:", "a\nb", "a. ", "a" * 300, "\u202eana", "a|b?*<>", "\ud800", "conin$", "ana "),
    ],
)
def test_any_name_becomes_a_folder_on_every_system(tmp_path, name):
    folder = folder_name(name)

    (tmp_path / folder).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [folder]
    assert not set(folder) & set('<>:"/\\|?*')
    assert len(folder) <= 75
    assert folder[-1] not in ". "
    assert folder.split(".")[0].casefold() not in {"con", "nul", "com1", "lpt9", "conin$"}


def test_a_usual_name_is_its_own_folder():
    assert folder_name("Ana María Lopez") == "Ana María Lopez"
    assert folder_name("a/b") != folder_name("a:b")


def test_names_are_shown_in_one_short_line():
    assert clean("a\r\n\tb\0\u2028c\u200d") == "a b c"
    assert len(clean("x" * 10**7)) == 80
    assert clean("\x1b\u202e") == "unnamed"


def test_a_taken_name_with_a_number_is_told_apart_again():
    keys = {
        StudentKey("ana"),
        StudentKey("ana", "1"),
        StudentKey("ana (1)"),
        StudentKey("ana\n", "1"),
    }

    assert len({name.casefold() for name in unique_names(keys).values()}) == 4
