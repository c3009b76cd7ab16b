from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from django.apps import apps
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.registries import stacks
from perfcompare.stacks.fastapi_sqlalchemy import database
from perfcompare.stacks.fastapi_sqlalchemy.app import app
from perfcompare.stacks.fastapi_sqlalchemy.schemas import UserWithAddresses
from perfcompare.stacks.fastapi_sqlalchemy.tables import Address, Base, Profile, User
from tests.perfcompare.stacks.asgi import Answer, ask

ROUTES = [route for route in app.routes if isinstance(route, APIRoute)]
MODELS = {model._meta.db_table: model for model in apps.get_models() if not model._meta.proxy}
GOOD = b'{"name": "Grace Hopper", "email": "grace@created.example"}'


def with_sessions(work: Callable[[database.Sessions], Awaitable[Any]]) -> Any:
    """The result of `work` while the application holds its clients open."""

    async def run() -> Any:
        async with database.lifespan(app):
            return await work(app.state.resources.sessions)

    return asyncio.run(run())


def asked(path: str, **request: Any) -> Answer:
    method = "POST" if "body" in request else "GET"
    found: Answer = with_sessions(lambda _sessions: ask(app, method, f"/api/fastapi_sqlalchemy/{path}", **request))
    return found


def test_every_scenario_has_its_endpoint() -> None:
    assert stacks["fastapi_sqlalchemy"].scenarios == ENDPOINTS
    assert {route.name for route in ROUTES} == ENDPOINTS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_answer_is_serialised_by_pydantic_in_one_pass(route: APIRoute) -> None:
    assert route.response_field is not None
    assert isinstance(route.response_class, DefaultPlaceholder)


@pytest.mark.parametrize("name", Base.metadata.tables)
def test_a_table_is_the_one_that_django_migrated(name: str) -> None:
    declared = {
        (one.name, one.primary_key, one.nullable, getattr(one.type, "length", None), one.unique or one.primary_key)
        for one in Base.metadata.tables[name].columns
    }

    assert {
        (one.column, one.primary_key, one.null, getattr(one, "max_length", None), one.unique or None)
        for one in MODELS[name]._meta.local_concrete_fields
    } == {(*rest, unique or None) for *rest, unique in declared}


def test_a_user_without_a_profile_has_no_metadata() -> None:
    user = User(id=1, name="Ada", email="ada@people.example", created_at="2026-01-01T00:00:00Z")
    user.addresses.append(Address(street="1 Main Street", city="London", country="UK"))
    assert UserWithAddresses.model_validate(user, from_attributes=True).metadata == {}

    user.profile = Profile(metadata_={"theme": "dark"})
    assert UserWithAddresses.model_validate(user, from_attributes=True).metadata == {"theme": "dark"}


@pytest.mark.parametrize(
    "request_",
    [
        *({"path": path} for path in ("users/1", "users", "dashboard", "cached-users")),
        {"path": "users", "body": GOOD, "content_type": "application/json"},
        {"path": "protected", "authorization": "Token x"},
    ],
    ids=str,
)
def test_without_a_database_answers_are_503(
    request_: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://postgres@/perfcompare?host={tmp_path}&port=5432")
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path}/redis.sock?db=0")

    answer = asked(**request_)

    assert (answer.status, answer.json) == (503, {"detail": "The database is not available."})


@pytest.mark.usefixtures("services")
def test_a_connection_that_the_database_ends_is_asyncpgs_error_and_the_next_one_works() -> None:
    async def ended(sessions: database.Sessions) -> bool:
        async with sessions() as session:
            await session.execute(text("SELECT 1"))
            with pytest.raises((asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)):
                await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        async with sessions() as session:
            return await _backend(session) > 0

    assert with_sessions(ended)


@pytest.mark.usefixtures("services")
def test_a_statement_over_its_limit_ends_its_connection_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "DATABASE_TIMEOUT_S", 0.2)

    async def late(sessions: database.Sessions) -> tuple[set[int], set[int]]:
        async with sessions() as other, sessions() as session:
            before = {await _backend(other), await _backend(session)}
            with pytest.raises(TimeoutError):
                await session.execute(text("SELECT pg_sleep(5)"))
        async with sessions() as other, sessions() as session:
            return before, {await _backend(other), await _backend(session)}

    before, after = with_sessions(late)
    assert len(before & after) == 1


@pytest.mark.usefixtures("services")
def test_when_all_connections_are_in_use_it_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "DATABASE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(database, "POOL_SIZE", 1)

    async def asked_meanwhile(sessions: database.Sessions) -> Answer:
        async with sessions() as session:
            await _backend(session)
            return await ask(app, "GET", "/api/fastapi_sqlalchemy/users/1")

    answer = with_sessions(asked_meanwhile)
    assert (answer.status, answer.json) == (503, {"detail": "The database is not available."})


async def _backend(session: AsyncSession) -> int:
    return int((await session.scalars(text("SELECT pg_backend_pid()"))).one())
