"""The application: every endpoint of the contract. FastAPI makes each answer of SQLAlchemy's objects."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, HTTPException, Path, Query, Request, Response
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from perfcompare.contract.fastapi import cache, endpoints
from perfcompare.contract.fastapi.application import add_pages, application
from perfcompare.contract.fastapi.clients import clients
from perfcompare.contract.fastapi.errors import refusals
from perfcompare.contract.fastapi.inputs import require_json, taken
from perfcompare.contract.fastapi.models import CachedPage, Dashboard, Greeting, Primes, UserIn, UserOut
from perfcompare.contract.pydantic_types import Limit, Offset, Page, RowId
from perfcompare.core.limits import DEFAULT_LIMIT
from perfcompare.stacks.fastapi_sqlalchemy import queries
from perfcompare.stacks.fastapi_sqlalchemy.authentication import TokenAuthentication, user_of
from perfcompare.stacks.fastapi_sqlalchemy.database import Session, lifespan
from perfcompare.stacks.fastapi_sqlalchemy.schemas import UserPage
from perfcompare.stacks.fastapi_sqlalchemy.tables import Post, User

NAME: Final = "fastapi_sqlalchemy"
PREFIX: Final = f"/api/{NAME}"

app = application(NAME, "FastAPI with SQLAlchemy", lifespan=lifespan, user_of=user_of, unavailable=(NoConnectionError,))
app.get(f"{PREFIX}/simple")(endpoints.simple)


@app.get(f"{PREFIX}/users/{{id}}", response_model=UserOut, responses=refusals(404, 422, 503))
async def user_detail(id: Annotated[RowId, Path()], session: Session) -> User:
    """One user."""
    user = await queries.user_detail(session, id)
    if user is None:
        raise HTTPException(404, "No such user.")
    return user


@app.get(f"{PREFIX}/users", response_model=UserPage, responses=refusals(422, 503))
async def user_list(
    session: Session, limit: Annotated[Limit, Query()] = DEFAULT_LIMIT, offset: Annotated[Offset, Query()] = 0
) -> dict[str, Any]:
    """A page of users with addresses and metadata."""
    return {
        "count": await queries.count(session, User),
        "results": await queries.user_list(session, limit, offset),
    }


@app.post(
    f"{PREFIX}/users",
    response_model=UserOut,
    status_code=201,
    dependencies=[Depends(require_json)],
    responses=refusals(413, 415, 422, 503),
)
async def user_create(request: Request, user: UserIn, session: Session) -> User:
    """Create a user. It invalidates every cached page of users."""
    try:
        created = await queries.create_user(session, user)
    except IntegrityError as error:
        raise taken() from error
    await cache.raise_generation(clients(request).cache)
    return created


app.get(f"{PREFIX}/items", responses=refusals(422))(endpoints.items)


@app.get(f"{PREFIX}/protected", responses=refusals(401, 503))
async def protected(user: Annotated[User, Depends(TokenAuthentication())]) -> Greeting:
    """The authenticated user."""
    return Greeting(user=user.name)


@app.get(f"{PREFIX}/dashboard", response_model=Dashboard, responses=refusals(503))
async def dashboard(session: Session) -> dict[str, Any]:
    """The newest users and posts, with their counts."""
    return {
        "users": await queries.newest_users(session),
        "posts": await queries.newest_posts(session),
        "user_count": await queries.count(session, User),
        "post_count": await queries.count(session, Post),
    }


@app.get(f"{PREFIX}/expensive", response_model=Primes)
async def expensive(request: Request) -> Response:
    """The cached result of a heavy computation."""
    return await cache.remembered(clients(request).cache, f"{NAME}:expensive", endpoints.primes)


@app.get(f"{PREFIX}/cached-users", response_model=CachedPage, responses=refusals(422, 503))
async def cached_users(request: Request, session: Session, page: Annotated[Page, Query()] = 1) -> Response:
    """A page of 100 users, cached until a user is written."""

    async def asked() -> CachedPage:
        found = {
            "count": await queries.count(session, User),
            "page": page,
            "results": await queries.summaries(session, page),
        }
        return CachedPage.model_validate(found, from_attributes=True)

    held = clients(request)
    generation = await cache.generation(held.cache)
    key = None if generation is None else f"{NAME}:users:{generation}:{page}"
    return await cache.remembered(held.cache, key, asked)


app.get(f"{PREFIX}/upstream", responses=refusals(422, 502, 504))(endpoints.upstream)
add_pages(app, NAME)
