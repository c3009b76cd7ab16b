"""A finding is applied in a process of its own and measured beside the project as it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest

from perfcompare.core.http import Reply, Request
from perfcompare.project.audit import measuring, text, verifying
from perfcompare.project.audit.child import Orders, WorkerError
from perfcompare.project.audit.facts import Part, RequestFacts
from perfcompare.project.audit.measuring import Asked
from perfcompare.project.audit.report import Audit
from perfcompare.project.audit.verifying import Judged, found
from perfcompare.project.project import Project
from perfcompare.project.requests import ProjectRequest
from tests.project.audit.test_findings import FACTS, statements

PROJECT: Final = Project(settings="s", root=Path(), applications={}, path=[])
ASKED: Final = [Asked(named=ProjectRequest(name="a", path="/a"), sent=Request(path="a"))]


@dataclass
class Worker:
    """Answers as a worker does, without a process."""

    cost_us: float
    bodies: Iterator[bytes] = field(default_factory=lambda: iter([b"{}"] * 9))
    asked: list[int] = field(default_factory=list)
    """How many answers at once."""

    def measure(self, _call: int, number: int) -> Mapping[str, Any]:
        """What a request costs."""
        self.asked.append(number)
        return {"cpu_us": self.cost_us, "wall_us": 2 * self.cost_us, "statuses": [200]}

    def reply(self, _call: int) -> Reply:
        """The next answer."""
        return Reply(status=200, headers={"content-type": "application/json"}, body=next(self.bodies))


def _verified(
    monkeypatch: pytest.MonkeyPatch, plain: Worker, changed: Worker | str, facts: RequestFacts = FACTS
) -> Judged:
    """The finding about N+1 of a view after it was applied. Text stands for a process that does not start."""

    @contextmanager
    def started(_project: Project, orders: Orders) -> Iterator[Worker]:
        if not orders.rewrites:
            yield plain
            return
        assert orders.rewrites == {"m.View": {"select_related": ["product"]}}
        if isinstance(changed, str):
            raise WorkerError(changed)
        yield changed

    monkeypatch.setattr(verifying, "started", started)
    one = statements("SELECT a", 5, 5, view="m.View", path="product", relation="Order.product")
    facts = replace(facts, statements=[one])
    (judged,) = verifying.verify(PROJECT, ASKED, "gunicorn_gthread", found([facts]), lambda _said: None)
    return judged


def test_a_gain_is_the_difference_of_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    gain = _verified(monkeypatch, Worker(100.0), Worker(60.0)).gain

    assert gain is not None
    assert (gain.cpu_us.low, gain.cpu_us.middle, gain.cpu_us.high) == (40.0, 40.0, 40.0)
    assert (gain.wall_us, gain.before_us, gain.sure) == (80.0, 100.0, True)


def test_no_more_than_all_of_a_request_is_saved_however_its_cost_varies(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = itertools.cycle([100.0, 900.0, 100.0])
    plain = Worker(0.0)
    monkeypatch.setattr(
        plain, "measure", lambda *_: {"cpu_us": (cost := next(costs)), "wall_us": cost, "statuses": [200]}
    )
    judged = _verified(monkeypatch, plain, Worker(10.0))

    assert judged.gain is not None
    assert judged.gain.share.high <= 1
    assert "applied: 90% less CPU [90%, 99%], " in text.worth(judged)


def test_what_becomes_dearer_is_called_dearer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "applied: 20% more CPU [20%, 20%], 20% more in all" in text.worth(
        _verified(monkeypatch, Worker(100.0), Worker(120.0))
    )


def test_what_the_server_takes_is_part_of_what_a_gain_is_a_share_of(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Part(category="server", label="gunicorn gthread", count=1, cpu_us=25.0, wall_us=25.0)
    gain = _verified(monkeypatch, Worker(100.0), Worker(60.0), replace(FACTS, cpu_us=1000.0, parts=[server])).gain

    assert gain is not None
    assert (gain.cpu_us.middle, gain.before_us, gain.before_wall_us) == (40.0, 125.0, 225.0)


def test_another_server_is_measured_beside_the_projects_own(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = {"gunicorn_gthread": 100.0, "granian_wsgi": 70.0}
    monkeypatch.setattr(verifying, "started", lambda _project, _orders: nullcontext(Worker(1.0)))
    monkeypatch.setattr(verifying, "served", lambda _project, name, _requests: nullcontext(Worker(costs[name])))
    server = Part(category="server", label="gunicorn gthread", count=1, cpu_us=40.0, wall_us=40.0)
    facts = replace(FACTS, parts=[server])
    [one] = verifying.verify(PROJECT, ASKED, "gunicorn_gthread", found([facts]), lambda _said: None)

    assert one.gain is not None
    assert (one.finding.server, one.gain.cpu_us.middle, one.gain.before_us) == ("granian_wsgi", 30.0, 100.0)


@pytest.mark.parametrize("means", ["a process", "a server"])
def test_each_starts_first_once_because_the_first_is_dearer_as_long_as_it_lives(
    monkeypatch: pytest.MonkeyPatch, means: str
) -> None:
    alive: list[str] = []

    @contextmanager
    def begun(name: str) -> Iterator[Worker]:
        alive.append(name)
        yield Worker(110.0 if len(alive) == 1 else 100.0)
        alive.remove(name)

    monkeypatch.setattr(verifying, "started", lambda _project, orders: begun(str(orders.changes)))
    monkeypatch.setattr(verifying, "served", lambda _project, name, _requests: begun(name))
    server = Part(category="server", label="gunicorn gthread", count=1, cpu_us=40.0, wall_us=40.0)
    [one] = found([replace(FACTS, parts=[server])])
    if means == "a process":
        one = replace(one, finding=replace(one.finding, server="", change="persistent_connections"))
    [one] = verifying.verify(PROJECT, ASKED, "gunicorn_gthread", [one], lambda _said: None)

    assert one.gain is not None
    assert (one.gain.cpu_us.low, one.gain.cpu_us.middle, one.gain.cpu_us.high) == (-10.0, 0.0, 10.0)
    assert not one.gain.sure


@pytest.mark.parametrize(("cpu_us", "wall_us", "answers"), [(1e3, 1e3, 60), (300e3, 300e3, 1), (1e3, 300e3, 2)])
def test_a_dear_request_is_answered_once_in_a_round_of_a_pair_and_one_that_waits_no_longer_than_half_a_second(
    monkeypatch: pytest.MonkeyPatch, cpu_us: float, wall_us: float, answers: int
) -> None:
    plain = Worker(cpu_us)
    _verified(monkeypatch, plain, Worker(cpu_us), replace(FACTS, cpu_us=cpu_us, wall_us=wall_us))

    assert plain.asked == [max(answers, measuring.FEWEST), *[answers] * verifying.ROUNDS] * verifying.PAIRS


def test_what_makes_it_dearer_is_no_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = _verified(monkeypatch, Worker(100.0), Worker(101.0))

    assert judged.gain is not None
    assert not judged.gain.sure
    assert judged.worth_us == 0


def test_another_answer_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = _verified(monkeypatch, Worker(100.0), Worker(60.0, iter([b'{"a": 1}'])))

    assert judged.gain is None
    assert judged.said.startswith("not offered, because the answer differs: ")


def test_a_project_may_differ_from_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Worker(100.0, iter([b'{"now": 1}', b'{"now": 2}']))

    assert _verified(monkeypatch, plain, Worker(60.0, iter([b'{"now": 3}']))).gain is not None


def test_a_change_that_does_not_start_is_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _verified(monkeypatch, Worker(100.0), "no psycopg_pool").said == "not verified: no psycopg_pool"


def test_a_change_that_does_not_fit_is_no_advice_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def started(_project: Project, orders: Orders) -> Iterator[Worker]:
        yield Worker(60.0, iter([b'{"a": 1}'] * 9)) if orders.changes else Worker(100.0)

    monkeypatch.setattr(verifying, "started", started)
    facts = replace(FACTS, happened=[("connection", "default (sqlite)", 1)])
    judged = verifying.verify(PROJECT, ASKED, "gunicorn_gthread", found([facts]), lambda _said: None)
    (advice,) = Audit(results=[facts], findings=judged).advice

    assert not advice.useful
    (said,) = text.tried([advice])
    assert said.startswith("persistent_connections (WSGI): not offered, because the answer differs: ")


def test_what_could_not_be_tried_is_a_hole_and_neither_advice_nor_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def started(_project: Project, orders: Orders) -> Iterator[Worker]:
        if orders.changes:
            raise WorkerError("no psycopg_pool")
        yield Worker(100.0)

    monkeypatch.setattr(verifying, "started", started)
    facts = [replace(FACTS, name=name, happened=[("connection", "default (sqlite)", 1)]) for name in "ab"]
    asked = [Asked(named=ProjectRequest(name=name, path="/a"), sent=Request(path="a")) for name in "ab"]
    judged = verifying.verify(PROJECT, asked, "gunicorn_gthread", found(facts), lambda _said: None)
    audit = Audit(results=facts, findings=judged)

    assert [one.useful for one in audit.advice] == [False]
    assert [*text.tried(audit.advice)] == []
    assert "A hole: persistent_connections (WSGI) at a and b: not verified: no psycopg_pool" in "".join(
        text.lines(audit)
    )


def test_an_n_plus_one_whose_rewrite_could_not_be_tried_stays_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = _verified(monkeypatch, Worker(100.0), "no such relation")

    assert Audit(results=[], findings=[judged]).advice[0].useful
