"""Files that are no notebooks, or not quite; each gives a row with a plain reason."""

import io
import json
import os
import struct
import zipfile
from pathlib import Path

from tests.grading import submissions

from .cases import EXERCISES, Case, Place, case

_SOLVED = submissions.solved()
_TEXT = json.dumps(_SOLVED).encode()


def _bytes(name, tries, content, *, others="unreadable", says="", **more) -> Case:
    return case(name, tries, content, others=others, says=says, **more)


def _changed(name, tries, change, *, others="right", says="", **more) -> Case:
    notebook = submissions.solved()
    return case(name, tries, change(notebook) or notebook, others=others, says=says, **more)


def _made(name, tries, write, *, others="unreadable", says="", **more) -> Case:
    return case(name, tries, lambda place, path: write(path), others=others, says=says, **more)


def _zip(*members, flags=0) -> bytes:
    """Make an archive of names and contents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    content = bytearray(file.getvalue())
    if flags:
        for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            start = content.find(signature)
            content[start + offset : start + offset + 2] = struct.pack("<H", flags)
    return bytes(content)


def _bomb() -> bytes:
    """Make an archive of 3 MB that holds a notebook of 3 GB."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("bomb_14_optimizers.ipynb", "w", force_zip64=True) as member,
    ):
        for _ in range(192):
            member.write(bytes(1 << 24))
    return file.getvalue()


def _linked_zip() -> bytes:
    """Make an archive that holds a symbolic link to a file of the machine."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        member = zipfile.ZipInfo("linked_14_optimizers.ipynb")
        member.create_system, member.external_attr = 3, 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    return file.getvalue()


def _set(**facts):
    return lambda notebook: notebook | facts


def _each_cell(**facts):
    def change(notebook):
        for cell in notebook["cells"]:
            cell.update(facts)

    return change


def _older(notebook):
    """Write the notebook as version 3 did: worksheets, `input` instead of `source`."""
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cells.append(
                {
                    "cell_type": "code",
                    "language": "python",
                    "metadata": cell["metadata"],
                    "input": cell["source"],
                    "outputs": [],
                    "collapsed": False,
                }
            )
        else:
            cells.append({k: cell[k] for k in ("cell_type", "metadata", "source")})
    return {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def _large_outputs(notebook):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (10 << 20)}
    for exercise in ("path", "adam"):
        submissions.cell_of(notebook, EXERCISES[exercise])["outputs"] = [output]


def _odd_cells(notebook):
    odd = [
        None,
        3,
        "cell",
        [],
        {},
        {"cell_type": "code"},
        {"cell_type": ["code"], "source": {}},
        {"cell_type": "code", "source": None, "metadata": None},
        {"cell_type": "code", "source": ["a = 1", 3, None], "metadata": []},
        {"cell_type": "fancy", "source": "1/0", "metadata": {"nbgrader": "yes", "tags": 4}},
        {"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": {}}}},
    ]
    notebook["cells"][1:1] = odd


def _directory(path: Path) -> None:
    submissions.write(_SOLVED, path / "inner_14_optimizers.ipynb")


def _other_links(place: Place, path: Path) -> None:
    target = place.submissions / "all-right_14_optimizers.ipynb"
    os.symlink(target, path)


def _unreadable_file(path: Path) -> None:
    path.write_bytes(_TEXT)
    path.chmod(0)


def _growing(path: Path) -> None:
    """Make a file that claims to hold 64 GB and holds nothing."""
    with path.open("wb") as file:
        file.truncate(64 << 30)


_REASON = r"\w+ \w+ \w+"  # a sentence, not a code

FILES = (
    _bytes("empty", "an empty file", b"", says=_REASON),
    _bytes("no-json", "a letter instead of a notebook", b"Dear teacher, my dog", says=_REASON),
    _bytes("half", "half of a notebook", _TEXT[: len(_TEXT) // 2], says=_REASON),
    _bytes("nul-bytes", "a file of NUL bytes", bytes(100_000), says=_REASON),
    _bytes(
        "nul-inside",
        "NUL bytes in the middle",
        _TEXT[:500] + b"\0\0\0" + _TEXT[500:],
        others="unreadable|right",
        says=_REASON,
    ),
    _bytes("utf-16", "UTF-16", json.dumps(_SOLVED).encode("utf-16"), others="right|unreadable"),
    _bytes(
        "byte-order-mark", "UTF-8 with a byte order mark", b"\xef\xbb\xbf" + _TEXT, others="right"
    ),
    _bytes(
        "latin-1",
        "another encoding",
        json.dumps(_SOLVED, ensure_ascii=False).replace("Adam", "Ädam").encode("latin-1"),
        others="right|unreadable",
    ),
    _bytes("deep-json", "JSON nested 200,000 deep", b"[" * 200_000, says=_REASON),
    _bytes("deep-object", "objects nested 100,000 deep", b'{"cells":' * 100_000, says=_REASON),
    _bytes("json-list", "a list", b"[1, 2, 3]", says=_REASON),
    _bytes("json-number", "a number of a million digits", b"1" * 10**6, says=_REASON),
    _bytes(
        "json-nan",
        "a notebook with NaN and duplicate keys",
        _TEXT[:-1] + b', "cells": NaN, "nbformat": Infinity}',
        says=_REASON,
    ),
    _bytes("no-cells", "no cells", b'{"metadata": {}, "nbformat": 4}', says=_REASON),
    _bytes(
        "cells-not-a-list",
        "cells that are a text",
        json.dumps(_SOLVED | {"cells": "none"}).encode(),
        says=_REASON,
    ),
    _bytes("html-page", "the page of a login", b"<!DOCTYPE html><html>Log in</html>", says=_REASON),
    _made("sparse", "a file that says it holds 64 GB", _growing, says=_REASON),
    _made(
        "no-permission", "a file that may not be read", _unreadable_file, others="unreadable|right"
    ),
    _made(
        "link-outside",
        "a symbolic link to /etc/passwd",
        lambda path: os.symlink("/etc/passwd", path),
        says="link",
    ),
    _made(
        "link-loop",
        "a symbolic link to itself",
        lambda path: os.symlink(path.name, path),
        says="link",
    ),
    _made(
        "link-to-nothing",
        "a symbolic link to nothing",
        lambda path: os.symlink("/nowhere/at/all", path),
        says="link",
    ),
    _made(
        "link-to-zero",
        "a symbolic link to /dev/zero",
        lambda path: os.symlink("/dev/zero", path),
        says="link",
    ),
    case(
        "link-to-another",
        "a symbolic link to what another handed in",
        _other_links,
        others="unreadable",
        says="link",
    ),
    _made(
        "link-to-folder",
        "a symbolic link to the whole disk",
        lambda path: os.symlink("/", path),
        file="disk-link",
        shown="^disk-link",
        others="unreadable|absent",
    ),
    _made("pipe", "a pipe that nobody writes", os.mkfifo, says="pipe"),
    _made(
        "directory",
        "a folder named like a notebook",
        _directory,
        others="right|unreadable",
        shown="^directory_14",
    ),
    _made(
        "empty-folder",
        "an empty folder",
        Path.mkdir,
        file="zoe-empty",
        shown="^zoe-empty",
        others="unreadable|absent",
    ),
    _bytes(
        "word-document",
        "a document instead of a notebook",
        b"PK\3\4 nothing",
        file="walter.docx",
        shown="^walter",
        others="unreadable|absent",
    ),
)

NOTEBOOKS = (
    _changed("version-3", "a notebook of version 3", _older, others="right|unreadable"),
    _changed(
        "version-99", "a notebook of version 99", _set(nbformat=99), others="right|unreadable"
    ),
    _changed(
        "no-version",
        "no version",
        _set(nbformat=None, nbformat_minor="x"),
        others="right|unreadable",
    ),
    _changed(
        "no-metadata", "no metadata at all", lambda n: {k: n[k] for k in ("cells", "nbformat")}
    ),
    _changed("metadata-not-a-dict", "metadata that are a list", _set(metadata=[1, 2])),
    _changed("duplicate-ids", "all cells have one id", _each_cell(id="same")),
    _changed("bad-ids", "cell ids that are no texts", _each_cell(id={"a": 1})),
    _changed("odd-cells", "cells that are no cells", _odd_cells, others="right|unreadable"),
    _changed("large-outputs", "stored outputs of 20 MB", _large_outputs),
    _changed("outputs-not-a-list", "outputs that are a number", _each_cell(outputs=3)),
    _changed(
        "prose-only",
        "prose, and no code",
        lambda n: {**n, "cells": [c for c in n["cells"] if c["cell_type"] == "markdown"]},
        others="unreadable|not attempted|crashed",
    ),
    _changed(
        "no-exercise",
        "a notebook of something else",
        lambda n: {**n, "cells": [submissions.code("print('my holidays')")]},
        file="holidays.ipynb",
        shown="^holidays",
        others="unreadable|not attempted|crashed",
        says=_REASON,
    ),
)

ARCHIVES = (
    _bytes(
        "archive",
        "a notebook in an archive",
        _zip(("14_optimizers.ipynb", _TEXT)),
        file="archive.zip",
        shown="^archive.zip",
        others="right",
    ),
    _bytes(
        "archive-climbs",
        "an archive whose members climb out of it",
        _zip(("../../corpus_canary_14_optimizers.ipynb", _TEXT)),
        file="climbs.zip",
        shown="^climbs.zip",
        others="right|unreadable",
    ),
    _bytes(
        "archive-absolute",
        "an archive whose members have absolute names",
        _zip(("/tmp/corpus_canary_14_optimizers.ipynb", _TEXT)),
        file="absolute.zip",
        shown="^absolute.zip",
        others="right|unreadable",
    ),
    _bytes(
        "archive-bomb",
        "3 MB that unpack to 3 GB",
        _bomb(),
        file="bomb.zip",
        shown="^bomb.zip",
        others="unreadable",
        says=_REASON,
    ),
    _bytes(
        "archive-damaged",
        "an archive cut in half",
        _zip(("14_optimizers.ipynb", _TEXT))[:2000],
        file="damaged.zip",
        shown="^damaged.zip",
        others="unreadable",
        says=_REASON,
    ),
    _bytes(
        "archive-encrypted",
        "an archive with a password",
        _zip(("14_optimizers.ipynb", _TEXT), flags=1),
        file="encrypted.zip",
        shown="^encrypted.zip",
        others="unreadable",
        says="password|crypt",
    ),
    _bytes(
        "archive-with-link",
        "an archive with a symbolic link",
        _linked_zip(),
        file="linked.zip",
        shown="^linked.zip",
        others="unreadable",
        says="link",
    ),
    _bytes(
        "archive-of-archives",
        "an archive in an archive in an archive in an archive",
        _zip(("a.zip", _zip(("b.zip", _zip(("c.zip", _zip(("14_optimizers.ipynb", _TEXT)))))))),
        file="nested.zip",
        shown="^nested.zip",
        others="unreadable|right",
    ),
    _bytes(
        "archive-empty",
        "an archive of nothing",
        _zip(),
        file="nothing.zip",
        shown="^nothing.zip",
        others="unreadable",
        says=_REASON,
    ),
    _bytes(
        "archive-odd-names",
        "an archive whose members have odd names",
        _zip(("mk20<corpus-pwned>\x1b[2J\u202e_14_optimizers.ipynb", _TEXT)),
        file="odd.zip",
        shown="^odd.zip",
        others="right|unreadable",
    ),
)

CASES: tuple[Case, ...] = (*FILES, *NOTEBOOKS, *ARCHIVES)
