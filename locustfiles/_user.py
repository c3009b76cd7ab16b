"""A user that sends a scenario's requests on its own connection and judges the answers."""

from __future__ import annotations

import time
from typing import Any, Final

import gevent
from locust.contrib.fasthttp import FastHttpUser

from locustfiles import _contract, _session
from locustfiles._options import DEFAULT_HOST

TIMEOUT_S: Final = 10.0
"""An answer that takes longer is an error, as it is for the other generator."""
PAUSE_S: Final = 0.1
"""After a refused or broken connection, so that a server that has ended is not asked in an endless fast loop."""


class ContractUser(FastHttpUser):
    """Asks one stack. Subclasses have tasks that call `ask`."""

    abstract = True
    host = DEFAULT_HOST
    network_timeout = TIMEOUT_S
    connection_timeout = TIMEOUT_S

    def on_start(self) -> None:
        """Learn whom to ask."""
        self.session = _session.current()
        self.target = self.session.next_target()
        self.named = len(self.session.options.targets) > 1

    def ask(self, scenario: str, *, due_s: float | None = None) -> None:
        """Send the scenario's next request; its latency counts from `due_s` (time.monotonic) when that is given.

        A wrong answer is a failure and has no latency.
        """
        exchange = self.session.next_exchange(self.target, scenario)
        request = exchange.request
        begun_s = time.monotonic()
        late_ms = 0.0 if due_s is None else (begun_s - due_s) * 1000
        with self.client.request(
            request.method,
            f"{self.target.url}{self.target.prefix}{request.path}",
            name=f"{self.target.stack} {scenario}" if self.named else scenario,
            data=request.body,  # type: ignore[arg-type]  # bytes are what is sent in the end
            headers=_contract.request_headers(request),
            allow_redirects=False,
            catch_response=True,
            context={"late_ms": late_ms},
        ) as response:
            failure = self._failure(scenario, exchange.expected, response)
            if failure is None:
                response.request_meta["response_time"] += late_ms
                response.success()
            else:
                response.request_meta["response_time"] = None
                response.failure(failure)
        if response.status_code == 0:
            gevent.sleep(PAUSE_S)

    def _failure(self, scenario: str, expected: _contract.Expected, response: Any) -> str | None:
        if response.status_code == 0:
            error = getattr(response, "error", None)
            return f"no answer: {type(error).__name__}"
        reply = _contract.as_reply(response.status_code, response.headers, response.content)
        return self.session.checker.difference(scenario, expected, reply)
