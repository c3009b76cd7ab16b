from __future__ import annotations

import struct

import pytest

from perfcompare.services.pgrows import RowReader


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


CONVERSATION = b"".join(
    [
        message(b"R", struct.pack("!i", 0)),
        message(b"S", b"TimeZone\0UTC\0"),
        message(b"T", b"columns"),
        message(b"D", b"D first row D"),
        message(b"D", b"second row"),
        message(b"C", b"SELECT 2\0"),
        message(b"Z", b"I"),
    ]
)


@pytest.mark.parametrize("size", [1, 3, 7, 10_000])
def test_rows_are_counted_in_pieces_of_any_size(size: int) -> None:
    rows: list[None] = []
    reader = RowReader(lambda: rows.append(None), lambda: None)

    for start in range(0, len(CONVERSATION), size):
        reader.feed(CONVERSATION[start : start + size])

    assert len(rows) == 2


def test_a_refused_encryption_comes_before_the_first_message() -> None:
    rows: list[None] = []
    reader = RowReader(lambda: rows.append(None), lambda: None)

    reader.feed(b"N")
    reader.feed(b"N" + CONVERSATION)

    assert len(rows) == 2


@pytest.mark.parametrize("end", [message(b"C", b"SELECT 2\0"), message(b"I"), message(b"E", b"\0"), message(b"s")])
def test_the_end_of_a_statement_is_told_once(end: bytes) -> None:
    ends: list[None] = []
    reader = RowReader(lambda: None, lambda: ends.append(None))

    reader.feed(message(b"R", struct.pack("!i", 0)) + message(b"S", b"TimeZone\0UTC\0") + end + message(b"Z", b"I"))

    assert len(ends) == 1
