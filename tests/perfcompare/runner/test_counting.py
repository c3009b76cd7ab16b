from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from perfcompare.core.errors import WrongAnswerError
from perfcompare.core.http import Reply
from perfcompare.core.measurement import Cell
from perfcompare.core.scenario import Exchange
from perfcompare.runner import counting
from perfcompare.runner.counting import REQUESTS, WorkCounter, asked
from users.dataset import Dataset

FLOOR = Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=1)
DATASET = Dataset(count=10, seed=1)


@pytest.fixture
def environ() -> Mapping[str, str]:
    return {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "REDIS_URL", "UPSTREAM_URL")}


def test_upkeep_of_sessions_and_transactions_is_not_what_was_asked() -> None:
    upkeep = ["BEGIN", "commit", 'SAVEPOINT "s1"', "SET TIME ZONE 'UTC'", "SELECT set_config('TimeZone', 'UTC', false)"]

    assert asked(upkeep) == 0
    assert asked([*upkeep, 'SELECT "id" FROM "users_user"', " INSERT INTO x VALUES (1)", "SETTLE"]) == 3


def test_a_stack_is_counted_once_and_its_twin_has_the_same_work(
    environ: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = WorkCounter()
    found = counter.of(FLOOR, environ, DATASET, log=tmp_path / "log", seed=1)
    monkeypatch.setattr(counting, "ServerProcess", None)
    twin = Cell(scenario="simple", stack="floor~twin", server="uvicorn", concurrency=64)

    assert (found.statements, found.rows, found.body_bytes) == (0.0, 0.0, 44.0)
    assert counter.of(twin, environ, DATASET, log=tmp_path / "log", seed=1) is found


def test_a_wrong_answer_is_told(environ: Mapping[str, str], tmp_path: Path) -> None:
    cell = Cell(scenario="user_detail", stack="floor", server="uvicorn", concurrency=1)

    with pytest.raises(WrongAnswerError, match="floor answers user_detail wrongly: status 404"):
        WorkCounter().of(cell, environ, DATASET, log=tmp_path / "log", seed=1)


@pytest.mark.parametrize(("scenario", "again"), [("cached_users", True), ("user_create", False)])
def test_what_is_counted_was_asked_before_unless_it_writes(
    scenario: str, again: bool, environ: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[Exchange] = []

    def replies(_server: object, _cell: object, exchanges: Iterator[Exchange]) -> list[Reply]:
        asked_for.extend(exchanges)
        return []

    monkeypatch.setattr(counting, "_replies", replies)

    WorkCounter().of(replace(FLOOR, scenario=scenario), environ, DATASET, log=tmp_path / "log", seed=1)

    requests = [exchange.request for exchange in asked_for]
    assert (requests[-REQUESTS:] == requests[-2 * REQUESTS : -REQUESTS]) is again
