"""The application: every endpoint of the contract.

Clients come from `app.state`, and endpoints are registered on the application itself. A dependency per client and an
included router would each cost more per request than `simple` has to give.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends as Dependency
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, StreamingResponse

from perfcompare.contract.body_limit import LimitBodyASGI
from perfcompare.contract.pydantic_types import DelayMs, Limit, Offset, Page, Parts, RowId, Skip
from perfcompare.core import env, process
from perfcompare.core.limits import DEFAULT_DELAY_MS, DEFAULT_INTERVAL_MS, DEFAULT_LIMIT, DEFAULT_PARTS
from perfcompare.stacks.fastapi import cache, queries
from perfcompare.stacks.fastapi.authentication import TokenAuthentication
from perfcompare.stacks.fastapi.docs import add_docs
from perfcompare.stacks.fastapi.errors import HANDLERS, refusals
from perfcompare.stacks.fastapi.hosts import AllowedHosts
from perfcompare.stacks.fastapi.models import (
    CachedPage,
    Dashboard,
    Greeting,
    Items,
    Message,
    Primes,
    Tags,
    UpstreamReply,
    UserIn,
    UserOut,
    UserPage,
)
from perfcompare.stacks.fastapi.resources import lifespan, resources
from perfcompare.work import expensive as heavy
from perfcompare.work import streaming
from perfcompare.work import upstream as service

PREFIX: Final = "/api/fastapi"
NO_UTF_8: Final = "The body is not JSON in UTF-8."


def throttles(rate: str) -> list[Dependency]:
    """Dependencies that limit each user and each anonymous address to `rate`, e.g. `1000/hour`; none for an empty
    rate."""
    if not rate:
        return []
    # Imported only when throttling is on, so that timed runs spend no memory on it.
    from perfcompare.stacks.fastapi.throttling import Throttle

    return [Depends(Throttle(rate))]


app = FastAPI(
    title="FastAPI",
    lifespan=lifespan,
    redirect_slashes=False,
    docs_url=None,
    redoc_url=None,
    openapi_url=f"{PREFIX}/openapi.json",
    exception_handlers=HANDLERS,
    responses=refusals(400, 429),
    dependencies=throttles(env.rate("THROTTLE_RATE")),
    middleware=[
        Middleware(AllowedHosts, env.words("ALLOWED_HOSTS", "127.0.0.1,localhost")),
        Middleware(LimitBodyASGI),
    ],
)


async def require_json(request: Request) -> None:
    """415 for a body of any other content type, 400 for one that is not in UTF-8.

    FastAPI itself would accept `application/vnd.api+json`, and UTF-16, too.
    """
    content_types = request.headers.getlist("content-type")
    if [one.partition(";")[0].strip().lower() for one in content_types] != ["application/json"]:
        raise HTTPException(415, "Send application/json.")
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise HTTPException(400, NO_UTF_8) from error
    if "\0" in text or text.startswith("\ufeff"):  # UTF-16, or a byte order mark
        raise HTTPException(400, NO_UTF_8)


@app.get(f"{PREFIX}/simple")
async def simple() -> Message:
    """The constant answer."""
    return Message(message="Hello World", status="success")


@app.get(f"{PREFIX}/users/{{id}}", responses=refusals(404, 422, 503))
async def user_detail(request: Request, id: Annotated[RowId, Path()]) -> UserOut:
    """One user."""
    user = await queries.user_detail(resources(request).database, id)
    if user is None:
        raise HTTPException(404, "No such user.")
    return user


@app.get(f"{PREFIX}/users", responses=refusals(422, 503))
async def user_list(
    request: Request, limit: Annotated[Limit, Query()] = DEFAULT_LIMIT, offset: Annotated[Offset, Query()] = 0
) -> UserPage:
    """A page of users with addresses and metadata."""
    return await queries.user_list(resources(request).database, limit, offset)


@app.post(
    f"{PREFIX}/users", status_code=201, dependencies=[Depends(require_json)], responses=refusals(413, 415, 422, 503)
)
async def user_create(request: Request, user: UserIn) -> UserOut:
    """Create a user. It invalidates every cached page of users."""
    try:
        created = await queries.create_user(resources(request).database, user)
    except asyncpg.UniqueViolationError as error:
        taken = {"type": "taken", "loc": ("body", "email"), "msg": "This e-mail address is taken."}
        raise RequestValidationError([taken]) from error
    await cache.raise_generation(resources(request).cache)
    return created


@app.get(f"{PREFIX}/items", responses=refusals(422))
async def items(
    skip: Annotated[Skip, Query()] = 0,
    limit: Annotated[Limit, Query()] = DEFAULT_LIMIT,
    tags: Annotated[Tags, Query()] = [],  # noqa: B006 - FastAPI copies it
) -> Items:
    """The parsed query parameters."""
    return Items(skip=skip, limit=limit, tags=tags)


@app.get(f"{PREFIX}/protected", responses=refusals(401, 503))
async def protected(user: Annotated[UserOut, Depends(TokenAuthentication())]) -> Greeting:
    """The authenticated user."""
    return Greeting(user=user.name)


@app.get(f"{PREFIX}/dashboard", responses=refusals(503))
async def dashboard(request: Request) -> Dashboard:
    """The newest users and posts, with their counts."""
    return await queries.dashboard(resources(request).database)


@app.get(f"{PREFIX}/expensive", response_model=Primes)
async def expensive(request: Request) -> Response:
    """The cached result of a heavy computation, which runs in a thread so that it does not block the event loop."""
    return await cache.remembered(resources(request).cache, "fastapi:expensive", _primes)


async def _primes() -> Primes:
    return Primes(**await run_in_threadpool(heavy.compute))


@app.get(f"{PREFIX}/cached-users", response_model=CachedPage, responses=refusals(422, 503))
async def cached_users(request: Request, page: Annotated[Page, Query()] = 1) -> Response:
    """A page of 100 users, cached until a user is written."""
    held = resources(request)
    generation = await cache.generation(held.cache)
    key = None if generation is None else f"fastapi:users:{generation}:{page}"
    return await cache.remembered(held.cache, key, partial(queries.cached_page, held.database, page))


@app.get(f"{PREFIX}/upstream", responses=refusals(422, 502, 504))
async def upstream(request: Request, delay_ms: Annotated[DelayMs, Query()] = DEFAULT_DELAY_MS) -> UpstreamReply:
    """The answer of the upstream service."""
    return UpstreamReply.model_validate(await service.get(resources(request).upstream, delay_ms))


@app.get(f"{PREFIX}/stream", include_in_schema=False)
async def stream(
    parts: Annotated[Parts, Query()] = DEFAULT_PARTS, interval_ms: Annotated[DelayMs, Query()] = DEFAULT_INTERVAL_MS
) -> StreamingResponse:
    """Server-sent events."""
    return StreamingResponse(streaming.aparts(parts, interval_ms), media_type=streaming.CONTENT_TYPE)


async def health(_request: Request) -> JSONResponse:
    """The stack's name, the nonce of the process's starter, and facts about the process."""
    who = {"status": "ok", "stack": "fastapi", "nonce": env.text("PERFCOMPARE_NONCE", "none")}
    return JSONResponse({**who, "process": process.facts(debug=app.debug)})


app.add_route("/health", health, include_in_schema=False)
add_docs(app, PREFIX)
