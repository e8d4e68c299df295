"""Submissions that write results of their own wherever a result may be read from."""

from .cases import WRONG_ADAM, attack, function

_FORGED = """
import json
import struct

forged = {
    "outcome": "right", "status": "graded", "points": 3, "earned": 3, "exercise": "14_adam_step",
    "kind": "value", "value": [1, 2, 3], "schema": 1, "reasons": [], "error": None,
}
text = json.dumps(forged).encode()
frames = [
    text + b"\\n",
    struct.pack("!I", len(text)) + text,
    struct.pack("<I", len(text)) + text,
    struct.pack("!Q", len(text)) + text,
    struct.pack("!I16sI", len(text), bytes(16), 0) + text,
]
"""


def _forgery(name, tries, code, *, adam="wrong|review|crashed", others="right|review|crashed"):
    """Make a case: the forgery stands in the cell of the wrong answer."""
    return attack(
        name,
        tries,
        answers={"adam": f"{WRONG_ADAM}\n\n{code}"},
        adam=adam,
        others=others,
    )


#: Not by the frames: in some versions of IPython those of a cell lead nowhere.
STUDENT = """
import signal

student = signal.getsignal(signal.SIGINT).__self__
"""

CASES = (
    attack(
        "forged-outputs",
        "prints and displays outcomes that say right",
        answers={
            "adam": f"""
from IPython.display import display
{_FORGED}
print(json.dumps(forged))
display({{"application/vnd.coursekit.outcome+json": forged, "text/plain": "right"}}, raw=True)
{WRONG_ADAM}
"""
        },
        adam="wrong",
    ),
    _forgery(
        "forged-on-every-descriptor",
        "writes results on the descriptors 0 to 255",
        f"""
import os
import select
{_FORGED}
for descriptor in range(256):
    for frame in frames:
        try:
            if select.select([], [descriptor], [], 0)[1]:
                os.write(descriptor, frame)
        except (OSError, ValueError):
            pass
""",
    ),
    _forgery(
        "forged-by-a-thread",
        "a thread that goes on writing results while the check runs",
        f"""
import os
import select
import stat
import threading
import time
{_FORGED}


def forge():
    for _ in range(100):
        for descriptor in range(3, 64):
            try:
                if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                    if select.select([], [descriptor], [], 0)[1]:
                        os.write(descriptor, frames[4])
            except (OSError, ValueError):
                pass
        time.sleep(0.02)


threading.Thread(target=forge, daemon=True).start()
""",
    ),
    _forgery(
        "forged-at-exit",
        "an atexit function that prints results and leaves at once",
        f"""
import atexit
import os
{_FORGED}


@atexit.register
def leave():
    for descriptor in range(64):
        try:
            os.write(descriptor, frames[0])
        except OSError:
            pass
    os._exit(0)
""",
        others="right|review",
    ),
    _forgery(
        "forged-through-the-channel",
        "finds the grader's own channel in memory, and sends right outcomes and empty reports",
        f"""
import gc
{_FORGED}
for thing in gc.get_objects():
    if type(thing).__name__ == "Channel" and hasattr(thing, "send"):
        for key in ("do", "kind", "type", "op", "what"):
            for message in (forged, {{key: "value", "value": (1, 2, 3)}}, {{"reasons": []}}):
                try:
                    thing.send(message)
                except Exception:
                    pass
""",
    ),
    _forgery(
        "blinded",
        "finds the grader's own objects in memory, and silences what reports",
        f"""
{STUDENT}
silent = lambda *args: None
student._report = student._auditor.tell = student._auditor._report = silent
student._watch.changes = lambda *args: []
student._auditor._hidden = ()
student._auditor._busy = True
try:
    open("@course@/solutions/14_optimizers.ipynb").read()
    print("BREA" + "CH of files")
except OSError:
    pass
""",
        others="right|review",
    ),
    _forgery(
        "replaced-actions",
        "finds the grader's own objects in memory, and answers in their place",
        f"""
{STUDENT}
student._actions["call"] = lambda request: {{
    "value": request["args"][:1] * 3,
    "changed": {{n: value for n, value in enumerate(request["args"])}},
    "outcome": "right", "earned": 3, "matches": True,
}}
""",
        others="right|review",
    ),
    _forgery(
        "two-replies",
        "finds the grader's own channel in memory, and replies before it is asked",
        f"""
{STUDENT}
for _ in range(20):
    student._channel.send({{"reply": {{"value": 0, "object": 0, "callable": True,
                                    "type": "function", "name": "adam_step"}}}})
""",
    ),
    _forgery(
        "odd-messages",
        "finds the grader's own channel in memory, and sends what nobody expects",
        f"""
{STUDENT}
odd = [
    {{"seen": [["<corpus-pwned>"], {{}}]}}, {{"seen": "all"}}, {{"callback": 0}},
    {{"callback": -1, "args": (), "kwargs": {{}}}}, {{"reply": 3}}, {{"reply": {{}}}}, {{}},
    {{"reply": {{"error": 3}}}}, {{"reply": {{"value": 1, "changed": {{99: 1}}}}}},
    {{"reply": {{"outputs": 3, "error": ["<corpus-pwned>"], "peak": -1}}}},
]
replies = iter(odd * 20)
student._reply = lambda reply: student._channel.send(next(replies))
""",
    ),
    _forgery(
        "unfolding-message",
        "finds the grader's own channel in memory, and sends a little that unfolds to much",
        f"""
{STUDENT}
import json
import struct

nest = '{{"a":["<f8",[1000000],0,"C"]}}'
for number in range(40):
    nest = '{{"l":[%s,{{"=":%d}}]}}' % (nest, number)
text = ('{{"d":[["reply",{{"d":[["value",%s]]}}]]}}' % nest).encode()
body = struct.pack("!I", len(text)) + text + bytes(8 * 10**6)
student._reply = lambda reply: student._channel.send_packed(body)
""",
    ),
    _forgery(
        "endless-reports",
        "finds the grader's own channel in memory, and reports for ever",
        f"""
{STUDENT}
import itertools
for number in itertools.count():
    student._channel.send({{"seen": ["secret", f"<corpus-pwned> {{number}}"]}})
""",
    ),
    _forgery(
        "stolen-channel",
        "reads what the grader sends, and swallows it",
        """
import os
import threading


def swallow():
    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, False)
            os.read(descriptor, 1 << 20)
        except OSError:
            pass


for _ in range(50):
    swallow()
""",
    ),
    _forgery(
        "wiped-traces",
        "empties every list of the grader's own modules",
        """
import sys

for name, module in [*sys.modules.items()]:
    if name.startswith("coursekit.grading"):
        for thing in [*vars(module).values()]:
            if isinstance(thing, (list, set, dict)) and thing is not vars(module):
                if "__builtins__" not in thing:
                    thing.clear()
open("@course@/solutions/14_optimizers.ipynb")
""",
    ),
    attack(
        "patched-answers",
        "replaces every function of the grader in its own process",
        answers={
            "adam": function(
                "adam",
                """
                import sys, types
                for name, module in [*sys.modules.items()]:
                    if name.startswith("coursekit.grading"):
                        for key, thing in [*vars(module).items()]:
                            if isinstance(thing, types.FunctionType):
                                setattr(module, key, lambda *args, **kwargs: (1, 2, 3))
                return weights, first, second
                """,
            )
        },
        adam="wrong|review|crashed",
    ),
)
