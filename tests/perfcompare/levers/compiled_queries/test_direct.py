from __future__ import annotations

from typing import Any

import pytest
from django.db import InternalError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from users import seeding
from users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled")]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=3, seed=1)


def test_known_shapes_go_the_short_way(short_ways: list[str]) -> None:
    User.objects.get(id=1)
    User.objects.count()
    list(User.objects.listing()[1:2])

    assert len(short_ways) == 4


@pytest.mark.parametrize("numbers", [[1, 2**70], [-(2**70), 1], [2**63, 2**64]])
def test_numbers_that_are_too_big_to_bind_are_compared(numbers: list[int]) -> None:
    expected = [1] if 1 in numbers else []
    for _ in range(2):
        assert [one.id for one in User.objects.filter(id__in=numbers)] == expected
        assert User.objects.filter(id__in=numbers).count() == len(expected)
        with transaction.atomic():
            assert User.objects.filter(id__in=numbers).exists() == bool(expected)


def test_a_statement_without_a_shape_does_not(short_ways: list[str]) -> None:
    list(User.objects.filter(profile__metadata__theme="a"))

    assert short_ways == []


def test_logged_and_wrapped_statements_do_not(short_ways: list[str]) -> None:
    wrapped: list[str] = []

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        wrapped.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(wrapper):
        User.objects.get(id=1)
    with CaptureQueriesContext(connection) as logged:
        User.objects.get(id=1)

    assert short_ways == []
    assert len(wrapped) == len(logged) == 1


def test_it_sees_its_own_transaction(short_ways: list[str]) -> None:
    with transaction.atomic():
        User.objects.filter(id=1).update(name="not committed")
        assert User.objects.get(id=1).name == "not committed"
        transaction.set_rollback(True)

    assert User.objects.get(id=1).name != "not committed"
    assert len(short_ways) == 2


def test_in_a_broken_transaction_it_is_djangos_error(short_ways: list[str]) -> None:
    User.objects.get(id=1)
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            User.objects.get(id=1)

    assert len(short_ways) == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_djangos_error_and_then_replaced() -> None:
    User.objects.get(id=1)
    with connection.cursor() as cursor, pytest.raises((OperationalError, InternalError)):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        User.objects.get(id=1)
    connection.close()
    assert User.objects.get(id=1).id == 1
