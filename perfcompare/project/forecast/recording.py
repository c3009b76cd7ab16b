"""What the project did for each of its requests: statements, cache operations, the answer. It can be kept as JSON."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from perfcompare.core.http import NOTHING, Reply


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement as asyncpg sends it. A BEGIN, COMMIT or SAVEPOINT is one too."""

    database: str
    """The alias in DATABASES."""
    sql: str
    """With `$1` for the first argument. Values that asyncpg cannot bind are literals in it."""
    arguments: Sequence[str] = ()
    """As Python source: `7`, `Decimal('9.99')`."""
    obstacle: str = ""
    """Why it cannot be sent again; empty for one that can. Its SQL is then as the project's driver got it."""
    remark: str = ""
    """What is different when it is sent again; empty in most cases."""


@dataclass(frozen=True, kw_only=True)
class RecordedRequest:
    """One request, and what the project did for it."""

    name: str
    method: str
    path: str
    """From the first slash, with the query string."""
    reply: Reply
    """Its headers are those on which a client acts: answers.HEADERS."""
    statements: Sequence[Statement] = ()
    cache: Mapping[str, int] = field(default_factory=dict)
    """How often each Redis command was sent. They are not sent again."""

    @property
    def replayed(self) -> Sequence[Statement]:
        """Those that the forecast sends."""
        return [statement for statement in self.statements if not statement.obstacle]

    @property
    def lacking(self) -> Sequence[str]:
        """What the forecast of this request does not do, in sentences; each is a reason why a port costs more."""
        said = []
        for reason in dict.fromkeys(one.obstacle or one.remark for one in self.statements):
            found = [one.sql for one in self.statements if reason and reason in (one.obstacle, one.remark)]
            if found:
                said.append(f"{reason}: {len(found)} of {len(self.statements)} statements, such as {found[0][:200]}")
        if self.cache:
            commands = ", ".join(f"{count} {name}" for name, count in self.cache.items())
            said.append(f"Redis commands are not sent: {commands}.")
        return said


@dataclass(frozen=True, kw_only=True)
class Recording:
    """All requests."""

    requests: Mapping[str, RecordedRequest]
    """By name."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """The other requests of the file by name, and why they were not recorded."""
    databases: Mapping[str, str] = field(default_factory=dict)
    """The URL of each PostgreSQL by its alias. It holds the password, so it is never written to a file."""

    def as_json(self) -> Mapping[str, Any]:
        """Everything except the URLs of databases."""
        found = asdict(self)
        del found["databases"]
        for one in found["requests"].values():
            one["reply"]["body"] = b64encode(one["reply"]["body"]).decode()
        return found


def of_json(value: Mapping[str, Any], databases: Mapping[str, str] = NOTHING) -> Recording:
    """The recording of which `as_json` made this value."""
    requests = {}
    for name, one in value["requests"].items():
        reply = Reply(**{**one["reply"], "body": b64decode(one["reply"]["body"])})
        statements = [Statement(**statement) for statement in one["statements"]]
        requests[name] = RecordedRequest(**{**one, "reply": reply, "statements": statements})
    return Recording(requests=requests, absent=value["absent"], databases=databases)
