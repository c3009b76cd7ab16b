"""The quick dumper of lists says what psycopg's says, of the same type."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.types.array import ListDumper

from perfcompare.levers.compiled_queries.lists import quick_dumper

LISTS: list[list[Any]] = [
    *([], [1], [0, -1, 32767], [-32769], [1 << 20, 3], [1 << 40, -(1 << 62)], [1 << 70]),
    *([None, 3], [[1, 2], [3, 4]], [True, False], ["a", 'b"c', "NULL"], [None], [1.5]),
]


class _Context:
    def __init__(self, dumper: Any) -> None:
        self.adapters = AdaptersMap(psycopg.adapters)
        self.adapters.register_dumper(list, dumper)
        self.connection = None


def _dumped(dumper: Any, value: list[Any]) -> tuple[Any, Any]:
    transformer = Transformer(_Context(dumper))
    return transformer.dump_sequence([value], [PyFormat.AUTO]), transformer.types


@pytest.mark.parametrize("value", LISTS, ids=repr)
def test_a_list_is_written_as_by_psycopg(value: list[Any]) -> None:
    assert _dumped(quick_dumper(), value) == _dumped(ListDumper, value)


def test_whole_numbers_do_not_go_through_psycopgs_dumper(monkeypatch: pytest.MonkeyPatch) -> None:
    quick, expected = quick_dumper(), _dumped(ListDumper, [1, -2])
    monkeypatch.delattr(ListDumper, "dump")
    assert _dumped(quick, [1, -2]) == expected
