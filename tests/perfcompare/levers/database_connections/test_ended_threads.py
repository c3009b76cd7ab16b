from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from perfcompare.levers.database_connections.install import INSTALLATION
from tests.perfcompare.levers.installed import installed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _uncollected() -> Iterator[None]:
    """No collection closes what a thread has left."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def left_by_a_thread(*, shared: bool = False) -> Any:
    """The connection of a thread that has ended."""
    found = []

    def ask() -> None:
        connection.ensure_connection()
        if shared:
            connection.inc_thread_sharing()
        found.append(connection.connection)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]


@contextmanager
def closed_at_last(left: Any) -> Iterator[Any]:
    try:
        yield left
    finally:
        left.close()


def test_a_connection_ends_with_its_thread() -> None:
    with installed(INSTALLATION), closed_at_last(left_by_a_thread()) as left:
        assert left.closed


def test_without_the_lever_it_stays() -> None:
    with closed_at_last(left_by_a_thread()) as left:
        assert not left.closed


def test_one_that_threads_share_stays() -> None:
    with installed(INSTALLATION), closed_at_last(left_by_a_thread(shared=True)) as left:
        assert not left.closed


def test_a_thread_that_goes_on_keeps_its_own() -> None:
    connection.close()
    with installed(INSTALLATION):
        connection.ensure_connection()
        kept = connection.connection
        left_by_a_thread()

        assert not kept.closed
        assert connection.connection is kept
    connection.close()
