"""What a server is sent before its first trial of a round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.measurement import Anchor, Cell
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.sender import Ready
from perfcompare.runner.trial import Conditions, Surroundings, Trial, Who
from perfcompare.runner.turns import Outcome, block, first_requests, measure
from perfcompare.runner.turns.lanes import Lane, Lanes
from tests.perfcompare.factories import make_conditions, make_target
from tests.perfcompare.runner.conftest import SMALL

SIMPLE = Cell(scenario="simple", stack="fastapi", server="uvicorn", concurrency=4)
DETAIL = replace(SIMPLE, scenario="user_detail")
CREATE = replace(SIMPLE, scenario="user_create")
AROUND = Surroundings(placement=Placement(server=None, rest=None), services={}, all_known=False)


class Sent(list[tuple[int, bytes]]):
    """The first request of each load: the number of connections, and the request line without a query string."""

    def __call__(self, host: str, port: int, connections: int) -> Any:
        def closed(requests: Iterator[Ready], *, seconds: float) -> None:
            line = next(requests).wire.split(b"\r\n")[0]
            self.append((connections, line.rsplit(b"/", 2)[0].split(b"?")[0]))

        class Sender(SimpleNamespace):
            def __enter__(self) -> Sender:
                return self

            def __exit__(self, *_: object) -> None:
                pass

        return Sender(closed=closed)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    found = Sent()
    monkeypatch.setattr(first_requests, "Sender", found)
    return found


@pytest.fixture
def conditions(state: Path, tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, target=make_target(SMALL), in_turns=True, seconds=0.1, warmup_s=0.1)


def lane(who: Who) -> Lane:
    return SimpleNamespace(process=SimpleNamespace(host="127.0.0.1", port=1, prefix=f"/api/{who[0]}/"))  # type: ignore[return-value]


def trials(conditions: Conditions, *cells: Cell) -> list[Trial]:
    return [Trial(PlannedTrial(round=1, cell=cell), conditions, AROUND) for cell in cells]


def test_each_server_gets_requests_of_each_scenario_on_as_many_connections_as_it_will_have(
    conditions: Conditions, sent: Sent
) -> None:
    other = [replace(cell, stack="drf", server="gunicorn_gthread", concurrency=8) for cell in (SIMPLE, DETAIL)]
    asked = trials(conditions, SIMPLE, DETAIL, *other)
    first_requests.send(asked, {one.who: lane(one.who) for one in asked})
    assert sorted(sent) == [
        (4, b"GET /api/fastapi"),
        (4, b"GET /api/fastapi/users"),
        (8, b"GET /api/drf"),
        (8, b"GET /api/drf/users"),
    ]


def test_a_writing_scenario_a_window_at_a_fixed_rate_and_a_server_that_did_not_start_get_none(
    conditions: Conditions, sent: Sent
) -> None:
    at_rate = replace(SIMPLE, share=60, anchor=Anchor.SLOWEST)
    dead = replace(SIMPLE, stack="drf", server="gunicorn_gthread")
    asked = trials(conditions, CREATE, at_rate, dead)
    lanes: Lanes = {one.who: lane(one.who) for one in asked}
    lanes[dead.stack, dead.server] = PerfcompareError("It did not start.")
    first_requests.send(asked, lanes)
    assert sent == []


def test_a_round_sends_them_before_its_first_scenario_is_verified(
    conditions: Conditions, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[int] = []

    def noted(_block: block.Block) -> dict[PlannedTrial, Outcome]:
        before.append(len(sent))
        return {}

    monkeypatch.setattr(block.Block, "measure", noted)
    plan = [PlannedTrial(round=1, cell=cell) for cell in (replace(SIMPLE, stack="floor"), SIMPLE, DETAIL)]
    list(measure(plan, conditions, AROUND, None))  # type: ignore[arg-type]
    assert before[0] == 3
