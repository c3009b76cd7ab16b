from __future__ import annotations

import logging
import sys

import pytest

from perfcompare.contract.logging import CacheAway, OnceAMinute


def _record(name: str = "users.cache", message: str = "away") -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, __file__, 1, message, None, None)


def test_one_record_of_each_logger_passes_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 1000.0
    monkeypatch.setattr("perfcompare.contract.logging.time.monotonic", lambda: now_s)
    once = OnceAMinute()

    assert [once.filter(_record()), once.filter(_record()), once.filter(_record("other"))] == [True, False, True]
    now_s += 60.0
    assert once.filter(_record())


def test_an_exception_is_a_sentence_without_its_traceback() -> None:
    record = _record(message="Exception ignored")
    try:
        raise ConnectionError("refused")
    except ConnectionError:
        record.exc_info = sys.exc_info()

    assert CacheAway().format(record) == "The cache is unavailable, answering without it: refused"


def test_a_warning_keeps_its_words() -> None:
    text = CacheAway().format(_record(message="Cannot read the generation of users"))

    assert text == "The cache is unavailable, answering without it: Cannot read the generation of users"
