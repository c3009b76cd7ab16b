"""Sends drawn requests to several stacks, and collects the replies that are not as the contract says."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import psycopg
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.http import Reply
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.targets.demonstration import differences
from tests.contract.fuzzing.model import Model, Right, offers, wrong
from tests.contract.fuzzing.strategies import is_dear, requests
from tests.contract.fuzzing.wire import RawRequest, send
from users.dataset import FIRST_FREE_ID

SETTLED_S: Final = 0.05
"""An application may go on with what its server has refused."""
_TAKEN_AWAY: Final = """
DELETE FROM users_user WHERE id >= %s
RETURNING name, email, is_staff OR is_superuser OR NOT is_active OR password NOT LIKE '!%%'
"""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A wrong reply of one stack."""

    stack: str
    request: RawRequest
    sentence: str

    @property
    def size(self) -> int:
        """How much there is to read."""
        return len(self.request.encoded("", 0))

    def __str__(self) -> str:
        shown = self.request.encoded("", 0).partition(b"\r\nConnection: close")
        return f"{self.stack}: {self.sentence}\n    {shown[0]!r} {shown[2][:300]!r}"


@dataclass(kw_only=True)
class Search:
    """A search among running servers, which share one database."""

    servers: Mapping[str, ServerProcess]
    database: psycopg.Connection
    model: Model
    found: dict[tuple[str, str], Finding] = field(default_factory=dict)
    """The shortest of each kind."""
    sent: int = 0
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(len(stacks)))

    def run(self, count: int, *, seeded: int, names: Collection[str] = ENDPOINTS) -> None:
        """Draw that many requests of these scenarios, and send each to all servers."""

        @seed(seeded)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        @given(requests(self.model.dataset, names))
        def ask(request: RawRequest) -> None:
            assume(not is_dear(request))
            self.ask(request)

        ask()

    def ask(self, request: RawRequest) -> None:
        """Send one request to all servers, and judge what they reply."""
        right = self.model.right(request)
        asked = [stack for stack in self.servers if offers(stack, request)]
        self.sent += len(asked)
        if request.method == "POST":  # what one of them writes, the others would find
            sentences = [self._judged(request, right, stack) for stack in asked]
        else:
            sentences = [*self._pool.map(lambda stack: self._judged(request, right, stack), asked)]
        for stack, sentence in zip(asked, sentences, strict=True):
            if sentence is not None:
                self._keep(Finding(stack=stack, request=request, sentence=sentence))

    def _judged(self, request: RawRequest, right: Right, stack: str) -> str | None:
        server = self.servers[stack]
        try:
            reply = send(server.host, server.port, server.prefix, request)
        except OSError as error:
            if request.allowed:
                return f"no reply: {error}"
            self._taken_away(request)
            return None
        written = self._wrongly_written(request, reply)
        sentence = wrong(request, right, reply)
        if sentence is not None and self._is_declared(request, right, reply, stack):
            sentence = None
        return sentence or written

    def _is_declared(self, request: RawRequest, right: Right, reply: Reply, stack: str) -> bool:
        if reply.status < 500 and right and not any(differences.checks(stack, one.status) for one in right):
            return True
        found = (one for one in differences.LEEWAYS if one.concerns(stack, stacks[stack].server))
        return any(one.status in (None, reply.status) and self.model.is_of(one.kind, request) for one in found)

    def _wrongly_written(self, request: RawRequest, reply: Reply) -> str | None:
        """What is wrong with the rows that a request has left, which are taken away."""
        if request.method != "POST":
            return None
        rows = self._taken_away(request)
        if request.allowed and len(rows) != (reply.status == 201):
            return f"{len(rows)} new rows with status {reply.status}"
        return f"a new row with rights: {rows}" if any(row[2] for row in rows) else None

    def _taken_away(self, request: RawRequest) -> list[tuple[str, str, bool]]:
        if not request.allowed:
            time.sleep(SETTLED_S)
        return self.database.execute(_TAKEN_AWAY, [FIRST_FREE_ID]).fetchall()

    def _keep(self, finding: Finding) -> None:
        key = (finding.stack, finding.sentence[:25])
        if key not in self.found or finding.size < self.found[key].size:
            self.found[key] = finding
