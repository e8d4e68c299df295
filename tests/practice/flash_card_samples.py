"""Small lessons and questions to make flash cards of."""

import base64
import io
import json

import yaml
from PIL import Image

from coursekit.practice.evidence_figures import CLAIM_MIME_TYPE
from coursekit.questions import load_bank_file

LESSON = "14_optimizers"


def figure(colour="red", width=60, height=30, mode="RGB"):
    """Draw a PNG."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).convert(mode).save(file, format="PNG")
    return file.getvalue()


def heading(text):
    return {"cell_type": "markdown", "source": [text], "metadata": {}}


def shows(*figures):
    """Give a code cell that shows figures."""
    data = [{"image/png": base64.b64encode(each).decode()} for each in figures]
    return _cell([{"output_type": "display_data", "data": each, "metadata": {}} for each in data])


def claims(claim_id, statement="Adam leads.", *, holds=True):
    """Give a code cell that makes a claim."""
    record = {"schema": 1, "id": claim_id, "statement": statement, "holds": holds}
    data = {CLAIM_MIME_TYPE: record, "text/plain": ["claim"]}
    stream = {"output_type": "stream", "name": "stdout", "text": ["a line\n"]}
    return _cell([stream, {"output_type": "display_data", "data": data, "metadata": {}}])


def _cell(outputs):
    return {"cell_type": "code", "source": ["pass"], "metadata": {}, "outputs": outputs}


def write_notebook(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook))
    return path


def record(question_id="DL-25", **changes):
    """Give an entry of a bank file."""
    point = {"patterns": ["word"]}
    return {
        "id": question_id,
        "difficulty": 2,
        "tags": ["optimization", "adam"],
        "question": f"What is {question_id}?",
        "short_answer": "It divides by $\\sqrt{v}$.",
        "deep_answer": "At $0<\\eta<2$ it is stable.",
        "key_points": [
            {"text": "small", "weight": 1, **point},
            {"text": "large", "weight": 3, **point},
            {"text": "middle", "weight": 2, **point},
        ],
        "follow_ups": [
            {"question": "And then?", "answer": "Then this."},
            {"question": "Why?", "answer": "Because."},
        ],
        "myths": [{"text": "It wins.", "truth": "It ties.", "claim": f"{question_id}.a"}],
        "claims": [f"{question_id}.a", f"{question_id}.b"],
        "exercises": ["14_adam_step"],
        "sources": ["Kingma & Ba, 2015"],
        **changes,
    }


def write_bank(folder, *records, lesson=LESSON):
    """Write a lesson's bank file and load its questions."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{lesson}.yaml"
    path.write_text(yaml.safe_dump({"questions": list(records)}))
    return load_bank_file(path)
