"""The endpoints that ask no database. Stacks register them in the order of the contract."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool

from perfcompare.contract.fastapi.clients import clients
from perfcompare.contract.fastapi.models import Items, Message, Primes, Tags, UpstreamReply
from perfcompare.contract.pydantic_types import DelayMs, Limit, Skip
from perfcompare.core.limits import DEFAULT_DELAY_MS, DEFAULT_LIMIT
from perfcompare.work import expensive as heavy
from perfcompare.work import upstream as service


async def simple() -> Message:
    """The constant answer."""
    return Message(message="Hello World", status="success")


async def items(
    skip: Annotated[Skip, Query()] = 0,
    limit: Annotated[Limit, Query()] = DEFAULT_LIMIT,
    tags: Annotated[Tags, Query()] = [],  # noqa: B006 - FastAPI copies it
) -> Items:
    """The parsed query parameters."""
    return Items(skip=skip, limit=limit, tags=tags)


async def upstream(request: Request, delay_ms: Annotated[DelayMs, Query()] = DEFAULT_DELAY_MS) -> UpstreamReply:
    """The answer of the upstream service."""
    return UpstreamReply.model_validate(await service.get(clients(request).upstream, delay_ms))


async def primes() -> Primes:
    """The heavy computation, in a thread so that it does not block the event loop."""
    return Primes(**await run_in_threadpool(heavy.compute))
