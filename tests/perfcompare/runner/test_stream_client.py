from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from types import SimpleNamespace

import pytest

from perfcompare.runner import stream_client
from perfcompare.runner.stream_client import Receiver, Record
from perfcompare.work.streaming import part

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PARTS = [part(number, 3) for number in (1, 2, 3)]
END = b"0\r\n\r\n"


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


def recorded(arriving: Sequence[bytes], monkeypatch: pytest.MonkeyPatch, *, ended: bool = True) -> Record:
    """What the client makes of pieces that arrive at the seconds 1, 2, 3, ..."""
    moments = iter(range(1, 100))
    clock = SimpleNamespace(monotonic=lambda: float(next(moments)))
    monkeypatch.setattr(stream_client, "time", clock)  # the event loop keeps its own

    async def receive() -> Record:
        receiver = Receiver()
        for piece in arriving:
            receiver.data_received(piece)
        if ended:
            receiver.connection_lost(None)
        return receiver.record(3)

    return asyncio.run(receive())


def test_each_part_has_the_moment_at_which_it_was_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = map(chunk, PARTS)

    record = recorded([CHUNKED + one, two[:7], two[7:] + three, END], monkeypatch)

    assert (record.moments, record.ended, record.trouble) == ([1.0, 3.0, 3.0], True, "")


def test_a_part_in_two_chunks_and_two_parts_in_one_chunk_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = PARTS

    record = recorded([CHUNKED, chunk(one[:4]), chunk(one[4:]), chunk(two + three) + END], monkeypatch)

    assert (record.moments, record.trouble) == ([3.0, 4.0, 4.0], "")


def test_a_body_that_ends_with_the_connection_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    record = recorded([HEAD + b"\r\n" + PARTS[0], PARTS[1], PARTS[2]], monkeypatch)

    assert (record.moments, record.trouble) == ([1.0, 2.0, 3.0], "")


@pytest.mark.parametrize(
    ("arriving", "parts", "trouble"),
    [
        ([CHUNKED + chunk(PARTS[0]), chunk(PARTS[2]), chunk(PARTS[1]), END], 1, "not those that were asked for"),
        ([CHUNKED + chunk(b"".join(PARTS)), END.replace(b"0", chunk(PARTS[0]) + b"0")], 3, "not those"),
        ([CHUNKED + chunk(PARTS[0]), END], 1, "not those that were asked for"),
        ([CHUNKED + chunk(PARTS[0]), chunk(PARTS[1])[:9]], 1, "ended before the stream"),
        ([CHUNKED + chunk(PARTS[0]) + b"x\r\n"], 1, "ended before the stream"),
        ([b"HTTP/1.1 503 Service Unavailable\r\n\r\n"], 0, "the answer was 503 Service Unavailable"),
        ([b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", *PARTS], 3, "the content type was text/html"),
        ([], 0, "the answer was none"),
    ],
    ids=["order", "too many", "too few", "cut off", "no chunk", "status", "content type", "nothing"],
)
def test_what_is_not_the_stream_is_told(
    arriving: Sequence[bytes], parts: int, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = recorded(arriving, monkeypatch)

    assert len(record.moments) == parts
    assert trouble in record.trouble
    assert all(before <= after for before, after in pairwise(record.moments))


def test_a_stream_that_the_client_left_is_neither_ended_nor_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    record = recorded([CHUNKED + chunk(PARTS[0])], monkeypatch, ended=False)

    assert (record.moments, record.ended, record.trouble) == ([1.0], False, "")
