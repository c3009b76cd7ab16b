from __future__ import annotations

from itertools import islice
from random import Random
from typing import Any

import pytest

from locustfiles import _contract
from perfcompare.core.dataset import Dataset
from perfcompare.core.http import ANYTHING, Expected, Reply, Request
from perfcompare.core.scenario import Exchange
from perfcompare.registries import scenarios

DATASET = Dataset(count=50, seed=2)
JSON = {"content-type": "application/json"}


def checker(*, rate: float = 1.0, shape: bool = False) -> _contract.Checker:
    return _contract.Checker(rate=rate, shape_of=lambda _name: shape, random=Random(1))


def reply(body: bytes, status: int = 200) -> Reply:
    return Reply(status=status, headers=JSON, body=body)


def test_requests_that_write_are_never_sent_twice() -> None:
    made = [one.request.body for one in islice(_contract.exchanges("user_create", DATASET, Random(1)), 5000)]

    assert len(set(made)) == 5000


def test_requests_that_read_are_made_once() -> None:
    made = list(islice(_contract.exchanges("items", DATASET, Random(1)), _contract.CYCLE + 1))

    assert made[0] is made[-1]


@pytest.mark.parametrize("name", ["dashboard", "user_list", "cached_users"])
def test_counts_and_lists_depend_on_the_rows(name: str) -> None:
    assert _contract.depends_on_rows(name, DATASET)


@pytest.mark.parametrize("name", ["simple", "items", "user_detail", "expensive", "upstream", "protected"])
def test_other_answers_do_not(name: str) -> None:
    assert not _contract.depends_on_rows(name, DATASET)


def test_a_status_is_compared_even_when_no_body_is() -> None:
    assert checker(rate=0).difference("x", Expected(json={}), reply(b"{}", 500)) == "status 500 instead of 200"
    assert checker(rate=0).difference("x", Expected(json={}), reply(b"junk")) is None


def test_a_share_of_the_bodies_is_compared() -> None:
    one, expected = checker(rate=0.5), Expected(json={"a": 1})
    found = [one.difference("x", expected, reply(b'{"a": 2}')) for _ in range(1000)]

    assert 400 < sum(difference is not None for difference in found) < 600


def test_a_body_that_was_right_before_does_not_excuse_a_wrong_one() -> None:
    one, expected = checker(), Expected(json={"a": 1})
    bodies = (b'{"a": 1}', b'{"a": 1}', b'{"a":1}', b'{"a": 2}')

    assert [one.difference("x", expected, reply(body)) for body in bodies] == [
        None,
        None,
        None,
        "$.a: 2 instead of 1",
    ]


def test_a_shape_allows_other_values_but_no_other_keys() -> None:
    expected = Expected(json={"count": 5, "results": [{"id": 1}]})
    right, wrong = b'{"count": 6, "results": [{"id": 2}, {"id": 3}]}', b'{"count": 6, "results": [{"name": "x"}]}'

    assert checker(shape=True).difference("x", expected, reply(right)) is None
    assert (
        checker(shape=True).difference("x", expected, reply(wrong)) == "$.results[0]: keys ['name'] instead of ['id']"
    )


@pytest.mark.parametrize(
    ("wanted", "got", "difference"),
    [
        ({"a": ANYTHING}, {"a": 1}, None),
        ({"a": 1}, {"a": "1"}, "$.a: str instead of int"),
        ({"a": 1}, {"a": None}, None),
        ({"a": 1}, {}, "$: keys [] instead of ['a']"),
        ({"a": {"b": 1}}, {"a": {}}, None),
        ({"a": [1]}, {"a": [1, "x"]}, "$.a[1]: str instead of int"),
        ({"a": []}, {"a": [1]}, None),
        ([1], {}, "$: dict instead of list"),
        (1, None, "$: NoneType instead of int"),
        (True, 1, "$: int instead of bool"),
    ],
)
def test_shapes(wanted: Any, got: Any, difference: str | None) -> None:
    assert _contract.shape_difference(wanted, got) == difference


def test_a_token_takes_the_place_of_the_contracts_and_leaves_the_user_open() -> None:
    exchange = next(scenarios["protected"].traffic(DATASET, Random(1)))
    other = _contract.with_token(exchange, "abc")

    assert other.request.headers["Authorization"] == "Token abc"
    assert other.expected.json is ANYTHING


def test_a_request_without_a_token_gets_none() -> None:
    exchange = Exchange(request=Request(path="simple"), expected=Expected(json={}))

    assert _contract.with_token(exchange, "abc") is exchange


def test_a_delay_is_asked_for_and_expected_back() -> None:
    exchange = _contract.with_delay(next(scenarios["upstream"].traffic(DATASET, Random(1))), 7)

    assert exchange.request.path == "upstream?delay_ms=7"
    assert exchange.expected.json == {"delay_ms": 7, "source": "upstream"}
