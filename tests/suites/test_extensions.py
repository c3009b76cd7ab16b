from __future__ import annotations

import psycopg
import pytest

from tests.suites import extensions


def test_the_server_has_what_tests_create() -> None:
    with extensions.server() as url, psycopg.connect(url, autocommit=True) as connection:
        for name in ("hstore", "ltree", "uuid-ossp", "pgcrypto", "citext", "unaccent"):
            connection.execute(f'CREATE EXTENSION "{name}"')


def test_the_server_ends_with_its_use() -> None:
    with extensions.server() as url:
        pass
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
