from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

from perfcompare.levers.database_connections.checks import check_connections, check_size

FITTING = {"connect_timeout": 2}


class Connection:
    """A database of these settings, as far as the checks look."""

    vendor = "postgresql"

    def __init__(self, *, vendor: str = "postgresql", **given: Any) -> None:
        self.vendor = vendor
        self.settings_dict = {
            "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "PORT": "", "OPTIONS": FITTING, **given,
        }  # fmt: skip


def found(monkeypatch: pytest.MonkeyPatch, connection: Connection) -> list[str]:
    monkeypatch.setattr("perfcompare.levers.database_connections.checks.connections", {"default": connection})
    return [str(message.id).rpartition(".")[2] for message in check_connections()]


POOL = {"max_size": 20, "timeout": 2}
CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("asgi", {"CONN_MAX_AGE": 60}, ["W001"]),
    ("asgi", {"CONN_MAX_AGE": None}, ["W001"]),
    ("asgi", {"OPTIONS": {**FITTING, "pool": POOL}}, []),
    ("wsgi", {"CONN_MAX_AGE": None}, []),
    ("wsgi", {"OPTIONS": {**FITTING, "pool": True}}, ["W002"]),
    ("wsgi", {"OPTIONS": {**FITTING, "pool": {"max_size": 9}}}, ["W002"]),
    ("wsgi", {"OPTIONS": {}}, ["W003"]),
    ("wsgi", {"OPTIONS": {**FITTING, "pool": POOL}, "CONN_HEALTH_CHECKS": True}, ["W005"]),
    ("wsgi", {"OPTIONS": {**FITTING, "prepare_threshold": 5}, "PORT": "6432"}, ["W006"]),
    ("wsgi", {"OPTIONS": {**FITTING, "prepare_threshold": 5}, "PORT": "5432"}, []),
    ("asgi", {"vendor": "sqlite", "CONN_MAX_AGE": 60, "OPTIONS": {}}, []),
]


@pytest.mark.parametrize(("interface", "given", "expected"), CASES)
def test_each_misfit_is_found_and_nothing_else(
    interface: str, given: dict[str, Any], expected: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PERFCOMPARE = {"database_connections": {"interface": interface}}

    assert found(monkeypatch, Connection(**given)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deployment", "pool", "fits"),
    [({"workers": 2, "threads": 8}, None, True), ({"workers": 999}, None, False), ({"workers": 50}, POOL, False)],
)
def test_more_connections_than_the_server_allows_are_found(
    deployment: dict[str, int], pool: Any, fits: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PERFCOMPARE = {"database_connections": deployment}
    given = connections["default"].settings_dict
    monkeypatch.setitem(given, "OPTIONS", {**given["OPTIONS"], **({"pool": pool} if pool else {})})

    messages = check_size(databases=["default"])

    assert ([message.id for message in messages] == []) is fits
