"""What a request makes the services do, counted anew: the rule, with services that say what the test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Request
from perfcompare.core.target import Demand
from perfcompare.runner import recount
from perfcompare.runner.client import Client
from perfcompare.targets.demonstration.target import endpoint

SERVER: Any = SimpleNamespace(host="127.0.0.1", port=1, prefix="/")
READ = Demand(cache={"GET": 2}, database=False)
MISSED = Demand(cache={"GET": 2, "SET": 1}, database=True)
AWAY = Demand(cache={}, database=True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found = list[str]()

    def send(_client: Client, request: Request, _prefix: str) -> None:
        found.append(f"{request.path} {request.body!r}")

    monkeypatch.setattr(Client, "send", send)
    return found


def target(*told: Demand) -> Any:
    """Its services tell one after another."""
    rest = iter(told)

    @contextmanager
    def meter() -> Iterator[Callable[[Callable[[], object]], Demand] | None]:
        def demand(act: Callable[[], object]) -> Demand:
            act()
            return next(rest)

        yield demand if told else None

    return SimpleNamespace(meter=meter)


def difference(counted: Demand, *told: Demand) -> str | None:
    place = endpoint("cached_users", Dataset(count=1000, seed=1))
    return recount.difference(SERVER, place, target(*told), counted)


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("told", [(READ,), (MISSED, READ), (MISSED, AWAY, MISSED, READ)])
def test_the_same_work_is_no_difference_also_after_a_miss_or_a_neighbour(told: tuple[Demand, ...]) -> None:
    assert difference(READ, *told) is None


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("told", [AWAY, MISSED, Demand(cache={"GET": 2}, database=True)], ids=str)
def test_a_cache_that_is_away_or_keeps_nothing_is_other_work(told: Demand) -> None:
    assert difference(READ, *[told] * recount.TRIES) == (
        f"a request asks {told}. When its work was counted, it asked 2 x GET of the cache and nothing of the database."
    )


@pytest.mark.usefixtures("sent")
def test_postgresql_may_have_forgotten_who_asked() -> None:
    assert difference(AWAY, Demand(cache={}, database=False)) is None


@pytest.mark.usefixtures("sent")
def test_without_a_meter_nothing_is_known() -> None:
    assert difference(READ) is None
    assert recount.demand(SERVER, endpoint("simple", Dataset(count=1, seed=1)), target()) is None


def test_the_same_request_is_sent_again_unless_it_writes(sent: list[str]) -> None:
    difference(READ, *[AWAY] * recount.TRIES)
    assert (len(sent), len(set(sent))) == (recount.TRIES, 1)
    sent.clear()

    place = endpoint("user_create", Dataset(count=1000, seed=1))
    recount.difference(SERVER, place, target(*[AWAY] * recount.TRIES), READ)
    assert len(set(sent)) == recount.TRIES


@pytest.mark.usefixtures("sent")
def test_what_two_requests_in_a_row_ask_is_what_a_request_asks() -> None:
    place = endpoint("cached_users", Dataset(count=1000, seed=1))

    assert recount.demand(SERVER, place, target(MISSED, READ, READ)) == READ
