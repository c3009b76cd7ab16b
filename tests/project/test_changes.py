from __future__ import annotations

import sys
from typing import Any

import pytest

from perfcompare.project.changes import settings as documented


def pooled(**engines: str) -> Any:
    """Which databases of these engines get a pool, and what the others are then."""
    own = {name: {"ENGINE": engine, "OPTIONS": {"own": name}} for name, engine in engines.items()}
    settings: Any = {"DATABASES": own}
    documented["connection_pool"].settings(settings)
    found = settings["DATABASES"]
    assert all(one["OPTIONS"]["own"] == name for name, one in found.items())
    assert all(found[name] == own[name] for name in found if "pool" not in found[name]["OPTIONS"])
    return {name for name, one in found.items() if "pool" in one["OPTIONS"]}


def test_every_database_of_postgresql_gets_a_pool_whoever_made_its_engine_and_no_other_one() -> None:
    assert pooled(
        plain="django.db.backends.postgresql",
        places="django.contrib.gis.db.backends.postgis",
        tenants="django_tenants.postgresql_backend",
        file="django.db.backends.sqlite3",
        other="django.db.backends.mysql",
        none="",
    ) == {"plain", "places", "tenants"}


def test_psycopg2_has_no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert pooled(plain="django.db.backends.postgresql") == set()
