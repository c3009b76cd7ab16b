"""Rounds in turns on real servers: what each server is started for, what is measured of it, and what is left."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import psycopg
import pytest

from perfcompare.core.errors import EnvironmentProblem, Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Anchor, Cell, Measurement
from perfcompare.core.objection import TIMES, Figure
from perfcompare.core.target import Program
from perfcompare.models import columns
from perfcompare.runner import execution, orphans, trial, work_counter
from perfcompare.runner.collector import Collections
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.processes import ServerProcess, StartError
from perfcompare.runner.rates import SHARE, Rates, equal
from perfcompare.runner.sender import Batch
from perfcompare.runner.trial import Conditions, Surroundings, Trial
from perfcompare.runner.turns import Outcome, block, blocks, lanes, load, measure, rounds
from perfcompare.runner.turns.block import Block
from perfcompare.runner.turns.load import Load
from perfcompare.targets.demonstration import liveness
from perfcompare.targets.demonstration.laboratory import Laboratory
from tests.perfcompare.factories import make_conditions, make_latency, make_target
from tests.perfcompare.runner.conftest import SMALL
from tests.serving import serve

FLOOR = Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=4)
TWIN = replace(FLOOR, stack="floor~twin")
FASTAPI = replace(FLOOR, stack="fastapi")
DRF = replace(FLOOR, stack="drf", server="gunicorn_gthread")
CREATING = tuple(replace(cell, scenario="user_create") for cell in (FASTAPI, DRF))
CELLS = (FLOOR, TWIN, FASTAPI, *CREATING)


def visits_of(*cells: Cell, number: int = 1) -> list[PlannedTrial]:
    return [PlannedTrial(round=number, cell=cell) for cell in cells]


def surroundings() -> Surroundings:
    return Surroundings(placement=Placement(server=None, rest=None), services={}, all_known=False)


@pytest.fixture
def conditions(state: Path, tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, target=make_target(SMALL), in_turns=True, seconds=0.3, warmup_s=0.2)


@dataclass(kw_only=True)
class Round:
    """What came of a round, and what happened on the way."""

    starts: Counter[str] = field(default_factory=Counter)
    """How often each stack's server was started."""
    counters: Counter[str] = field(default_factory=Counter)
    """The same of the servers that were there to be counted at."""
    blocks: list[Mapping[PlannedTrial, Outcome]] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)
    """The users that there were before and after each time that the database was restored, one after the other."""
    around: Surroundings

    def of(self, cell: Cell) -> Measurement:
        (outcome,) = (found for block in self.blocks for planned, found in block.items() if planned.cell == cell)
        assert isinstance(outcome, Measurement), outcome
        return outcome

    def at(self, cell: Cell, anchor: Anchor) -> Measurement:
        return self.of(replace(cell, share=SHARE, anchor=anchor))


@contextmanager
def noted_starts(module: Any, starts: Counter[str]) -> Iterator[None]:
    """Every server that the module starts is counted."""
    real = ServerProcess

    def start(program: Program, **more: Any) -> ServerProcess:
        starts[program.environ["PERFCOMPARE_STACK"]] += 1
        return real(program, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ServerProcess", start)
        yield


def _users(bench: Laboratory) -> int:
    with psycopg.connect(bench.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM users_user").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="module")
def measured(bench: Laboratory, tmp_path_factory: pytest.TempPathFactory) -> Round:
    """One round of two scenarios, the second of which writes, with windows at equal rates in both."""
    around = surroundings()
    found = Round(around=around)

    def restore() -> None:
        found.restored.append(_users(bench))
        bench.restore()
        found.restored.append(_users(bench))

    conditions = make_conditions(
        tmp_path_factory.mktemp("round"),
        target=make_target(SMALL, bench.environ, restore),
        in_turns=True,
        seconds=0.4,
        warmup_s=0.5,
    )
    visits = visits_of(*CELLS, *equal(CELLS))
    with noted_starts(work_counter, found.counters):
        execution._count(visits, conditions, around, lambda _event: None)
    found.restored.clear()
    with pytest.MonkeyPatch.context() as patch, noted_starts(lanes, found.starts):
        patch.setenv("PERFCOMPARE_STATE", str(conditions.folder / "state"))
        found.blocks = list(measure(visits, conditions, around, Rates()))
    return found


def test_each_server_is_started_once_for_all_scenarios_of_a_round(measured: Round) -> None:
    assert measured.starts == {"floor": 1, "floor~twin": 1, "fastapi": 1, "drf": 1}


def test_a_twin_is_counted_with_its_original_and_every_stack_with_one_server(measured: Round) -> None:
    assert measured.counters == {"floor": 1, "fastapi": 1, "drf": 1}
    assert [measured.of(cell).work for cell in (FLOOR, TWIN)] == [measured.of(FLOOR).work] * 2
    assert [getattr(measured.of(cell).work, "statements", None) for cell in (FLOOR, FASTAPI, *CREATING)] == [0, 0, 1, 2]


def test_the_outcomes_of_a_scenario_come_together_one_for_each_trial(measured: Round) -> None:
    assert [{planned.cell.scenario for planned in block} for block in measured.blocks] == [{"simple"}, {"user_create"}]
    cells = [planned.cell for block in measured.blocks for planned in block]
    assert sorted(cells) == sorted([*CELLS, *equal(CELLS)])


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_turns_show_costs_and_neither_latencies_nor_rates_nor_memory(measured: Round, cell: Cell) -> None:
    found = measured.of(cell)

    assert found.in_turns
    assert found.load.errors == 0
    assert found.load.answers > 10
    assert found.server_cpu_us is not None
    assert found.server_cpu_us > 0
    assert found.usable(Figure.COST), found.objections
    assert (found.load.latency, found.load.due, found.rate, found.start_s) == (None, None, None, None)
    assert found.usage is not None
    assert (found.usage.pss_idle_kib, found.usage.pss_peak_kib) == (None, None)
    assert not set(columns.of(found)) & {"p50_ms", "p99_ms"}
    assert columns.of(found)["goodput"] is None
    assert all(one.figures == {Figure.COST} for one in found.objections)


def _window_s(rate: float) -> float:
    """As long as it takes for enough answers, within bounds."""
    shortest_s, longest_s = block.WINDOW_S
    return min(max(block.ANSWERS / rate, shortest_s), longest_s)


@pytest.mark.parametrize("anchor", [Anchor.SLOWEST, Anchor.REFERENCE])
def test_windows_show_latencies_at_one_rate_for_all(measured: Round, anchor: Anchor) -> None:
    for cells in ((FLOOR, TWIN, FASTAPI), CREATING):
        found = [measured.at(cell, anchor) for cell in cells]

        assert len({one.rate for one in found}) == 1
        for one in found:
            assert one.rate is not None
            assert one.load.due is not None
            assert one.load.due == pytest.approx(one.rate * _window_s(one.rate), abs=1)
            assert one.load.answers <= one.load.due
            assert one.load.latency is not None
            assert not one.in_turns
            assert all(objection.figures <= TIMES for objection in one.objections)


def test_the_rate_is_a_share_of_what_the_slowest_and_the_reference_answered_in_their_turns(measured: Round) -> None:
    reference, drf = (measured.of(cell).goodput for cell in CREATING)

    rates = [measured.at(CREATING[1], anchor).rate for anchor in (Anchor.SLOWEST, Anchor.REFERENCE)]
    assert rates == pytest.approx([0.6 * min(reference, drf), 0.6 * reference], rel=0.06)  # to two digits


def test_what_was_written_is_taken_away_after_its_scenario_and_only_then(measured: Round) -> None:
    before, after = measured.restored

    assert before > SMALL.count
    assert after == SMALL.count


def test_trials_are_grouped_by_round_and_by_what_is_loaded_in_turns() -> None:
    first, second = visits_of(FLOOR, CREATING[0], TWIN), visits_of(FLOOR, number=2)
    busier = PlannedTrial(round=1, cell=replace(FLOOR, concurrency=64))

    assert list(rounds([*first, *second, busier])) == [(*first, busier), tuple(second)]
    assert list(blocks([*first, busier])) == [(first[0], first[2]), (first[1],), (busier,)]


def outcomes(visits: Sequence[PlannedTrial], conditions: Conditions) -> dict[Cell, Outcome]:
    found = measure(visits, conditions, surroundings(), Rates())
    return {planned.cell: outcome for block in found for planned, outcome in block.items()}


def test_a_wrong_answer_leaves_the_others(conditions: Conditions, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_client: object, prefix: str, *_words: object, **_more: object) -> str | None:
        return "status 500 instead of 200" if "fastapi" in prefix else None

    monkeypatch.setattr(trial, "check", check)
    later = replace(FASTAPI, scenario="user_detail")
    paced = [replace(cell, share=SHARE, anchor=Anchor.SLOWEST) for cell in (FLOOR, FASTAPI)]

    found = outcomes(visits_of(FLOOR, FASTAPI, *paced, later), conditions)

    assert isinstance(found[FLOOR], Measurement)
    assert isinstance(found[paced[0]], Measurement)
    for cell in (FASTAPI, paced[1], later):
        assert isinstance(found[cell], WrongAnswerError)
        assert str(found[cell]) == "fastapi answers simple wrongly: status 500 instead of 200"


def test_a_wrong_answer_of_a_reference_costs_its_scenario_and_nothing_else(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(of: Trial, _server: object, **_more: object) -> None:
        if of.planned.cell.scenario == "simple":
            raise WrongAnswerError("throttled")

    monkeypatch.setattr(Trial, "verify", verify)
    later, paced = replace(FASTAPI, scenario="user_detail"), replace(FASTAPI, share=SHARE, anchor=Anchor.SLOWEST)

    found = outcomes(visits_of(FASTAPI, paced, later), replace(conditions, references=frozenset({"fastapi"})))

    assert isinstance(found[later], Measurement)
    assert str(found[FASTAPI]) == str(found[paced]) == "throttled"


def test_a_wrong_answer_after_the_load_spoils_every_figure_that_it_shows(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([None, "status 500 instead of 200"])
    monkeypatch.setattr(trial, "check", lambda *_words, **_more: next(answers))

    found = outcomes(visits_of(FLOOR), conditions)[FLOOR]

    assert isinstance(found, Measurement)
    assert "wrong answer" in {one.code for one in found.objections}
    assert not found.usable(Figure.COST)


def test_with_a_service_that_does_not_answer_nothing_is_measured(conditions: Conditions) -> None:
    alone = make_target(SMALL, {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0"})

    found = outcomes(visits_of(FLOOR, FASTAPI), replace(conditions, target=alone))

    for cell in (FLOOR, FASTAPI):
        assert str(found[cell]).startswith("services: Redis does not answer (")


def test_a_service_that_ended_under_load_spoils_every_figure(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = chain([None], repeat("Redis does not answer."))
    monkeypatch.setattr(liveness, "ailing", lambda _environ: next(said))

    found = outcomes(visits_of(FLOOR), conditions)[FLOOR]

    assert isinstance(found, Measurement)
    assert "services" in {one.code for one in found.objections}
    assert not found.usable(Figure.COST)


def test_every_case_is_checked_in_the_first_round_and_fewer_later(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[bool, int]] = []

    def check(*_words: object, sample: int, every_case: bool) -> None:
        asked.append((every_case, sample))

    monkeypatch.setattr(trial, "check", check)

    for number in (1, 2):
        outcomes(visits_of(FLOOR, number=number), conditions)

    assert asked == [(True, trial.SAMPLE), (False, 1), (False, 1), (False, 1)]


def test_a_server_that_does_not_start_leaves_the_others(conditions: Conditions) -> None:
    (conditions.folder / "01-floor-uvicorn").write_text("in the way")

    found = outcomes(visits_of(FLOOR, TWIN, replace(FLOOR, share=SHARE, anchor=Anchor.SLOWEST)), conditions)

    assert isinstance(found[FLOOR], EnvironmentProblem)
    assert isinstance(found[TWIN], Measurement)
    assert found[replace(FLOOR, share=SHARE, anchor=Anchor.SLOWEST)] is found[FLOOR]


def test_all_servers_of_a_round_begin_before_one_is_waited_for_and_are_pinned_when_they_are_ready(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpus = frozenset({min(os.sched_getaffinity(0))})
    happened, pinned = list[str](), list[set[int]]()
    begin, wait, turn = ServerProcess.begin, ServerProcess.wait, Block._turn

    def noted(real: Callable[[ServerProcess], None], what: str) -> Callable[[ServerProcess], None]:
        def call(server: ServerProcess) -> None:
            happened.append(what)
            real(server)

        return call

    def look(one: Block, taken: Load, send: Callable[[], Batch]) -> None:
        pinned.append(set(psutil.Process(taken.lane.process.pid).cpu_affinity()))
        turn(one, taken, send)

    monkeypatch.setattr(ServerProcess, "begin", noted(begin, "begins"))
    monkeypatch.setattr(ServerProcess, "wait", noted(wait, "is waited for"))
    monkeypatch.setattr(Block, "_turn", look)
    around = replace(surroundings(), placement=Placement(server=cpus, rest=frozenset(os.sched_getaffinity(0))))

    (found,) = measure(visits_of(FLOOR, TWIN), conditions, around, Rates())

    assert happened == ["begins"] * 2 + ["is waited for"] * 2
    assert all(one == cpus for one in pinned)
    assert all(isinstance(outcome, Measurement) for outcome in found.values())


def test_a_server_that_never_answers_is_ended_and_is_no_stranger_to_the_others(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids, real = list[int](), ServerProcess.wait

    def wait(server: ServerProcess) -> None:
        if server.log.parent.name == "01-floor-uvicorn":
            pids.append(server.pid)
            raise StartError("floor on uvicorn did not answer within 60 s.")
        real(server)

    monkeypatch.setattr(ServerProcess, "wait", wait)

    found = outcomes(visits_of(FLOOR, TWIN), conditions)

    assert isinstance(found[FLOOR], StartError)
    twin = found[TWIN]
    assert isinstance(twin, Measurement)
    assert "other server" not in {one.code for one in twin.objections}
    assert not psutil.pid_exists(pids[0])


def test_another_server_of_the_project_is_a_stranger_to_all(conditions: Conditions, tmp_path: Path) -> None:
    environ = {**os.environ, **orphans.marked()}
    with serve("floor", "uvicorn", environ=environ, log=tmp_path / "other.log"):
        found = outcomes(visits_of(FLOOR), conditions)[FLOOR]

    assert isinstance(found, Measurement)
    assert "other server" in {one.code for one in found.objections}


def test_a_rate_that_is_a_share_of_a_reference_that_is_not_there_is_none(conditions: Conditions) -> None:
    paced = replace(FLOOR, share=SHARE, anchor=Anchor.REFERENCE)

    found = outcomes(visits_of(FLOOR, paced), conditions)

    assert isinstance(found[FLOOR], Measurement)
    assert str(found[paced]) == "rate: it is a share of a peak, and no turn has shown the peak."


def test_what_cannot_be_counted_is_not_measured(conditions: Conditions) -> None:
    around = surroundings()
    around.counter._known["floor", "uvicorn", "simple"] = PerfcompareError("server: it did not start")

    (found,) = measure(visits_of(FLOOR, TWIN), conditions, around, Rates())

    assert [str(outcome) for outcome in found.values()] == ["server: it did not start"] * 2


def test_an_interruption_ends_every_server_and_undoes_what_was_written(
    bench: Laboratory, conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_block: object, taken: Load, _send: object) -> None:
        pids.append(taken.lane.process.pid)
        raise Interrupted(signal.SIGTERM)

    pids, restored = list[int](), list[bool]()
    monkeypatch.setattr(Block, "_turn", interrupt)
    inside = replace(conditions, target=make_target(SMALL, bench.environ, lambda: restored.append(True)))

    with pytest.raises(Interrupted):
        list(measure(visits_of(CREATING[0]), inside, surroundings(), Rates()))

    assert len(pids) == len(restored) == 1
    assert not psutil.pid_exists(pids[0])


def load_of(*batches: Batch, rate: float | None = None) -> Load:
    made = Trial(PlannedTrial(round=1, cell=FLOOR, rate=rate), None, None)  # type: ignore[arg-type]
    taken = [load.Turn(batch=one, used_ns={"server": one.answers * 1000}, collected=Collections()) for one in batches]
    return Load(trial=made, lane=None, sender=None, requests=iter(()), turns=taken)  # type: ignore[arg-type]


def batch(began_s: float, *latencies_s: float, **given: Any) -> Batch:
    return Batch(
        began_s=began_s,
        ended_s=began_s + 0.5,
        answers=len(latencies_s),
        latencies_s=list(latencies_s),
        received_bytes=10,
        **given,
    )


def test_a_window_of_turns_is_as_long_as_requests_were_under_way() -> None:
    first, second = batch(10.0, 0.2, 0.3), batch(90.0, 0.5, failures=Counter({"status 500": 2}))

    found = load.result(load_of(first, second))

    assert (found.started_s, found.ended_s - found.started_s) == (10.0, 1.0)
    assert (found.answers, found.errors, found.failures) == (3, 2, {"status 500": 2})
    assert (found.received_bytes, found.due, found.latency) == (20, None, None)
    assert found.in_use == pytest.approx(1.0)


def test_a_window_at_a_rate_has_its_latencies_and_what_was_due() -> None:
    found = load.result(load_of(batch(10.0, 0.001, 0.002, 0.003, due=4, late_s=[0.0002, 0.0001]), rate=8.0))

    assert found.due == 4
    assert found.latency is not None
    assert (found.latency.min_ms, found.latency.p50_ms, found.latency.max_ms) == pytest.approx((1.0, 2.0, 3.0))
    assert found.late_p99_ms == pytest.approx(0.2)
    assert found.warnings == ()


@pytest.mark.parametrize(("late_ms", "p99_ms", "said"), [(0.9, 1.0, 0), (1.1, 2.0, 1), (1.1, 20.0, 0), (6.0, 20.0, 1)])
def test_a_sender_that_is_late_itself_says_so(late_ms: float, p99_ms: float, said: int) -> None:
    assert len(list(load._late(make_latency(p99_ms / 2), late_ms))) == said
    assert not list(load._late(None, late_ms))
    assert not list(load._late(make_latency(), None))


@pytest.mark.parametrize("cell", CREATING, ids=str)
def test_a_cost_holds_the_part_of_full_collections_that_its_requests_bring_nearer(measured: Round, cell: Cell) -> None:
    usage = measured.of(cell).usage

    assert usage is not None
    assert usage.collections_cpu_s is not None
    assert 0 <= usage.collections_cpu_s < usage.server_cpu_s
    assert measured.around.collections[cell.stack, cell.server].younger > 0


def test_a_full_collection_in_a_turn_is_taken_out_and_its_part_charged() -> None:
    taken = [
        load.Turn(batch=batch(1.0, 0.1), used_ns={"server": ns}, collected=Collections(10, full))
        for ns, full in ((1000, 0), (6000, 5000))
    ]

    assert load.spread(taken, Collections(younger=100, full_ns=10_000)) == (1000 + 1000 + 2000, 2000)


def taken(count: int, seconds: float) -> Load:
    return load_of(*(replace(batch(1.0, 0.1), ended_s=1.0 + seconds) for _ in range(count)))


def block_of(concurrency: int = 4, **conditions: Any) -> Any:
    cell = SimpleNamespace(scenario="simple", concurrency=concurrency)
    given = {"seconds": 0.35, "seconds_of": {}, "turns": 12, **conditions}
    return SimpleNamespace(
        _conditions=SimpleNamespace(**given), _trials=[SimpleNamespace(planned=SimpleNamespace(cell=cell))]
    )


def test_where_answers_are_dear_each_server_has_the_time_of_many_turns_of_the_cheapest() -> None:
    made = block_of()
    cheap, dear, dearest = taken(5, 0.1), taken(4, 0.4), taken(3, 2.0)

    waiting = Block._waiting(made, [cheap, dear, dearest])

    assert waiting == [cheap, dearest]  # 0.5 s of 12 x 0.1 s; three turns of four
    assert Block._waiting(made, [taken(12, 0.1), dear]) == []


def test_where_they_are_not_it_has_the_time_that_was_asked_for() -> None:
    short, whole = taken(15, 0.02), taken(18, 0.02)

    assert Block._waiting(block_of(), [short, whole]) == [short]


def test_one_scenario_may_have_more_time_than_the_others() -> None:
    usual = taken(18, 0.02)

    assert Block._waiting(block_of(seconds_of={"simple": 0.5}), [usual]) == [usual]
    assert Block._waiting(block_of(seconds_of={"other": 0.5}), [usual]) == []


def test_few_connections_have_as_many_turns_as_a_figure_needs_answers() -> None:
    few = taken(7, 0.1)

    assert Block._waiting(block_of(concurrency=1, turns=4), [few]) == [few]
    assert Block._waiting(block_of(concurrency=2, turns=4), [few]) == []
