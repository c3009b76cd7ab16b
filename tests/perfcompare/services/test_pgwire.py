"""Statements read from the bytes of a client, message by message."""

from __future__ import annotations

import struct

import pytest

from perfcompare.services.pgwire import StatementReader

STARTUP = struct.pack("!ii", 8 + 5, 196608) + b"user\0"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", 4 + len(body)) + body


def prepare(name: bytes, sql: bytes) -> bytes:
    return message(b"P", name + b"\0" + sql + b"\0" + struct.pack("!h", 0))


def bind(portal: bytes, name: bytes) -> bytes:
    return message(b"B", portal + b"\0" + name + b"\0" + struct.pack("!hhh", 0, 0, 0))


def execute(portal: bytes = b"") -> bytes:
    return message(b"E", portal + b"\0" + struct.pack("!i", 0))


def read(*pieces: bytes) -> list[str]:
    statements: list[str] = []
    reader = StatementReader(statements.append)
    for piece in pieces:
        reader.feed(piece)
    return statements


def test_a_simple_query() -> None:
    assert read(STARTUP, message(b"Q", b"SELECT 1\0")) == ["SELECT 1"]


def test_a_prepared_statement_counts_at_each_execution() -> None:
    sql = prepare(b"s1", b"SELECT $1")

    assert read(STARTUP, sql) == []
    assert read(STARTUP, sql, bind(b"", b"s1"), execute(), bind(b"", b"s1"), execute()) == ["SELECT $1"] * 2


def test_a_portal_in_several_steps_counts_once() -> None:
    assert read(STARTUP, prepare(b"", b"SELECT 1"), bind(b"p", b""), execute(b"p"), execute(b"p")) == ["SELECT 1"]


def test_the_unnamed_statement_is_replaced() -> None:
    unnamed = [prepare(b"", sql) + bind(b"", b"") + execute() for sql in (b"SELECT 1", b"SELECT 2")]

    assert read(STARTUP, *unnamed) == ["SELECT 1", "SELECT 2"]


def test_bytes_one_by_one_after_an_encryption_request() -> None:
    stream = SSL_REQUEST + STARTUP + message(b"p", b"secret\0") + message(b"Q", "SELECT 'ä'\0".encode())

    assert read(*[stream[i : i + 1] for i in range(len(stream))]) == ["SELECT 'ä'"]


def test_tls_is_refused_because_nothing_could_be_counted() -> None:
    with pytest.raises(ValueError, match="plain text"):
        read(SSL_REQUEST, b"\x16\x03\x01\x02\x00\x01\x00\x01")
