"""Values cross between two processes as they are, and bytes of a stranger do no harm."""

import random
import socket
import struct
from collections import namedtuple

import numpy as np
import pandas as pd
import pytest

from coursekit.grading.examination.channel import Channel, ClosedError, LateError
from coursekit.grading.examination.packing import (
    MOST_BYTES,
    MOST_PARTS,
    Packer,
    PackingError,
    type_name,
)
from coursekit.grading.examination.unpacking import ProtocolError, Unpacker

TOKEN = b"a token of 16 by"
Point = namedtuple("Point", "x y")


def packed(value):
    return Packer(lambda item: {"type": type_name(item)}).pack(value)


def unpacked(body):
    return Unpacker(lambda facts: ("reference", facts)).unpack(body)


def sent(value):
    return unpacked(packed(value))


@pytest.fixture
def channels():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours, TOKEN), Channel(theirs, TOKEN), theirs


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**70),
        1.5,
        -0.0,
        float("inf"),
        2 - 3j,
        "",
        "Δ\n\x00\ud800",
        b"\x00raw",
        ...,
        range(2, 9, 3),
        [1, [2.0, ("a",)], []],
        (1,),
        {1, "a", (2, 3)},
        frozenset({1}),
        {"a": 1, 2: [None], (3, 4): {}},
        np.float32(0.1),
        np.bool_(True),
        np.str_("text"),
        np.datetime64("2020-02-29"),
        Point(1, [2]),
    ],
    # Not their texts: that of a set is another one in each worker of a test run.
    ids=lambda value: type(value).__name__,
)
def test_a_value_arrives_with_its_type(value):
    arrived = sent(value)

    assert arrived == value
    assert type(arrived).__name__ == type(value).__name__
    assert repr(arrived) == repr(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(10)[::-2],
        np.zeros((0, 4)),
        np.array(3.5),
        np.array([True, False]),
        np.array([1, 2], dtype=">i2"),
        np.array([1.5], dtype=np.float16),
        np.array([1 + 2j]),
        np.array(["no", "yes", "Δ"]),
        np.array(["2020-01-01", "NaT"], dtype="datetime64[ns]"),
        np.array(["a", None, 1.5, np.nan], dtype=object),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_an_array_arrives_with_its_elements(array):
    arrived = sent(array)

    assert arrived.dtype == array.dtype
    assert arrived.shape == array.shape
    assert arrived.tolist().__repr__() == array.tolist().__repr__()
    assert arrived.flags.writeable
    assert np.isfortran(arrived) == np.isfortran(array)


def test_a_table_arrives_as_a_table():
    frame = pd.DataFrame({"size": [1, 2], "name": ["x", None]}, index=[5, 6])

    pd.testing.assert_frame_equal(sent(frame), frame, check_dtype=False)
    pd.testing.assert_series_equal(sent(frame["size"]), frame["size"])


def test_an_array_that_occurs_twice_is_one_array_there_too():
    zeros = np.zeros(2)

    first, second, other = sent((zeros, zeros, np.zeros(2)))

    assert first is second
    assert other is not first


def test_what_is_no_plain_value_stays_where_it_is():
    class AlwaysEqual:
        def __eq__(self, other):
            return True

    class Float(float):
        pass

    assert sent([AlwaysEqual(), Float(1)]) == [
        ("reference", {"type": "AlwaysEqual"}),
        ("reference", {"type": "Float"}),
    ]


def loop():
    items = []
    items.append(items)
    return items


def nest(depth):
    return [nest(depth - 1)] if depth else []


def double(part, times):
    for _ in range(times):
        part = [part, part]
    return part


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (loop(), "contains itself"),
        (nest(300), "nested more than"),
        ([0] * (MOST_PARTS + 1), "parts"),
        (np.zeros(MOST_BYTES + 1, dtype=np.uint8), "elements"),
        (np.zeros(MOST_BYTES // 8 + 1), "MB"),
        ([np.zeros(MOST_BYTES // 16), np.ones(MOST_BYTES // 16 + 1)], "MB"),
        ([np.zeros(2**21)] * 300, "MB"),
        (double(1.0, 40), "parts"),
        (np.broadcast_to(1.0, (10**6, 10**6)), "elements"),
        (np.ma.masked_array(np.broadcast_to(1.0, (10**6, 10**6))), "MB"),
    ],
    ids=["loop", "deep", "many", "long", "large", "two", "same", "double", "by strides", "masked"],
)
def test_a_value_beyond_all_bounds_is_not_sent(value, reason):
    with pytest.raises(PackingError, match=reason):
        packed(value)


@pytest.mark.parametrize(
    "structure",
    [
        b"not json",
        b"[1]",
        b'{"unknown":1}',
        b'{"l":3}',
        b'{"a":["|O",[1],0,"C"]}',
        b'{"a":["<f8",[4],0,"C"]}',
        b'{"a":["<f8",[-1],0,"C"]}',
        b'{"a":["<f8",[1],-8,"C"]}',
        b'{"a":["<f8",[99999999,99999999],0,"C"]}',
        b'{"a":["<U0",[99999999],0,"C"]}',
        b'{"a":["<U1",[2],0,"C"]}',
        b'{"a":["|b1",[8],0,"C"]}',
        b'{"o":[[3],[1]]}',
        b'{"=":0}',
        b'{"=":-1}',
        b'{"nt":["x; import os",["y"],[1]]}',
        b'{"d":[[{"l":[]},1]]}',
        b'{"b":[0,99]}',
        b'{"i":"0x' + b"f" * 20_000 + b'"}',
        b"[" * 100_000,
        b'{"l":[' * 500 + b"]}" * 500,
    ],
)
def test_bytes_that_nobody_packed_are_refused(structure):
    body = struct.pack("!I", len(structure)) + structure + b"\xff" * 8

    with pytest.raises(ProtocolError):
        unpacked(body)


def test_parts_that_occur_again_are_counted_again():
    doubled = b'{"l":[1]}'
    for number in range(40):
        doubled = b'{"l":[' + doubled + b',{"=":%d}]}' % number
    body = struct.pack("!I", len(doubled)) + doubled

    with pytest.raises(ProtocolError, match="too large"):
        unpacked(body)


def test_damaged_bytes_give_a_value_or_are_refused():
    rng = random.Random(0)
    whole = packed({"a": [np.arange(5.0), "text", (1, 2.5)], "b": np.array(["x", "yz"])})
    refused = 0
    for _ in range(3000):
        body = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            body[rng.randrange(len(body))] = rng.randrange(256)
        try:
            unpacked(bytes(body))
        except ProtocolError:
            refused += 1

    assert refused > 1000


def test_messages_arrive_in_order(channels):
    ours, theirs, _ = channels

    ours.send({"n": 1})
    ours.send({"n": np.arange(3)})

    assert theirs.receive() == {"n": 1}
    assert theirs.receive()["n"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("token", [b"another 16 bytes", TOKEN], ids=["token", "number"])
def test_a_forged_message_is_noticed(channels, token):
    ours, _, raw = channels
    body = packed({"reply": {"value": 1}})

    raw.sendall(struct.pack("!I16sI", len(body), token, 7) + body)

    with pytest.raises(ProtocolError, match="forged"):
        ours.receive()


def test_a_message_repeated_is_noticed(channels):
    ours, _, raw = channels
    body = packed({"reply": 1})
    frame = struct.pack("!I16sI", len(body), TOKEN, 0) + body

    raw.sendall(frame + frame)

    assert ours.receive() == {"reply": 1}
    with pytest.raises(ProtocolError):
        ours.receive()


def test_a_length_beyond_all_bounds_is_refused_before_anything_is_read(channels):
    ours, _, raw = channels

    raw.sendall(struct.pack("!I16sI", 2**32 - 1, TOKEN, 0))

    with pytest.raises(ProtocolError, match="too large"):
        ours.receive()


def test_whoever_announces_and_sends_nothing_is_not_waited_for(channels):
    import time

    ours, _, raw = channels
    raw.sendall(struct.pack("!I16sI", 1000, TOKEN, 0) + b"only this")

    with pytest.raises(LateError):
        ours.receive(time.monotonic() + 0.1)


def test_the_end_of_the_other_side_is_told(channels):
    ours, theirs, _ = channels

    theirs.close()

    with pytest.raises(ClosedError):
        ours.receive()


def test_a_message_that_the_deadline_cuts_in_parts_is_received_later(channels):
    ours, theirs, connection = channels
    frames = []
    theirs._send_all = frames.append
    theirs.send({"reply": list(range(1000))})
    for part in (frames[0][:10], frames[0][10:100]):  # in the header, and behind it
        connection.sendall(part)
        with pytest.raises(LateError):
            ours.receive(deadline=0.0)
    connection.sendall(frames[0][100:])

    assert ours.receive() == {"reply": list(range(1000))}


@pytest.mark.parametrize("kind", ["set", "dict"])
def test_keys_that_were_chosen_to_collide_are_refused_at_once(kind):
    numbers = [n * (2**61 - 1) for n in range(1, 200)]
    value = set(numbers) if kind == "set" else dict.fromkeys(numbers)

    with pytest.raises(ProtocolError, match="collide"):
        sent(value)


def test_many_different_keys_are_no_collision():
    assert sent(set(range(5000))) == set(range(5000))
    assert sent({f"{n}": n for n in range(5000)}) == {f"{n}": n for n in range(5000)}


def test_what_a_message_holds_is_known_with_what_occurs_twice(channels):
    ours, theirs, _ = channels
    array = np.zeros(1000)  # no more than a socket holds
    theirs.send({"args": [array, array]})

    ours.receive()

    assert ours.unfolded_bytes >= 2 * array.nbytes > ours.received_bytes
