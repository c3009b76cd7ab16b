from __future__ import annotations

from typing import Any

import pytest
from django.db.backends.signals import connection_created

from perfcompare.levers._orm.sessions import Receivers, may_last


@pytest.mark.parametrize(
    "sql",
    [
        "SET search_path = public", "set role postgres", " RESET ALL", "SELECT 1; SELECT 2", "DO $$ begin end $$",
        'SELECT "a" FROM "b" WHERE set_config(%s, %s, false)', b"SELECT 1",
    ],
)  # fmt: skip
def test_what_may_outlive_a_statement_in_its_session_is_noticed(sql: Any) -> None:
    assert may_last(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1", "SET LOCAL search_path = public", "SET CONSTRAINTS ALL IMMEDIATE", "SAVEPOINT a",
        'SELECT COUNT(*) FROM "users_user"', 'INSERT INTO "a" ("set") VALUES (%s)', "CREATE TABLE a (b int)",
    ],
)  # fmt: skip
def test_what_does_not_outlive_a_statement_or_a_transaction_is_none(sql: str) -> None:
    assert not may_last(sql)


def test_receivers_are_looked_at_again_when_they_are_others() -> None:
    def prepare(**_signal: Any) -> None: ...

    receivers = Receivers(lambda path: path.endswith(".prepare"))
    assert receivers.foreign() == ()

    connection_created.connect(prepare)
    try:
        (path,) = receivers.foreign()
        assert [*receivers.objections()] == [
            f"off everywhere: {path} receives connection_created and may prepare the session."
        ]
    finally:
        connection_created.disconnect(prepare)
    assert receivers.foreign() == ()
