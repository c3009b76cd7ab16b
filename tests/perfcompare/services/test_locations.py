"""Paths and URLs without starting anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfcompare.services import locations


def test_the_sockets_are_beside_the_data_when_the_path_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFCOMPARE_STATE", "/srv/state")

    assert locations.redis_socket() == Path("/srv/state/services/run/redis/redis.sock")
    assert locations.redis_url() == "unix:///srv/state/services/run/redis/redis.sock?db=0"
    assert locations.database_url("x") == (
        "postgresql://postgres@/x?host=%2Fsrv%2Fstate%2Fservices%2Frun%2Fpostgresql&port=5432"
    )


def test_long_paths_get_short_sockets_one_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = set()
    for name in ("a" * 100, "b" * 100):
        monkeypatch.setenv("PERFCOMPARE_STATE", f"/srv/{name}")
        folders.add(locations.sockets_folder())
        assert len(str(locations.database_folder() / ".s.PGSQL.5432")) <= 100

    assert len(folders) == 2


def test_nothing_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))

    locations.database_url()
    locations.redis_url()

    assert list(tmp_path.iterdir()) == []
