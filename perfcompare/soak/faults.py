"""What goes wrong in a soak, one fault a minute."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final

from perfcompare.services.proxies import Proxies
from perfcompare.services.proxy import Mode, Proxy
from perfcompare.soak.ground import Ground

CLIENTS: Final = 20
_COLUMN: Final = "soaked"

Fault = Callable[[Ground], AbstractContextManager[None]]
"""The fault lasts as long as the context."""


@contextmanager
def _none(_ground: Ground) -> Iterator[None]:
    yield


def _switched(choose: Callable[[Proxies], Proxy], mode: Mode) -> Fault:
    @contextmanager
    def fault(ground: Ground) -> Iterator[None]:
        choose(ground.services).switch(mode)
        try:
            yield
        finally:
            choose(ground.services).switch("pass")

    return fault


@contextmanager
def _terminated(ground: Ground) -> Iterator[None]:
    ground.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    yield


@contextmanager
def _altered(ground: Ground) -> Iterator[None]:
    ground.sql(f"ALTER TABLE users_user ADD COLUMN {_COLUMN} integer")
    try:
        yield
    finally:
        ground.sql(f"ALTER TABLE users_user DROP COLUMN {_COLUMN}")


@contextmanager
def _half_requests(ground: Ground) -> Iterator[None]:
    """Clients that stop in the middle of a head or of a body, and leave without a word."""
    head = f"POST {ground.server.prefix}users HTTP/1.1\r\nHost: {ground.server.host}:{ground.server.port}\r\n"
    halves = (head, f'{head}Content-Type: application/json\r\nContent-Length: 90\r\n\r\n{{"name": ')
    with ExitStack() as opened:
        for number in range(CLIENTS):
            client = opened.enter_context(socket.create_connection((ground.server.host, ground.server.port), 5))
            # One of them, or a few, are what a server with eight threads can bear: see its `limits`.
            client.sendall(halves[number >= CLIENTS - 2].encode())
        yield


FAULTS: Final[Mapping[str, Fault]] = {
    "none": _none,
    "PostgreSQL is down": _switched(lambda services: services.database, "down"),
    "Redis is down": _switched(lambda services: services.cache, "down"),
    "the upstream service is down": _switched(lambda services: services.upstream, "down"),
    "every connection of PostgreSQL is ended": _terminated,
    "clients stop halfway": _half_requests,
    "a column is added and dropped": _altered,
    "PostgreSQL does not answer": _switched(lambda services: services.database, "hang"),
    "Redis does not answer": _switched(lambda services: services.cache, "hang"),
    "the upstream service does not answer": _switched(lambda services: services.upstream, "hang"),
}
"""In the order of the minutes, again and again."""
