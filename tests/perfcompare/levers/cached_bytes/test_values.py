from __future__ import annotations

import copy
import enum
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django_redis.serializers.pickle import PickleSerializer
from rest_framework.serializers import Serializer
from rest_framework.utils.serializer_helpers import ReturnList

from perfcompare.levers.cached_bytes import values
from perfcompare.levers.cached_bytes.values import FinishedMapping

KEY = ":1:key"


@pytest.fixture(autouse=True)
def _finished(settings: Any) -> None:
    settings.PERFCOMPARE = {"cached_bytes": {"finished_json": True}}


def encode(value: Any) -> bytes:
    return values.encode(value, KEY)


def decode(stored: bytes) -> Any:
    return values.decode(stored, KEY)


class Colour(enum.IntEnum):
    RED = 1


PAGE = {
    "count": 2,
    "results": [{"id": 1, "name": "Grace ü", "score": 0.1 + 0.2}],
    "next": None,
    "empty": {},
    "ok": True,
}
JSON = [PAGE, {}, {"": []}, {"a": "x" * 100_000}, {"a": 2**63}, {"a": -0.0}, {"a": {"b": {"c": [1, [2]]}}}]
NO_JSON: list[Any] = [
    {1: 2}, {"a": float("nan")}, {"a": float("inf")}, {"a": 2**64}, {"a": "\ud800"}, {"a": (1, 2)}, {"a": {1}},
    {"a": datetime(2026, 1, 2, tzinfo=UTC)}, {"a": b"x"}, {"a": Colour.RED}, OrderedDict(a=1), [1, 2], "text", b"x",
    None, True, 1.5, Colour.RED, (1, 2),
]  # fmt: skip


@pytest.mark.parametrize("value", [*JSON, *NO_JSON, 0, -5, 2**80], ids=lambda value: repr(value)[:30])
def test_a_reader_gets_what_django_redis_would_give(value: Any) -> None:
    stock = PickleSerializer({})
    expected = stock.loads(stock.dumps(value))

    for found in (decode(encode(value)), _as_django_redis(encode(value)), decode(stock.dumps(value))):
        assert repr(found) == repr(expected)
        assert type(found) is type(expected) or type(found) is FinishedMapping


def _as_django_redis(stored: bytes) -> Any:
    try:
        return int(stored)
    except ValueError:
        return pickle.loads(stored)  # noqa: S301


@pytest.mark.parametrize("value", JSON, ids=lambda value: repr(value)[:30])
def test_a_json_dictionary_comes_back_with_its_finished_json(value: dict[str, Any]) -> None:
    found = decode(encode(value))

    assert isinstance(found, FinishedMapping)
    assert json.loads(found.__finished_json__()) == value
    assert found == value
    assert type(_as_django_redis(encode(value))) is dict


@pytest.mark.parametrize("value", NO_JSON, ids=lambda value: repr(value)[:30])
def test_what_is_no_json_comes_back_as_it_was(value: Any) -> None:
    assert not isinstance(decode(encode(value)), FinishedMapping)


def test_a_list_that_pickles_as_a_plain_one_is_json() -> None:
    value = {"results": ReturnList([{"id": 1}], serializer=Serializer())}

    assert isinstance(decode(encode(value)), FinishedMapping)


USES: dict[str, Callable[[Any], Any]] = {
    "get an item": lambda page: page["count"], "get": lambda page: page.get("x", 5), "len": len, "list": list,
    "in": lambda page: ("count" in page, "x" in page), "dict": dict, "unpack": lambda page: {**page, "x": 1},
    "call": lambda page: (lambda **fields: fields)(**page), "or": lambda page: page | {"count": 5},
    "reversed or": lambda page: {"count": 5} | page, "equal": lambda page: page == PAGE, "repr": repr,
    "unequal": lambda page: page != PAGE, "reversed": lambda page: list(reversed(page)), "bool": bool,
    "items": lambda page: list(page.items()), "keys": lambda page: list(page.keys()), "copy": copy.copy,
    "values": lambda page: list(page.values()), "json": json.dumps, "indented": lambda page: json.dumps(page, indent=1),
    "deepcopy": copy.deepcopy, "own copy": lambda page: page.copy(),
    "pickle": lambda page: pickle.loads(pickle.dumps(page)),  # noqa: S301
    "pop": lambda page: (page.pop("count"), dict(page)), "set": lambda page: (page.update(x=1), dict(page)),
    "delete": lambda page: (page.__delitem__("count"), dict(page)), "clear": lambda page: (page.clear(), dict(page)),
    "setdefault": lambda page: (page.setdefault("x", 1), dict(page)), "format": lambda page: "{count}".format_map(page),
    "merge": lambda page: {}.update(page), "sorted": sorted, "orjson": lambda page: orjson.loads(
        orjson.dumps(page, default=dict, option=orjson.OPT_PASSTHROUGH_SUBCLASS)),
}  # fmt: skip


@pytest.mark.parametrize("use", USES)
def test_an_undecoded_dictionary_is_used_like_any(use: str) -> None:
    assert USES[use](decode(encode(PAGE))) == USES[use](copy.deepcopy(PAGE))


def test_an_empty_one_is_empty() -> None:
    assert not decode(encode({}))
    assert json.dumps(decode(encode({}))) == "{}"


def test_c_code_that_looks_past_the_methods_fails_instead_of_finding_nothing() -> None:
    with pytest.raises(TypeError):
        orjson.dumps(decode(encode(PAGE)))


def test_the_finished_json_is_that_of_what_is_in_it_now() -> None:
    found = decode(encode(PAGE))
    found["results"].append(5)

    assert json.loads(found.__finished_json__())["results"][-1] == 5


def test_two_readers_share_nothing() -> None:
    stored = encode(PAGE)
    decode(stored)["results"].clear()

    assert decode(stored) == PAGE


def test_an_undecoded_dictionary_is_stored_as_it_came() -> None:
    stored = encode(PAGE)

    assert encode(decode(stored)) == stored


def test_json_that_is_not_whole_is_an_error_as_with_stock() -> None:
    stored = encode(PAGE)
    assert decode(stored) == PAGE  # what was whole before

    for length in range(len(stored)):
        with pytest.raises((EOFError, pickle.UnpicklingError, ValueError)):
            decode(stored[:length])


def test_json_that_was_changed_in_the_store_is_an_error_as_with_stock() -> None:
    stored = bytearray(encode(PAGE))
    assert decode(bytes(stored)) == PAGE
    stored[stored.index(b'"count"')] = ord("x")

    with pytest.raises(ValueError, match="Expecting"):
        decode(bytes(stored))


def test_json_of_another_key_is_read_as_stock_reads_it() -> None:
    assert decode(encode(PAGE)) == PAGE
    found = values.decode(encode(PAGE), ":1:another")

    assert type(found) is dict
    assert found == PAGE


def test_two_that_nobody_has_read_are_compared_by_what_is_in_them() -> None:
    first, second = decode(encode({"a": 1})), decode(encode({"a": 1}))

    assert first == second
    assert decode(encode({"a": 1})) != decode(encode({"a": 2}))
    assert {**first, **decode(encode({"b": 2}))} == first | decode(encode({"b": 2})) == {"a": 1, "b": 2}


def test_what_is_in_a_value_twice_stays_one_object() -> None:
    shared: list[int] = [1]
    around: dict[str, Any] = {"a": shared, "b": shared}
    around["self"] = around

    found = decode(encode(around))

    assert found["a"] is found["b"]
    assert found["self"] is found


def test_a_value_that_is_too_deep_for_json_is_pickled() -> None:
    deep: dict[str, Any] = {}
    for _ in range(300):
        deep = {"a": deep}

    assert decode(encode(deep)) == deep
