from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from random import Random
from typing import Any

import pytest

from perfcompare.core.http import Expected, Reply, Request
from perfcompare.core.scenario import Case, Exchange
from perfcompare.core.target import Endpoint
from perfcompare.runner.client import Client
from perfcompare.runner.verify import check
from perfcompare.targets.demonstration.target import endpoint
from users.dataset import Dataset

Answer = Callable[[Request], object]


class Answering(Client):
    """Answers without a server, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("127.0.0.1", 1)
        self.asked: list[str] = []
        self._answer = answer

    def send(self, request: Request, prefix: str) -> Reply:
        self.asked.append(prefix + request.path)
        body = json.dumps(self._answer(request)).encode()
        return Reply(status=200, headers={"content-type": "application/json"}, body=body)


def _exchange(path: str) -> Exchange:
    return Exchange(request=Request(path=path), expected=Expected(json=path))


def _traffic(_random: Random) -> Iterator[Exchange]:
    return (_exchange(f"traffic-{number}") for number in count())


def _cases() -> Sequence[Case]:
    good, bad = Request(path="good"), Request(path="bad")
    return [
        Case(name="good", request=good, expected=Expected(json="good")),
        Case(name="bad", request=bad, expected=Expected(status=404)),
    ]


def _endpoint(**given: Any) -> Endpoint:
    return Endpoint(**{"traffic": _traffic, "cases": _cases, **given})


def _right(request: Request) -> object:
    return request.path


def test_good_cases_and_a_sample_of_the_traffic_are_sent_once() -> None:
    client = Answering(_right)

    assert check(client, "/api/x/", _endpoint(), sample=2) is None
    assert client.asked == ["/api/x/good", "/api/x/traffic-0", "/api/x/traffic-1"]


def test_without_the_cases_the_sample_alone_is_sent() -> None:
    client = Answering(_right)

    assert check(client, "/api/x/", _endpoint(), sample=2, every_case=False) is None
    assert client.asked == ["/api/x/traffic-0", "/api/x/traffic-1"]


@pytest.mark.parametrize("wrong", ["good", "traffic-1"])
def test_the_first_wrong_answer_is_named(wrong: str) -> None:
    client = Answering(lambda request: "other" if request.path == wrong else request.path)

    found = check(client, "/api/x/", _endpoint(), sample=2)

    assert found == f"GET /api/x/{wrong}: $: 'other' instead of '{wrong}'"


def test_what_must_hold_afterwards_is_asked_too() -> None:
    client = Answering(lambda request: "other" if request.path == "after" else request.path)

    found = check(client, "/api/x/", _endpoint(aftermath=lambda *_: [_exchange("after")]), sample=0)

    assert found == "after GET /api/x/good, GET /api/x/after: $: 'other' instead of 'after'"


def test_two_checks_of_a_writing_scenario_make_different_users() -> None:
    creating = endpoint("user_create", Dataset(count=3, seed=1))
    made: list[str] = []

    def create(request: Request) -> object:
        made.append(json.loads(request.body or b"")["email"])
        return None  # wrong: the check ends with its first request

    for _ in range(2):
        assert check(Answering(create), "/api/x/", creating, sample=1) is not None
    assert made[0] != made[1]


def test_no_answer_is_the_callers_to_explain() -> None:
    def gone(_request: Request) -> object:
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        check(Answering(gone), "/api/x/", _endpoint(), sample=1)
