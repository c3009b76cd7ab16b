"""Every intended difference of a stack or a server from the contract, with its reason.

The contract tests read it, and the report prints it. A difference that has no reason is a defect of the stack.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from perfcompare.core.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """`stack` does not look for what the contract refuses with `statuses`. It answers that with anything but a 5xx."""

    stack: str
    statuses: frozenset[int]
    reason: str


@dataclass(frozen=True, kw_only=True)
class Statements:
    """`stack` sends `statements` SQL statements for one answer of the traffic of `scenario`, or one with `lever` does.

    With `practice` it is that stack, or every one, with that practice.
    """

    scenario: str
    statements: int
    reason: str
    stack: str | None = None
    lever: str | None = None
    practice: str | None = None

    def concerns(self, stack: str, levers: Collection[str], practices: Collection[str]) -> bool:
        """Whether it applies to the stack with these levers and practices."""
        if self.practice is not None:
            return self.practice in practices and self.stack in (None, stack)
        return self.stack == stack if self.lever is None else self.lever in levers


@dataclass(frozen=True, kw_only=True)
class Waits:
    """`stack` answers only when its database does. When the database accepts and does not answer, requests wait as
    long."""

    stack: str
    reason: str


Kind = Literal[
    "an invalid token that is not needed",
    "credentials with other white space",
    "a header beyond ASCII",
    "a tab behind a header",
    "a body beyond RFC 8259",
    "a repeated header",
    "a line break after the path",
    "a long target",
]


@dataclass(frozen=True, kw_only=True)
class Leeway:
    """Each of `stacks`, or every stack on `server`, may answer requests of a `kind` with `status`. None is any."""

    kind: Kind
    status: int | None
    reason: str
    stacks: frozenset[str] = frozenset()
    server: str | None = None

    def concerns(self, stack: str, server: str) -> bool:
        """Whether it applies to the stack on the server."""
        return stack in self.stacks or server == self.server


UNCHECKED: Final = (
    Unchecked(
        stack="floor",
        statuses=frozenset({413, 415, 422, 429}),
        reason="It is the least that a right answer can cost, and no right answer needs validation or throttling.",
    ),
)

_DRF: Final = frozenset({"drf", "drf_settings", "drf_tuned", "adrf", "adrf_settings", "adrf_tuned"})
LEEWAYS: Final[tuple[Leeway, ...]] = (
    Leeway(
        kind="an invalid token that is not needed",
        stacks=_DRF | {"drf_naive"},
        status=401,
        reason="DRF authenticates each request that has credentials, so that throttles can count users.",
    ),
    Leeway(
        kind="credentials with other white space",
        stacks=_DRF | {"drf_naive"},
        status=200,
        reason="DRF splits credentials at any white space of ASCII, and takes a tab for a blank.",
    ),
    Leeway(
        kind="a line break after the path",
        stacks=frozenset({"fastapi", "fastapi_sqlalchemy"}),
        status=None,
        reason="Starlette's patterns of paths end with `$`, which lets a line break follow.",
    ),
    Leeway(
        kind="a body beyond RFC 8259",
        stacks=frozenset({"floor"}),
        status=400,
        reason="orjson reads standard JSON alone: no NaN, no number beyond a double, no half of a surrogate pair.",
    ),
    Leeway(
        kind="a tab behind a header",
        server="uvicorn",
        status=None,
        reason="uvicorn and httptools pass on the blanks behind a value, as a part of it.",
    ),
    Leeway(
        kind="a header beyond ASCII",
        server="granian_wsgi",
        status=415,
        reason="granian drops a header whose value is not ASCII, so there is no content type.",
    ),
    Leeway(
        kind="a repeated header",
        server="gunicorn_gthread",
        status=400,
        reason="gunicorn itself refuses repeated Host and Content-Type headers, and says so in HTML.",
    ),
    Leeway(
        kind="a long target",
        server="gunicorn_gthread",
        status=414,
        reason="gunicorn itself refuses a request line of more than 4,094 bytes, and says so in HTML.",
    ),
)
"""What drawn requests are judged by (tests/contract/fuzzing), beside the contract."""

_CACHING: Final[Mapping[str, tuple[str, ...]]] = {
    "cachalot": ("user_detail", "user_list", "protected", "dashboard"),
    **dict.fromkeys(("cache_page", "response_cache"), ("user_detail", "user_list", "dashboard")),
}
_CACHED: Final = "What was asked before comes from the cache (practices)."
_ASKED_TWICE: Final = "The throttle and the endpoint both look for the owner of the token (practice throttled)."
_UNIQUE_VALIDATOR: Final = "DRF's UniqueValidator queries for the address before the INSERT."
STATEMENTS: Final[tuple[Statements, ...]] = (
    *(
        Statements(practice=practice, scenario=scenario, statements=0, reason=_CACHED)
        for practice, scenarios in _CACHING.items()
        for scenario in scenarios
    ),
    *(
        Statements(practice="throttled", stack=stack, scenario="protected", statements=2, reason=_ASKED_TWICE)
        for stack in ("fastapi", "fastapi_sqlalchemy")
    ),
    Statements(
        lever="insert_first",
        scenario="user_create",
        statements=1,
        reason="The query for the address is sent only when the database refuses the row (lever insert_first).",
    ),
    *(
        Statements(stack=stack, scenario="user_create", statements=2, reason=_UNIQUE_VALIDATOR)
        for stack in sorted(_DRF)
    ),
    Statements(
        lever="token_cache",
        scenario="protected",
        statements=0,
        reason="The owners of recently used tokens are cached (lever token_cache).",
    ),
    Statements(
        lever="database_json",
        scenario="user_list",
        statements=2,
        reason="PostgreSQL nests the addresses in the statement that reads the users (lever database_json).",
    ),
)
"""The first match counts: a practice or a lever before the stack that it changes."""

_KEPT: Final = (
    "No setting of Django or psycopg limits the wait for an answer on an open connection. The lever "
    "database_connections does."
)
WAITING: Final = (
    *(
        Waits(stack=stack, reason=_KEPT)
        for stack in ("drf_settings", "adrf_settings", "ninja_async_settings", "modern_rest_settings")
    ),
    Waits(stack="floor", reason="A clock for each statement costs, and no right answer needs it."),
)


def checks(stack: str, status: int) -> bool:
    """Whether `stack` refuses with `status` what the contract refuses with it."""
    return not any(one.stack == stack and status in one.statuses for one in UNCHECKED)


def statements(
    stack: str, levers: Collection[str], scenario: str, contract: Scenario, practices: Collection[str] = ()
) -> int:
    """How many SQL statements `stack` with `levers` and `practices` sends for one answer of the traffic of `contract`,
    `scenario`."""
    found = (
        one.statements for one in STATEMENTS if one.scenario == scenario and one.concerns(stack, levers, practices)
    )
    return next(found, contract.statements)


def waits(stack: str) -> bool:
    """Whether requests to `stack` wait as long as a database that accepts and does not answer."""
    return any(one.stack == stack for one in WAITING)
