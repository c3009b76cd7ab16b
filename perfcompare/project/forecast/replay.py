"""Tries recorded statements with asyncpg, in a transaction that PostgreSQL itself keeps from writing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

import asyncpg

from perfcompare.project.forecast.observed import Sent
from perfcompare.project.forecast.recording import Statement
from perfcompare.project.forecast.values import Misfit, fitted, plain, source

TIMEOUT_S: Final = 60.0
CONTROL: Final = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START\s+TRANSACTION)\b", re.IGNORECASE)
"""Statements about transactions. They are sent as they are."""
WRITES: Final = "Not sent, because it writes or locks rows"
FAILED: Final = "Not sent, because it failed in the project too"
Attempt = tuple[str, Sequence[Any]]


async def tried(requests: Mapping[str, Sequence[Sent]], urls: Mapping[str, str]) -> Mapping[str, Sequence[Statement]]:
    """For each request, its statements as asyncpg can send them, or the obstacle. `urls` are those of databases."""
    async with AsyncExitStack() as opened:
        links: dict[str, asyncpg.Connection | str] = {}
        for alias, url in urls.items():
            try:
                link = links[alias] = await asyncpg.connect(url, command_timeout=TIMEOUT_S)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
                links[alias] = f"Not sent, because asyncpg cannot connect to {alias!r} ({_sentence(error)})"
            else:
                opened.push_async_callback(link.close)
        return {name: await _of_request(sent, links) for name, sent in requests.items()}


async def _of_request(sent: Sequence[Sent], links: Mapping[str, asyncpg.Connection | str]) -> Sequence[Statement]:
    """In one transaction, so that what a SET or set_config() says holds for the next statements."""
    open_links = [link for link in links.values() if not isinstance(link, str)]
    async with AsyncExitStack() as begun:
        for link in open_links:
            transaction = link.transaction(readonly=True)
            await transaction.start()
            begun.push_async_callback(transaction.rollback)
        return [await _tried(one, links) for one in sent]


async def _tried(sent: Sent, links: Mapping[str, asyncpg.Connection | str]) -> Statement:
    written = "".join(_pieces(sent))
    link = links.get(
        sent.database, f"Not sent, because asyncpg speaks to PostgreSQL only, and {sent.database!r} is {sent.vendor}"
    )
    obstacle = link if isinstance(link, str) else FAILED if sent.failed else ""
    if isinstance(link, str) or obstacle or CONTROL.match(written):
        return Statement(database=sent.database, sql=written, obstacle=obstacle)
    return await _executed(sent, link, written)


async def _executed(sent: Sent, link: asyncpg.Connection, written: str) -> Statement:
    """Bound as far as possible; as literals where that fails, or returns other rows than the project got."""
    obstacle, remark, found = "", "", None
    for wanted in ("bound", "literal"):
        try:
            attempt = await _bound(sent, link) if wanted == "bound" else _as_literals(sent)
            rows = await _rows(link, attempt)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TypeError, OverflowError) as error:
            obstacle = _obstacle(error)
            continue
        found = found or attempt
        if sent.rows in (-1, rows):
            found, remark = attempt, ""
            break
        remark = f"It returns {rows} rows where the project got {sent.rows}"
    if found is None:
        return Statement(database=sent.database, sql=written, obstacle=obstacle)
    sql, values = found
    return Statement(database=sent.database, sql=sql, arguments=[source(one) for one in values], remark=remark)


async def _bound(sent: Sent, link: asyncpg.Connection) -> Attempt:
    """Those values that do not fit the types that PostgreSQL expects become literals. Types may change with that."""
    literal: set[int] = set()
    values = [plain(value) for value in sent.template.values]
    while True:
        sql, _ = sent.template.numbered(literal)
        places = [position for position in range(len(values)) if position not in literal]
        kinds = await _kinds(link, sql)
        fits = {}
        for position, kind in zip(places, kinds, strict=True):
            try:
                fits[position] = fitted(values[position], kind)
            except Misfit:
                literal.add(position)
        if len(fits) == len(places):
            return sql, [fits[position] for position in places]


async def _kinds(link: asyncpg.Connection, sql: str) -> Sequence[str]:
    async with link.transaction():
        prepared = await link.prepare(sql)
        return [_name(one) for one in prepared.get_parameters()]


def _name(kind: asyncpg.Type) -> str:
    if kind.kind != "array":
        return str(kind.name)
    return f"{kind.name.removesuffix('[]').removeprefix('_')}[]"


def _as_literals(sent: Sent) -> Attempt:
    return sent.template.numbered(range(len(sent.template.values)))


async def _rows(link: asyncpg.Connection, attempt: Attempt) -> int:
    sql, values = attempt
    async with link.transaction():
        return len(await link.fetch(sql, *values))


def _pieces(sent: Sent) -> Iterator[str]:
    texts, literals = sent.template.texts, sent.template.literals
    yield texts[0]
    for literal, text in zip(literals, texts[1:], strict=True):
        yield "…" if literal is None else literal
        yield text


def _obstacle(error: Exception) -> str:
    writes = isinstance(error, asyncpg.ReadOnlySQLTransactionError)
    return WRITES if writes else f"Not sent, because asyncpg refuses it ({_sentence(error)})"


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
