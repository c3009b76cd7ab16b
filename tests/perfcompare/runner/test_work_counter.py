from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError, WrongAnswerError
from perfcompare.core.http import Reply
from perfcompare.core.measurement import Cell
from perfcompare.core.scenario import Exchange
from perfcompare.core.target import Program
from perfcompare.registries import stacks
from perfcompare.runner import work_counter
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.work_counter import REQUESTS, WorkCounter, asked, content_bytes
from perfcompare.targets.demonstration.laboratory import Laboratory
from perfcompare.targets.demonstration.target import Demonstration, endpoint
from tests.perfcompare.factories import make_target
from tests.perfcompare.runner.conftest import SMALL

FLOOR = Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=1)


@pytest.fixture
def target() -> Demonstration:
    environ = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "REDIS_URL", "UPSTREAM_URL")}
    return make_target(Dataset(count=10, seed=1), environ)


def test_upkeep_of_sessions_and_transactions_is_not_what_was_asked() -> None:
    upkeep = ["BEGIN", "commit", 'SAVEPOINT "s1"', "SET TIME ZONE 'UTC'", "SELECT set_config('TimeZone', 'UTC', false)"]

    assert asked(upkeep) == 0
    assert asked([*upkeep, 'SELECT "id" FROM "users_user"', " INSERT INTO x VALUES (1)", "SETTLE"]) == 3


def test_a_stack_is_counted_once_and_its_twin_has_the_same_work(
    target: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = WorkCounter()
    counter.count([FLOOR], target, folder=tmp_path, seed=1)
    found = counter.of(FLOOR)
    monkeypatch.setattr(work_counter, "ServerProcess", None)
    twin = Cell(scenario="simple", stack="floor~twin", server="uvicorn", concurrency=64)

    counter.count([twin], target, folder=tmp_path, seed=1)

    assert found is not None
    assert (found.statements, found.rows, found.body_bytes) == (0.0, 0.0, 44.0)
    assert counter.of(twin) is found


def test_what_was_not_counted_is_not_known() -> None:
    assert WorkCounter().of(FLOOR) is None


def test_all_scenarios_of_a_stack_are_counted_on_one_server_and_what_writes_comes_last(
    target: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, counted = list[str](), list[str]()
    replies = work_counter._Counted._replies

    def start(program: Program, **more: Any) -> ServerProcess:
        started.append(program.label)
        return ServerProcess(program, **more)

    def note(one: work_counter._Counted, exchanges: Iterator[Exchange]) -> list[Reply]:
        counted.append(one.cell.scenario)
        return replies(one, exchanges) if one.cell.scenario == "simple" else []

    monkeypatch.setattr(work_counter, "ServerProcess", start)
    monkeypatch.setattr(work_counter._Counted, "_replies", note)
    cells = [replace(FLOOR, scenario=name) for name in ("user_create", "simple", "user_detail")]
    counter = WorkCounter()

    counter.count(cells, target, folder=tmp_path, seed=1)

    assert started == ["floor on uvicorn"]
    assert list(dict.fromkeys(counted)) == ["simple", "user_detail", "user_create"]
    assert all(counter.of(cell) for cell in cells)


def test_the_counted_requests_are_the_same_however_many_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = list[list[str]]()

    def note(_one: work_counter._Counted, exchanges: Iterator[Exchange]) -> list[Reply]:
        sent.append([exchange.request.path for exchange in exchanges])
        return []

    monkeypatch.setattr(work_counter._Counted, "_replies", note)
    one: Any = work_counter._Counted(
        cell=replace(FLOOR, scenario="user_detail"),
        endpoint=endpoint("user_detail", Dataset(count=1000, seed=1)),
        target=None,  # type: ignore[arg-type]
        server=None,  # type: ignore[arg-type]
        proxy=SimpleNamespace(clear=lambda: None),  # type: ignore[arg-type]
        seed=1,
    )

    one._counted_replies(2)
    one._counted_replies(10)

    assert sent[2] == sent[5]
    assert len(sent[2]) == REQUESTS


@pytest.mark.parametrize(
    ("body", "size"),
    [(b'{"a": 1, "b": [1, 2]}', 17), (b'{"a":1,"b":[1,2]}', 17), (b'"\\u00e9"', 4), (b"<p>", 3), (b"", 0)],
)
def test_blanks_and_escapes_of_json_are_not_counted(body: bytes, size: int) -> None:
    assert content_bytes(body) == size


def test_servers_are_begun_together_and_one_that_never_answers_leaves_the_others(
    target: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, begin, wait = list[str](), ServerProcess.begin, ServerProcess.wait

    def note(server: ServerProcess) -> None:
        begun.append(server.prefix)
        begin(server)

    def refuse(server: ServerProcess) -> None:
        assert len(begun) == 2
        if "fastapi" in server.prefix:
            raise PerfcompareError("server: it did not start")
        wait(server)

    monkeypatch.setattr(ServerProcess, "begin", note)
    monkeypatch.setattr(ServerProcess, "wait", refuse)
    broken = replace(FLOOR, stack="fastapi")
    counter = WorkCounter()

    counter.count([broken, FLOOR], target, folder=tmp_path, seed=1)

    assert counter.of(FLOOR) is not None
    with pytest.raises(PerfcompareError, match="it did not start"):
        counter.of(broken)


def test_what_a_scenario_takes_does_not_depend_on_what_was_counted_before(bench: Laboratory, tmp_path: Path) -> None:
    """Connections to the database are opened when they are first needed, which is no part of any request."""
    cells = [
        Cell(scenario=scenario, stack=stack, server=stacks[stack].server, concurrency=1)
        for stack in ("fastapi", "drf")
        for scenario in ("simple", "user_detail", "items", "user_list")
    ]
    counter, target = WorkCounter(), make_target(SMALL, bench.environ)

    counter.count(cells, target, folder=tmp_path, seed=1)

    found = {cell: getattr(counter.of(cell), "statements", None) for cell in cells}
    assert found == {cell: target.statements(cell) for cell in cells}


def test_a_server_that_does_not_start_is_why_none_of_its_scenarios_is_known(
    target: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise PerfcompareError("server: it did not start")

    monkeypatch.setattr(work_counter, "ServerProcess", refuse)
    cells = [FLOOR, replace(FLOOR, scenario="user_detail")]
    counter = WorkCounter()

    counter.count(cells, target, folder=tmp_path, seed=1)

    for cell in cells:
        with pytest.raises(PerfcompareError, match="it did not start"):
            counter.of(cell)


def test_a_wrong_answer_is_told_and_the_other_scenarios_are_counted(target: Demonstration, tmp_path: Path) -> None:
    right = replace(FLOOR, server="gunicorn_gthread")  # where the floor has no other scenario
    wrong = replace(right, scenario="user_detail")
    counter = WorkCounter()
    counter.count([wrong, right], target, folder=tmp_path, seed=1)

    with pytest.raises(WrongAnswerError, match="floor answers user_detail wrongly: status 404"):
        counter.of(wrong)
    assert counter.of(right) is not None


@pytest.mark.parametrize(("scenario", "again"), [("cached_users", True), ("user_create", False)])
def test_what_is_counted_was_asked_before_unless_it_writes(
    scenario: str, again: bool, target: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[Exchange] = []

    def replies(_one: object, exchanges: Iterator[Exchange]) -> list[Reply]:
        asked_for.extend(exchanges)
        return []

    monkeypatch.setattr(work_counter._Counted, "_replies", replies)

    WorkCounter().count([replace(FLOOR, scenario=scenario)], target, folder=tmp_path, seed=1)

    requests = [exchange.request for exchange in asked_for]
    assert (requests[-REQUESTS:] == requests[-2 * REQUESTS : -REQUESTS]) is again
