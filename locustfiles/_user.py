"""A user that sends a scenario's requests on its own connection and judges the answers."""

from __future__ import annotations

import time
from typing import Final

import gevent
from locust import User
from locust.env import Environment
from locust.exception import CatchResponseError

from locustfiles import _session
from locustfiles._connection import Connection, NoAnswerError
from locustfiles._options import DEFAULT_HOST
from perfcompare.core.http import Reply
from perfcompare.core.scenario import Exchange

PAUSE_S: Final = 0.1
"""After a refused or broken connection, so that a server that has ended is not asked in an endless fast loop."""


class ContractUser(User):
    """Asks one stack. Subclasses have tasks that call `ask`."""

    abstract = True
    host = DEFAULT_HOST

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.session = _session.current()
        self.target = self.session.next_target()
        self.named = len(self.session.options.targets) > 1
        self.connection = Connection(self.target.url or self.session.options.host)

    def on_stop(self) -> None:
        """Close the connection."""
        self.connection.close()

    def ask(self, scenario: str, *, due_s: float | None = None) -> None:
        """Send the scenario's next request; its latency counts from `due_s` (time.monotonic) when that is given.

        A wrong answer is a failure and has no latency.
        """
        exchange = self.session.next_exchange(self.target, scenario)
        begun_s = time.monotonic()
        reply, failure = self._reply(exchange)
        ended_s = time.monotonic()
        if reply is not None:
            failure = self.session.checker.difference(scenario, exchange.expected, reply)
        self.environment.events.request.fire(
            request_type=exchange.request.method,
            name=f"{self.target.stack} {scenario}" if self.named else scenario,
            response_time=None if failure else (ended_s - (begun_s if due_s is None else due_s)) * 1000,
            response_length=0 if reply is None else len(reply.body),
            response=reply,
            exception=CatchResponseError(failure) if failure else None,
            context={"ended_s": ended_s, "late_ms": 0.0 if due_s is None else (begun_s - due_s) * 1000},
            start_time=time.time() - (ended_s - begun_s),
            url=f"{self.target.url or self.session.options.host}{self.target.prefix}{exchange.request.path}",
        )
        if reply is None:
            gevent.sleep(PAUSE_S)

    def _reply(self, exchange: Exchange) -> tuple[Reply | None, str | None]:
        try:
            return self.connection.ask(f"{self.target.prefix}{exchange.request.path}", exchange.request), None
        except NoAnswerError as error:
            return None, str(error)
