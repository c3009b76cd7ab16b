from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.db import close_old_connections, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from perfcompare.levers._handling.connections import tidy

pytestmark = pytest.mark.django_db(transaction=True)
SEEN: Final = ("errors_occurred", "health_check_done", "close_at", "in_atomic_block", "autocommit")
CHANGES: Final[dict[str, dict[str, Any]]] = {
    "kept": {},
    "for a while": {"close_at": time.monotonic() + 3600},
    "for too long": {"close_at": 0.0},
    "after an error": {"errors_occurred": True},
    "in a transaction by hand": {"autocommit": False},
    "in a block": {"in_atomic_block": True},
}


@pytest.fixture
def kept() -> Iterator[Any]:
    connection.close()
    connection.ensure_connection()
    connection.close_at = None
    yield connection
    connection.in_atomic_block = False
    connection.close()


def outcome(close: Callable[[], object]) -> tuple[Any, ...]:
    close()
    return connection.connection is None, *(getattr(connection, name) for name in SEEN)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_connection_is_closed_where_django_closes_it(change: dict[str, Any], kept: Any) -> None:
    found = []
    for close in (close_old_connections, lambda: tidy(reset=False, close=True)):
        kept.in_atomic_block = False
        kept.close()
        kept.ensure_connection()
        kept.health_check_done, kept.close_at = True, None
        vars(kept).update(change)
        found.append(outcome(close))
    assert found[0] == found[1]


def test_one_that_is_not_open_stays_so(kept: Any) -> None:
    kept.close()
    tidy(reset=False, close=True)
    assert kept.connection is None


@pytest.mark.parametrize("name", ["close_if_unusable_or_obsolete", "get_autocommit", "ensure_connection"])
@pytest.mark.parametrize("is_own", [True, False])
def test_a_patched_way_is_taken(name: str, is_own: bool, kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tidy(reset=False, close=True)
    calls: list[str] = []
    monkeypatch.setattr(kept if is_own else BaseDatabaseWrapper, name, lambda *_: calls.append(name), raising=False)
    tidy(reset=False, close=True)
    monkeypatch.undo()
    assert set(calls) == {name}  # of each connection that is open


@pytest.mark.parametrize("name", ["all", "__iter__", "__getitem__"])
def test_who_walks_through_the_connections_in_another_way_is_asked(
    kept: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = type(connections)
    stock, asked = getattr(handler, name), []

    def patched(self: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        return stock(self, *args, **kwargs)

    tidy(reset=False, close=True)
    monkeypatch.setattr(handler, name, patched)
    tidy(reset=False, close=True)
    assert asked
