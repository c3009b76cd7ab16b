"""The application: every endpoint of the contract.

Clients come from `app.state`, and endpoints are registered on the application itself. A dependency per client and an
included router would each cost more per request than `simple` has to give.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import asyncpg
from fastapi import Depends, HTTPException, Path, Query, Request, Response
from starlette.responses import StreamingResponse

from perfcompare.contract.fastapi import cache, endpoints
from perfcompare.contract.fastapi.application import add_pages, application
from perfcompare.contract.fastapi.errors import refusals
from perfcompare.contract.fastapi.inputs import require_json, taken
from perfcompare.contract.fastapi.models import CachedPage, Dashboard, Greeting, Primes, UserIn, UserOut, UserPage
from perfcompare.contract.pydantic_types import DelayMs, Limit, Offset, Page, Parts, RowId
from perfcompare.core.limits import DEFAULT_INTERVAL_MS, DEFAULT_LIMIT, DEFAULT_PARTS
from perfcompare.stacks.fastapi import queries
from perfcompare.stacks.fastapi.authentication import TokenAuthentication, user_of
from perfcompare.stacks.fastapi.resources import lifespan, resources
from perfcompare.work import streaming

NAME: Final = "fastapi"
PREFIX: Final = f"/api/{NAME}"

app = application(NAME, "FastAPI", lifespan=lifespan, user_of=user_of)
app.get(f"{PREFIX}/simple")(endpoints.simple)


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
        raise taken() from error
    await cache.raise_generation(resources(request).cache)
    return created


app.get(f"{PREFIX}/items", responses=refusals(422))(endpoints.items)


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
    """The cached result of a heavy computation."""
    return await cache.remembered(resources(request).cache, f"{NAME}:expensive", endpoints.primes)


@app.get(f"{PREFIX}/cached-users", response_model=CachedPage, responses=refusals(422, 503))
async def cached_users(request: Request, page: Annotated[Page, Query()] = 1) -> Response:
    """A page of 100 users, cached until a user is written."""
    held = resources(request)
    generation = await cache.generation(held.cache)
    key = None if generation is None else f"{NAME}:users:{generation}:{page}"
    return await cache.remembered(held.cache, key, partial(queries.cached_page, held.database, page))


app.get(f"{PREFIX}/upstream", responses=refusals(422, 502, 504))(endpoints.upstream)


@app.get(f"{PREFIX}/stream", include_in_schema=False)
async def stream(
    parts: Annotated[Parts, Query()] = DEFAULT_PARTS, interval_ms: Annotated[DelayMs, Query()] = DEFAULT_INTERVAL_MS
) -> StreamingResponse:
    """Server-sent events."""
    return StreamingResponse(streaming.aparts(parts, interval_ms), media_type=streaming.CONTENT_TYPE)


add_pages(app, NAME)
