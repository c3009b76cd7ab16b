from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from perfcompare.services import databases
from perfcompare.services.fingerprint import fingerprint

NAME = "fingerprinted"


@pytest.fixture
def database(database_url: str) -> Iterator[str]:
    databases.remake(database_url, NAME)
    url = databases.ensure(database_url, NAME)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE one (id bigserial PRIMARY KEY, name text NOT NULL, at timestamptz)")
        connection.execute("INSERT INTO one (name, at) VALUES ('a', '2026-01-01T00:00Z'), ('b', NULL)")
        connection.execute("CREATE INDEX one_name ON one (name)")
    yield url
    databases.remake(database_url, NAME)


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO one (id, name) VALUES (9, 'c')",
        "UPDATE one SET name = 'z' WHERE id = 1",
        "DELETE FROM one WHERE id = 2",
        "SELECT nextval('one_id_seq')",
        "CREATE TABLE two (id int)",
        "ALTER TABLE one ADD COLUMN more int",
        "ALTER TABLE one ALTER COLUMN at TYPE timestamptz(3)",
        "ALTER TABLE one ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE one ALTER COLUMN name SET DEFAULT 'd'",
        "ALTER TABLE one SET UNLOGGED",
        "ALTER TABLE one SET (autovacuum_enabled = off)",
        "ALTER TABLE one ADD CHECK (id > 0)",
        "DROP INDEX one_name",
        "CREATE VIEW v AS SELECT 1 AS x",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE RULE r AS ON DELETE TO one DO INSTEAD NOTHING",
        "CREATE SCHEMA other CREATE TABLE three (id int)",
        f"ALTER DATABASE {NAME} SET work_mem = '1MB'",
    ],
)
def test_whatever_is_changed_changes_it(database: str, change: str) -> None:
    before = fingerprint(database)

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(change)

    assert fingerprint(database) != before


@pytest.mark.parametrize("change", ["SELECT 1", "VACUUM FULL ANALYZE one", "REINDEX TABLE one"])
def test_what_changes_nothing_leaves_it(database: str, change: str) -> None:
    before = fingerprint(database)

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(change)

    assert fingerprint(database) == before


def test_settings_of_the_role_do_not_show_in_it(database: str) -> None:
    before = fingerprint(database)

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER ROLE postgres SET timezone = 'Asia/Tokyo'")
        connection.execute("ALTER ROLE postgres SET datestyle = 'German'")
        try:
            assert fingerprint(database) == before
        finally:
            connection.execute("ALTER ROLE postgres RESET ALL")
