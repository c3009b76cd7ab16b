"""What a connection of asyncpg would not have: then an asynchronous query is Django's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql import psycopg_any
from django.db.backends.postgresql.base import Cursor
from django.db.backends.signals import connection_created
from django.db.models.query import QuerySet
from django.db.models.signals import post_init, pre_save
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import FloatLoader
from psycopg.types.string import StrDumper

from perfcompare import levers
from perfcompare.levers._orm import database_wrapper
from perfcompare.levers._orm.plans import plans
from perfcompare.levers.native_async import instances, trust, watch
from perfcompare.levers.native_async.addresses import unreachable
from perfcompare.levers.native_async.pool import Pool
from perfcompare.levers.native_async.settings import Limits
from tests.perfcompare.levers.native_async.conftest import Run
from users import seeding
from users.models import Post, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("native")]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=2, seed=1)


@pytest.fixture
def natively(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that asyncpg is asked."""
    seen: list[str] = []
    original = Pool.rows

    async def noted(self: Pool, sql: str, parameters: Any) -> Any:
        seen.append(sql)
        return await original(self, sql, parameters)

    monkeypatch.setattr(Pool, "rows", noted)
    yield seen
    watch._changed.clear()


async def _ask() -> None:
    await User.objects.aget(id=1)
    await User.objects.acount()
    await User.objects.order_by("id").afirst()
    await User.objects.filter(id=1).aexists()
    assert [one.id async for one in User.objects.order_by("id")] == [1, 2]
    await Post.objects.acreate(author_id=1, title="t", body="b")


def test_by_itself_everything_is_asked_natively(run: Run[Any], natively: list[str]) -> None:
    run(_ask())

    assert len(natively) == 6


@pytest.mark.parametrize("name", ["__init__", "execute", "fetchmany", "close"])
def test_what_djangos_cursors_get_later_is_a_reason(
    run: Run[Any], natively: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock, asked = getattr(Cursor, name), []

    def patched(*args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        return stock(*args, **kwargs)

    monkeypatch.setattr(Cursor, name, patched)
    run(_ask())

    assert natively == []
    assert asked


def test_a_receiver_that_prepares_connections_is_a_reason(run: Run[Any], natively: list[str]) -> None:
    def enter(**_signal: Any) -> None: ...

    connection_created.connect(enter)
    try:
        run(_ask())
        (part, *_) = levers.status()["native_async"].parts
        assert any("enter receives connection_created" in one for one in part.reasons)
    finally:
        connection_created.disconnect(enter)
    assert natively == []

    run(_ask())
    assert len(natively) == 6


@pytest.mark.parametrize(
    "sql",
    [
        "SET search_path = public", "set role postgres", "SELECT set_config('app.tenant', 'blue', false)",
        " RESET ALL", "CREATE TEMP TABLE seen (a int)", "SELECT 1; SET search_path = public", "DO $$ begin end $$",
    ],
)  # fmt: skip
def test_a_session_that_somebody_has_changed_is_a_reason(run: Run[Any], natively: list[str], sql: str) -> None:
    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    async def both() -> None:
        await sync_to_async(change)()
        await _ask()

    run(both())

    assert natively == []
    assert watch.objection("default", type(connections["default"])) is not None


_SET = "SET search_path = public"


def _by_callproc() -> None:
    with connection.cursor() as cursor:
        cursor.callproc("set_config", ["search_path", "public", False])


@pytest.mark.parametrize(
    "change",
    [
        _by_callproc,
        lambda: connection.connection.execute(_SET),
        lambda: connection.connection.cursor().execute(_SET),
        lambda: [*connection.connection.cursor().stream("SELECT set_config('search_path', 'public', false)")],
    ],
    ids=["callproc", "a connection", "a cursor", "a stream"],
)
def test_a_session_that_is_changed_past_djangos_cursor_is_a_reason(
    run: Run[Any], natively: list[str], change: Any
) -> None:
    def changed() -> None:
        connection.ensure_connection()
        change()

    async def both() -> None:
        await sync_to_async(changed)()
        await _ask()

    run(both())

    assert natively == []


def test_what_a_receiver_does_before_a_row_is_written_is_a_reason(run: Run[Any], natively: list[str]) -> None:
    def enter(**_signal: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SET)

    pre_save.connect(enter, sender=Post)
    try:
        run(Post.objects.acreate(author_id=1, title="t", body="b"))
    finally:
        pre_save.disconnect(enter, sender=Post)

    assert natively == []
    assert Post.objects.filter(title="t").exists()


def test_wrappers_and_logs_of_the_thread_that_django_would_ask_in_are_reasons(
    run: Run[Any], natively: list[str]
) -> None:
    wrapped: list[str] = []

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        wrapped.append(sql)
        return execute(sql, *rest)

    async def asked() -> None:
        await sync_to_async(lambda: connection.execute_wrappers.append(wrapper))()
        try:
            await User.objects.aget(id=1)
        finally:
            await sync_to_async(lambda: connection.execute_wrappers.clear())()

    run(asked())

    assert natively == []
    assert len(wrapped) == 1


def test_a_connection_of_another_class_in_a_thread_is_a_reason(run: Run[Any], natively: list[str]) -> None:
    class Own(type(connections["default"])):  # type: ignore[misc]  # known when it runs
        pass

    def give() -> None:
        connections["default"] = Own(connections.settings["default"], "default")

    def take() -> None:
        connections["default"].close()
        del connections["default"]

    async def asked() -> None:
        await sync_to_async(give)()
        await User.objects.aget(id=1)
        await sync_to_async(take)()

    run(asked())

    assert natively == []


def test_no_wrapper_is_made_for_a_task_and_none_kept_of_a_thread_that_ended(
    run: Run[Any], natively: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "remember", True)  # Django's compiler looks for the connection of an alias
    made: list[str] = []
    original = type(connections).create_connection

    def create(self: Any, alias: str) -> Any:
        made.append(alias)
        return original(self, alias)

    monkeypatch.setattr(type(connections), "create_connection", create)
    run(_ask())  # compiles what is not remembered yet
    made.clear()

    async def tasks() -> None:
        for _ in range(5):
            await asyncio.create_task(_ask_again())

    run(tasks())
    assert len(made) <= 1  # by a task that compiled what was not remembered yet

    def look() -> None:
        connections["default"]

    for _ in range(5):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert made[-5:] == ["default"] * 5
    assert sum(not thread.is_alive() for _known, thread in watch._made["default"]) <= 1


def test_a_sample_does_not_hide_the_connection_of_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    watch.begin()  # seeding has called setval(), which may be anything
    own = connections["default"]
    monkeypatch.setattr(database_wrapper, "_samples", {})

    sample = database_wrapper.sample_of("default")

    assert type(sample) is type(own)
    assert watch.is_quiet("default", type(own))
    with own.execute_wrapper(lambda execute, *rest: execute(*rest)):
        assert not watch.is_quiet("default", type(own))


async def _ask_again() -> None:
    await User.objects.aget(id=1)
    await User.objects.acount()
    await Post.objects.acreate(author_id=1, title="t", body="b")


def test_a_patched_wrapper_and_debug_are_reasons(
    run: Run[Any], natively: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = BaseDatabaseWrapper.connect
    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "connect", lambda self: original(self))
        run(_ask())
    settings.DEBUG = True
    run(_ask())

    assert natively == []


@pytest.mark.parametrize("name", ["PGOPTIONS", "PGSERVICE", "PGAPPNAME", "PGTZ"])
def test_what_libpq_reads_from_the_environment_is_a_reason(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unreachable("default") is None
    monkeypatch.setenv(name, "-c search_path=blue")

    assert unreachable("default") == f"libpq reads {name} from the environment"


@pytest.mark.parametrize(
    "changed", [{"AUTOCOMMIT": False}, {"OPTIONS": {"assume_role": "web"}}, {"OPTIONS": {"options": "-c a=b"}}], ids=str
)
def test_settings_that_asyncpg_would_not_follow_are_a_reason(
    changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = connections["default"].settings_dict
    for name, value in changed.items():
        monkeypatch.setitem(given, name, {**given[name], **value} if isinstance(value, dict) else value)

    assert unreachable("default") is not None


@pytest.mark.parametrize(
    ("register", "said"),
    [
        (lambda own: own.register_loader("numeric", FloatLoader), "psycopg reads numeric with"),
        (lambda own: own.register_loader("int4", FloatLoader), "psycopg reads int4 with"),
        (lambda own: own.register_dumper(bool, StrDumper), "psycopg writes bool with"),
    ],
)
def test_values_that_psycopg_converts_in_another_way_are_a_reason(
    monkeypatch: pytest.MonkeyPatch, register: Any, said: str
) -> None:
    template: Any = psycopg_any.get_adapters_template
    own = AdaptersMap(psycopg.adapters)
    monkeypatch.setattr(psycopg_any, "adapters", own)
    template.cache_clear()
    try:
        assert unreachable("default") is None
        template.cache_clear()
        register(own)
        assert str(unreachable("default")).startswith(said)
    finally:
        template.cache_clear()


def test_the_synchronous_method_that_a_queryset_overrides_is_called(run: Run[Any], natively: list[str]) -> None:
    called: list[str] = []

    class Own(QuerySet[Any]):
        def get(self, *args: Any, **kwargs: Any) -> Any:
            called.append("get")
            return super().get(*args, **kwargs)

        def count(self) -> int:
            called.append("count")
            return 7

        def create(self, **kwargs: Any) -> Any:
            called.append("create")
            return super().create(**kwargs)

        def first(self) -> Any:
            called.append("first")
            return super().first()

    async def asked() -> Any:
        await Own(User).aget(id=1)
        await Own(Post).acreate(author_id=1, title="t", body="b")
        await Own(User).afirst()
        await Own(User).aget_or_create(id=1)
        return await Own(User).acount()

    assert run(asked()) == 7
    assert called == ["get", "create", "first", "get", "count"]
    assert natively == []


def test_the_making_of_instances_that_somebody_hears_is_in_a_thread(run: Run[Any], natively: list[str]) -> None:
    def hear(**_signal: Any) -> None:
        Post.objects.count()  # would be refused on the event loop

    post_init.connect(hear, sender=User)
    try:

        async def asked() -> None:
            await User.objects.aget(id=1)
            await User.objects.acreate(name="a", email="a@b.example")

        run(asked())
    finally:
        post_init.disconnect(hear, sender=User)

    assert natively == []


def _asking() -> int:
    return User.objects.count()


@pytest.mark.parametrize("default", [_asking, partial(_asking), lambda: _asking()])
def test_a_default_of_a_project_is_called_in_a_thread(
    default: Any, run: Run[Any], natively: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    field: Any = Post._meta.get_field("title")
    monkeypatch.setattr(field, "default", default)
    monkeypatch.delitem(vars(field), "_get_default", raising=False)
    instances._known.clear()
    try:
        assert run(Post.objects.acreate(author_id=1, body="b")).title == 2
    finally:
        monkeypatch.undo()
        vars(field).pop("_get_default", None)
        instances._known.clear()

    assert natively == []


def test_a_lookup_of_a_project_runs_in_a_thread(run: Run[Any], natively: list[str]) -> None:
    class Own(models.Func):
        function = "upper"

    async def asked() -> list[str]:
        return [one.shout async for one in User.objects.annotate(shout=Own("email")).filter(id=1)]

    assert run(asked()) == ["USER1@SEEDED.EXAMPLE"]
    assert natively == []


def test_nobody_has_set_a_limit() -> None:
    assert (Limits().timeout_s, Limits().command_timeout_s) == (None, None)
    assert trust.is_stock("default")
