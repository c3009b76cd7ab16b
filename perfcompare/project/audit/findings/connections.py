"""Database connections that are opened for a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.instruments.database import OPENED
from perfcompare.project.changes import settings

_POOLED: Final = "(psycopg)"
"""Django has a pool for no other driver."""


def _find(facts: RequestFacts) -> Iterator[Finding]:
    opened = facts.how_often(OPENED)
    if not opened:
        return
    part = facts.of("connections")
    for name in _changes(facts):
        change = settings[name]
        yield Finding(
            what="opens a database connection and closes it"
            if opened == 1
            else f"opens {opened} database connections and closes them",
            cpu_us=part.cpu_us,
            wall_us=part.wall_us,
            write=change.lines,
            source=change.source,
            change=name,
            subject=name,
        )


def _changes(facts: RequestFacts) -> Iterator[str]:
    if facts.interface == "wsgi":
        yield "persistent_connections"
    if any(what == OPENED and who.endswith(_POOLED) for what, who, _number in facts.happened):
        yield "connection_pool"


FINDER: Final = Finder(label="database connections opened in each request", find=_find)
