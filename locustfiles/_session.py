"""What one test of one process needs: made from the options when the test starts, the same for all its users."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any, Final

import gevent
from locust.exception import StopTest
from locust.runners import WorkerRunner

from locustfiles import _contract, _options
from locustfiles._events import on
from locustfiles._mix import mix
from locustfiles._options import Options, Target
from locustfiles._schedule import Schedule
from locustfiles._statistics import be_precise
from perfcompare.core.errors import UsageError
from perfcompare.core.scenario import Exchange
from perfcompare.registries import scenarios

be_precise()
_STOP_S: Final = 0.5


@dataclass(kw_only=True)
class Session:
    """The state that the users of a process share during a test."""

    options: Options
    checker: _contract.Checker
    random: Random
    turns: Iterator[Target]
    schedule: Schedule | None
    _traffic: dict[tuple[str, str], Iterator[Exchange]] = field(default_factory=dict)
    _mixes: dict[str, Iterator[str]] = field(default_factory=dict)

    def next_target(self) -> Target:
        """Whom the next new user asks: each stack in turn, so that they get the same number of users."""
        return next(self.turns)

    def next_scenario(self, target: Target) -> str:
        """What the next user of a stack asks for: all its users share one mix."""
        if target.stack not in self._mixes:
            self._mixes[target.stack] = mix(self.options.scenarios, self.random)
        return next(self._mixes[target.stack])

    def next_exchange(self, target: Target, scenario: str) -> Exchange:
        """The next request of a scenario to a stack, and its answer."""
        key = (target.stack, scenario)
        if key not in self._traffic:
            random = Random(f"{self.options.seed} {key} {self.random.random()}")
            self._traffic[key] = _contract.exchanges(scenario, self.options.dataset, random)
        exchange = next(self._traffic[key])
        if self.options.token:
            exchange = _contract.with_token(exchange, self.options.token)
        if self.options.delay_ms is not None:
            exchange = _contract.with_delay(exchange, self.options.delay_ms)
        return exchange


_current: list[Session] = []


def current() -> Session:
    """The session of the test that runs; StopTest when there is none, because its options do not fit together."""
    session = found()
    if session is None:
        raise StopTest("The options do not fit together; the reason stands above.")
    return session


def found() -> Session | None:
    """The session of the test that runs, if its options fit together."""
    return _current[0] if _current else None


def _session(options: Options, *, index: int, workers: int) -> Session:
    random = Random(f"{options.seed} {index}")
    writing = any(scenarios[name].writes for name in options.scenarios)

    def shape_of(name: str) -> bool:
        # A journey that makes users changes the answers that count or list them; nobody here knows to what.
        return options.shape_only or (writing and _contract.depends_on_rows(name, options.dataset))

    rate = options.rate
    phase = index / workers
    return Session(
        options=options,
        checker=_contract.Checker(rate=options.check_rate, shape_of=shape_of, random=random),
        random=random,
        turns=cycle(options.targets),
        schedule=(rate and Schedule(rate=rate, share=1 / workers, phase=phase, start_s=time.monotonic())) or None,
    )


@on("init")
def _refuse_bad_options(environment: Any, **_more: Any) -> None:
    """End with status 2 before any load, when the options do not fit together."""
    if isinstance(environment.runner, WorkerRunner):
        return  # gets the master's options with the order to start
    try:
        _options.read(environment.parsed_options, environment.host)
    except UsageError as error:
        sys.stderr.write(f"locust: error: {error}\n")
        sys.exit(UsageError.exit_code)


@on("test_start")
def _begin(environment: Any, **_more: Any) -> None:
    """Make the session; what the web form or a master sent may differ from the command line."""
    runner = environment.runner
    is_worker = isinstance(runner, WorkerRunner)
    workers = max(1, environment.parsed_options.expect_workers) if is_worker else 1
    index = max(0, runner.worker_index) if is_worker else 0
    _current.clear()
    try:
        options = _options.read(environment.parsed_options, environment.host)
    except UsageError as error:
        sys.stderr.write(f"locust: error: {error}\n")
        gevent.spawn_later(_STOP_S, runner.stop)  # from inside the start it would wait for itself
        return
    _current[:] = [_session(options, index=index % workers, workers=workers)]
