from __future__ import annotations

import pytest

from perfcompare.core import surroundings

SHELL = {
    **{"PATH": "/bin", "HOME": "/home/me", "PERFCOMPARE_STATE": "/state"},
    **{"PGSERVICE": "work", "LOCUST_RUN_TIME": "3", "GUNICORN_CMD_ARGS": "--workers 9", "WEB_CONCURRENCY": "9"},
    **{"LD_PRELOAD": "x.so", "MALLOC_ARENA_MAX": "1", "PYTHONDEVMODE": "1", "GIT_DIR": "/elsewhere", "LC_ALL": "C"},
    **{"http_proxy": "http://proxy", "DEBUG": "release", "DJANGO_SETTINGS_MODULE": "shop.settings"},
}


def test_a_child_knows_where_things_are_and_what_it_is_told() -> None:
    found = surroundings.child(SHELL, HOME="/trial", DATABASE_URL="postgresql://x/y")

    assert found == {
        "PATH": "/bin", "HOME": "/trial", "PERFCOMPARE_STATE": "/state", "DATABASE_URL": "postgresql://x/y"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["PGSERVICE", "PGHOST", "PGCONNECT_TIMEOUT", "PGTZ"])
def test_what_clients_of_postgresql_read_is_known(name: str) -> None:
    assert surroundings.postgresql({name: "x", "PG_VERSION": "18", "PATH": "/bin"}) == [name]


def test_how_a_service_is_reached_is_not_changed_meanwhile_and_everything_is_there_afterwards() -> None:
    environ = {"PGSERVICE": "work", "HTTP_PROXY": "http://proxy", "no_proxy": "x", "DATABASE_URL": "sqlite:///x"}
    before = dict(environ)

    with surroundings.without_clients_settings(environ):
        assert environ == {"DATABASE_URL": "sqlite:///x"}

    assert environ == before
