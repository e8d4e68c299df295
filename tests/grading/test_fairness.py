"""No cheat is believed, and no honest learner is suspected."""

import os
import sys
from pathlib import Path

import pytest

import coursekit
from coursekit.grading.examination.suspicions import needs_person, scan
from tests.grading.hand_made_plans import (
    CHECK_OPTIMISM,
    CHECK_TRIM,
    OPTIMISM,
    TRIM,
    examined,
    outcomes,
    reasons,
    settings,
)

PACKAGE = Path(coursekit.__file__).parent
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")

WRONG = "import numpy as np\ndef trim(x, share):\n    return np.zeros(3)\n"


def wrong(value, setup=""):
    return f"import numpy as np\n{setup}\ndef trim(x, share):\n    return {value}\n"


ALWAYS_EQUAL = """
class Equal(BASE):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
    def __array__(self, *a, **k): raise SystemExit
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __len__(self): return 3
    def __iter__(self): return iter(())
    def __float__(self): return 1.0
    __hash__ = None
"""


@pytest.mark.parametrize(
    ("base", "made"),
    [
        ("object", "Equal()"),
        ("float", "Equal(1)"),
        ("list", "Equal([1])"),
        ("tuple", "Equal([1])"),
        ("dict", "Equal(a=1)"),
        ("str", "Equal('x')"),
        ("np.ndarray", "np.zeros(3).view(Equal)"),
    ],
)
def test_an_object_that_equals_everything_gets_nothing(base, made):
    result = examined(wrong(made, ALWAYS_EQUAL.replace("BASE", base)), CHECK_TRIM)

    assert outcomes(result)[0] in {"wrong", "crashed"}
    assert result.earned == 0


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (
            "import numpy.testing\nnumpy.testing.assert_allclose = lambda *a, **k: None",
            "replaced numpy.testing.assert_allclose",
        ),
        ("np.isclose.__wrapped__", ""),
        ("np.allclose = lambda *a, **k: True", "replaced numpy.allclose"),
        (
            "def yes(*a, **k): return True\nnp.testing.assert_equal.__code__ = yes.__code__",
            "replaced numpy.testing.assert_equal",
        ),
        ("import builtins\nbuiltins.all = lambda items: True", "replaced builtins.all"),
        ("import json\njson.dumps = lambda *a, **k: '{}'", "replaced json.dumps"),
        ("import coursekit\ncoursekit.checks.check = print", "replaced coursekit.checks.check"),
        (
            "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')",
            "the module numpy",
        ),
        (
            "get_ipython().input_transformers_post.append(lambda lines: lines)",
            "input transformers",
        ),
        ("import ast\nget_ipython().ast_transformers.append(ast.NodeTransformer())", "syntax"),
        (
            "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)",
            "handler of errors",
        ),
        ("import ctypes\nctypes.CDLL(None)", "ctypes"),
        ("import gc\ngc.get_objects()", "all objects"),
        ("open('/proc/self/mem', 'rb')", "/proc/self/mem"),
        ("open('/proc/1/environ')", "/proc/1/environ"),
        ("import os\nif os.fork() == 0: os._exit(0)", "a copy of its process"),
        ("import os\nos.kill(os.getppid(), 0)", "signal"),
        ("import coursekit.checks.lesson_06_outliers", "lesson_06_outliers"),
        ("__import__('coursekit.checks.' + 'lesson_06' + '_outliers')", "lesson_06_outliers"),
        ("import coursekit.grading.examination.examining", "coursekit.grading"),
        (f"open({str(PACKAGE)!r} + '/checks/les' + 'son_06_outliers.py')", "lesson_06"),
        (f"import os\nos.listdir({str(PACKAGE)!r} + '/ch' + 'ecks')", "checks"),
        (
            f"import os\nos.symlink({str(PACKAGE)!r} + '/ch' + 'ecks', 'link')",
            "checks",
        ),
        (f"import os\nos.chdir({str(PACKAGE)!r})\nopen('checks/catalogue.py')", "catalogue"),
        ("import sys\nsys.addaudithook(print)", "addaudithook"),
        (
            "import threading, time\n"
            "def wait(): time.sleep(60)\n"
            "threading.Thread(target=wait, daemon=True).start()",
            "left a thread",
        ),
    ],
)
def test_an_attempt_is_left_to_a_person_with_the_reason(act, named):
    attempt = f"import numpy as np\ntry:\n    {act.replace(chr(10), chr(10) + '    ')}\n"
    result = examined(OPTIMISM, CHECK_OPTIMISM, attempt + "except OSError: pass", TRIM, CHECK_TRIM)

    if not named:
        assert outcomes(result) == ["right", "right"]
        return
    assert outcomes(result) == ["right", "review"]
    assert named in reasons(result)
    assert "Cell 3" in reasons(result) or "The check of" in reasons(result)
    assert result.checks[1].earned is None
    assert result.checks[1].found == ("crashed" if "the module numpy" in named else "right")


@pytest.mark.skipif(sys.platform != "linux", reason="what is enforced differs")
def test_what_the_sandbox_makes_harmless_is_told_and_no_more():
    connect = (
        "import socket\ntry: socket.create_connection(('10.0.0.1', 80), 0.1)\nexcept OSError: 0"
    )
    result = examined(connect, "!ls", TRIM, CHECK_TRIM)

    if not settings().isolation.enforced.get("network"):
        pytest.skip("the network is open here")
    assert outcomes(result) == ["right"]
    assert "Cell 1 tried to use the network: 10.0.0.1." in result.notes
    assert any("Cell 2 started a program: ls" in note for note in result.notes)


@pytest.mark.parametrize(
    ("kind", "detail", "enforced", "decides"),
    [
        ("network", "example.org", {"network": False}, True),
        ("network", "example.org", {"network": True}, False),
        ("program", "pip install rich", {}, False),
        ("program", "cat solutions/06_outliers.ipynb", {}, True),
        ("program", "cat solutions/06_outliers.ipynb", {"files": True}, False),
        ("frames", "sys._getframe", {}, False),
        ("unheard of", "", {}, True),
    ],
)
def test_what_an_act_means_depends_on_the_sandbox(kind, detail, enforced, decides):
    assert needs_person(kind, detail, enforced) is decides


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("import ctypes as c", ["ctypes"]),
        ("from coursekit.checks import lesson_06_outliers", ["secret"]),
        ("def f():\n    from coursekit.grading.examination import student", ["secret"]),
        ("path = '/proc/self/mem'", ["memory"]),
        ("%%bash\ncat /etc/passwd", ["program"]),
        ("%matplotlib inline\nimport numpy as np\n!ls", []),
        ("from coursekit import check\ncheck('06_trim', trim)", []),
        ("# import ctypes\n'nothing'", []),
        ("def broken(:", []),
        ("x = '\\x00'", []),
    ],
)
def test_code_is_read_before_it_runs(source, kinds):
    assert [kind for kind, _ in scan(source)] == kinds


FORGERIES = {
    "garbage": (
        "for fd in range(3, 100):\n    try: os.write(fd, b'x' * 500)\n    except OSError: pass"
    ),
    "a whole frame": (
        "import struct\n"
        'body = b\'{"d":[["reply",{"d":[["value",1]]}]]}\'\n'
        "body = struct.pack('!I', len(body)) + body\n"
        "for fd in range(3, 100):\n"
        "    try: os.write(fd, struct.pack('!I16sI', len(body), b'0' * 16, 2) + body)\n"
        "    except OSError: pass"
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_message_is_left_to_a_person(forgery):
    body = "import os\n" + forgery
    result = examined(
        OPTIMISM,
        CHECK_OPTIMISM,
        "def trim(x, share):\n    " + body.replace("\n", "\n    "),
        CHECK_TRIM,
    )

    assert outcomes(result) == ["right", "review"]
    assert "does not send" in reasons(result)


HONEST_MESS = {
    "closed files": "import os\nos.closerange(3, 200)",
    "own output": "import sys, io\nsys.stdout = io.StringIO()",
    "no output": "import sys\nsys.stdout = sys.stderr = None",
    "own hook": "import sys\nsys.excepthook = print",
    "own signal": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)",
    "own seed": "import random, numpy as np\nrandom.seed(3); np.random.seed(3)",
    "at exit": "import atexit\natexit.register(print, 1)",
    "recursion": "import sys\nsys.setrecursionlimit(100_000)",
    "no garbage collection": "import gc\ngc.disable(); gc.collect()",
    "deleted names": "for name in [*globals()]:\n    if name[0] != '_': del globals()[name]",
    "reset": "%reset -f",
    "shadowed": "list = dict = str = type = 3",
    "own check": "def check(*args): print('mine')\ncheck(1)",
    "print options": "import numpy as np\nnp.set_printoptions(precision=2)",
    "pool": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool: list(pool.map(abs, range(9)))"
    ),
    "temporary files": (
        "import tempfile, pathlib, shutil\n"
        "with tempfile.TemporaryDirectory() as d: pathlib.Path(d, 'x').write_text('y')\n"
        "with tempfile.TemporaryFile() as f: f.write(b'1')\n"
        "open('own.csv', 'w').close(); shutil.copy('own.csv', 'other.csv')"
    ),
    "own module": (
        "open('mine.py', 'w').write('def f(): return 1')\n"
        "import sys; sys.path.insert(0, '.')\nimport mine; mine.f()"
    ),
    "logging": "import logging\nlogging.basicConfig(); logging.warning('%s', 1)",
    "traceback": "import traceback\ntry: 1 / 0\nexcept ZeroDivisionError: traceback.print_exc()",
    "inspect": "import inspect\ninspect.signature(print); inspect.getsource(inspect.signature)",
    "pandas": (
        "import pandas as pd\npd.DataFrame({'a': [1, 2]}).to_csv('x.csv'); pd.read_csv('x.csv')"
    ),
    "named": "from collections import namedtuple\nnamedtuple('P', 'x')(1)",
    "seaborn": (
        "import seaborn as sns, matplotlib.pyplot as plt\n"
        "sns.set_theme(); plt.plot([1]); plt.show()"
    ),
    "progress": "from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass",
    "jobs": (
        "from sklearn.ensemble import RandomForestClassifier\nimport numpy as np\n"
        "RandomForestClassifier(5, n_jobs=2).fit(np.arange(20)[:, None], np.arange(20) % 2)"
    ),
    "course": (
        "from coursekit.evidence import claim\nfrom coursekit.plotting import curves\n"
        "claim('MT-1.x', 'one is one', holds=True, observed={'one': 1})"
    ),
    "autoreload": "%load_ext autoreload\n%autoreload 2",
    "capture": "%%capture out\nprint('kept')",
    "timeit": "%timeit -n1 -r1 sum(range(10))",
    "help": "print?\nimport numpy as np\nnp.mean??",
    "scripts": "!echo hello > file.txt\n!cat file.txt",
}


@pytest.mark.parametrize("mess", HONEST_MESS.values(), ids=HONEST_MESS)
def test_an_honest_learner_is_not_suspected(mess):
    result = examined(OPTIMISM, mess, TRIM.replace("np.sort(x)", "sorted(x)"), CHECK_TRIM)

    assert outcomes(result) == ["right"], (reasons(result), result.checks, result.cells)
    assert all("started a program: " in note for note in result.notes)


@pytest.mark.slow
def test_training_a_network_raises_no_suspicion():
    train = (
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\n"
        "model.fit(np.ones((8, 3)), np.ones(8), epochs=2, verbose=0)\n"
        "model.save('m.keras'); keras.models.load_model('m.keras')\n"
    )
    predict = (
        "def trim(x, share):\n"
        "    model.predict(np.ones((1, 3)), verbose=0)\n"
        "    k = int(share * len(x))\n"
        "    return keras.ops.sort(x)[k : len(x) - k]"
    )

    result = examined(train, predict, CHECK_TRIM, cell_seconds=60)

    assert [cell.error for cell in result.cells] == ["", ""]
    assert outcomes(result) == ["right"], (reasons(result), result.checks)
    assert result.notes == ()


def test_the_learners_process_holds_no_reference():
    look = (
        "import sys\n"
        "[n for n in sys.modules if 'lesson_' in n or n.startswith('coursekit.grading')]"
    )

    (cell,) = examined(look).cells

    assert cell.outputs == ({"text": "[]\n"},)


def test_only_what_follows_an_attempt_is_left_to_a_person():
    result = examined(
        TRIM, CHECK_TRIM, "import numpy as np\nnp.sum = max", OPTIMISM, CHECK_OPTIMISM
    )

    assert outcomes(result) == ["right", "review"]


def test_one_submission_has_no_effect_on_the_next():
    examined("import numpy as np\nnp.sort = None\nnp.random.seed(1)", WRONG, CHECK_TRIM)

    assert outcomes(examined(TRIM, CHECK_TRIM)) == ["right"]


def test_a_check_that_takes_a_wrong_answer_for_a_right_one_is_left_to_a_person(monkeypatch):
    monkeypatch.setattr("coursekit.grading.examination.judging.difference", lambda *_, **__: None)

    (check,) = examined(TRIM, CHECK_TRIM).checks

    assert (check.outcome, check.earned) == ("review", None)
    assert "took a wrong answer for a right one" in check.reasons[0]


def test_a_check_that_fails_itself_is_left_to_a_person_and_the_rest_is_checked(monkeypatch):
    from coursekit.checks import assess

    def fragile(exercise, answer):
        if exercise.id == "06_trim":
            raise ZeroDivisionError("a fault of ours")
        return assess(exercise, answer)

    monkeypatch.setattr("coursekit.grading.examination.examining.assess", fragile)

    result = examined(TRIM, CHECK_TRIM, OPTIMISM, CHECK_OPTIMISM)

    assert outcomes(result) == ["review", "right"]
    assert "the check itself failed: ZeroDivisionError: a fault of ours" in reasons(result)


def test_the_examiners_own_generators_are_as_they_were():
    import random

    import numpy as np

    def states():
        return random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002

    before = states()

    examined(TRIM, CHECK_TRIM)

    assert states() == before
