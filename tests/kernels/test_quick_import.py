"""nbformat is imported without the grammar that it does not need."""

import subprocess
import sys

import pytest

pytest.importorskip("rfc3987_syntax")


def run(script):
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def test_notebooks_are_read_and_validated_without_the_grammar():
    script = (
        "import sys\n"
        "from coursekit.kernels import defer_grammar\n"
        "assert defer_grammar()\n"
        "import nbformat\n"
        "nbformat.validate(nbformat.v4.new_notebook())\n"
        "try:\n"
        "    nbformat.validate({'cells': [{}], 'nbformat': 4, 'nbformat_minor': 4})\n"
        "except nbformat.ValidationError:\n"
        "    print('lark' in sys.modules)\n"
    )
    assert run(script) == "False"


def test_addresses_are_still_checked():
    script = (
        "from coursekit.kernels import defer_grammar\n"
        "defer_grammar()\n"
        "import jsonschema\n"
        "check = jsonschema.FormatChecker(['iri']).conforms\n"
        "print(check('https://example.org/\\u00fc', 'iri'), check('no address', 'iri'))\n"
        "import rfc3987_syntax; print(rfc3987_syntax.__file__ is not None)\n"
    )
    assert run(script) == "True False\nTrue"


def test_what_is_imported_already_stays():
    assert run("import rfc3987_syntax, coursekit.kernels as k; print(k.defer_grammar())") == "False"
