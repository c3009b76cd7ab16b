from __future__ import annotations

import asyncio
import datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.postgres.fields import DecimalRangeField
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Func, QuerySet, Value
from django.shortcuts import aget_object_or_404
from rest_framework.authtoken.models import Token

from perfcompare.levers.native_async import pools, reads
from perfcompare.levers.native_async.pool import Pool
from perfcompare.levers.native_async.settings import Limits
from perfcompare.levers.native_async.types import UnsupportedError, encoder
from tests.perfcompare.levers.native_async.conftest import Run
from tests.perfcompare.levers.orm_results import QUERYSETS, written
from users import seeding
from users.models import Post, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("native")]

NATIVE = (
    "all columns", "only", "listing", "join", "join of a join", "no joined row", "values", "values_list", "flat",
    "named", "annotation", "distinct", "filtered by a join", "prefetched forward", "nothing", "an empty slice",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=5, seed=1)


async def rows(queryset: QuerySet[Any]) -> list[Any]:
    return [row async for row in queryset]


async def opened() -> Pool:
    pool = await pools.pool_for("default")
    assert pool is not None
    return pool


@pytest.mark.parametrize("name", QUERYSETS)
def test_results_are_djangos(name: str, run: Run[Any]) -> None:
    assert written(run(rows(QUERYSETS[name]()))) == written(list(QUERYSETS[name]()))


@pytest.mark.parametrize("other", ["email", "id"])
def test_a_field_that_has_chosen_another_column_is_read_as_by_django(
    other: str, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    column = User._meta.get_field(other).get_col  # type: ignore[union-attr]
    monkeypatch.setattr(User._meta.get_field("name"), "get_col", column)

    found, asked = User.objects.order_by("id"), User.objects.order_by("id")

    assert [one.name for one in run(rows(asked))] == [one.name for one in found]
    assert written(asked) == written(found)


@pytest.mark.parametrize("value", ["infinity", "-infinity"])
@pytest.mark.parametrize("asked", [Post.objects.all, lambda: Post.objects.values_list("id", "created_at")])
def test_infinity_is_read_as_by_django(value: str, asked: Any, run: Run[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE users_post SET created_at = %s", [value])

    with pytest.raises(DataError) as stock:
        list(asked())
    with pytest.raises(DataError) as ours:
        run(rows(asked()))

    assert str(ours.value) == str(stock.value)


def test_a_range_of_numbers_is_read_as_by_django(run: Run[Any]) -> None:
    price = Func(Value(1), Value(5), function="numrange", output_field=DecimalRangeField())

    asked = Post.objects.annotate(price=price).values_list("price", flat=True)

    found = run(rows(asked))

    assert found == list(asked.all())
    assert found[0].upper == 5


@pytest.mark.usefixtures("no_hops")
@pytest.mark.parametrize("name", NATIVE)
def test_usual_results_come_without_a_thread(name: str, run: Run[Any]) -> None:
    run(rows(QUERYSETS[name]()))


@pytest.mark.usefixtures("no_hops")
def test_single_rows_and_numbers_come_without_a_thread(run: Run[Any]) -> None:
    key = Token.objects.get(user_id=1).key

    async def asked() -> list[Any]:
        return [
            (await User.objects.detail().aget(id=3)).id,
            (await aget_object_or_404(User.objects.detail(), id=2)).id,
            (await Token.objects.select_related("user").aget(key=key)).user.id,
            (await User.objects.afirst()).id,  # type: ignore[union-attr]
            (await User.objects.order_by("id").alast()).id,  # type: ignore[union-attr]
            await User.objects.filter(id__gt=9).afirst(),
            await User.objects.acount(),
            await User.objects.filter(name__contains="no such name").acount(),
            await User.objects.none().acount(),
            await User.objects.filter(id=1).aexists(),
            await User.objects.filter(id=9).aexists(),
            (await User.objects.aget_or_create(id=4))[1],
        ]

    assert run(asked()) == [3, 2, 1, 1, 5, None, 5, 0, 0, True, False, False]


@pytest.mark.parametrize("debug", [False, True])
def test_each_way_is_counted(debug: bool, run: Run[Any], settings: Any) -> None:
    counted = (reads.ITERATE, reads.GET, reads.FIRST, reads.LAST, reads.COUNT, reads.EXISTS, reads.GET_OR_CREATE)
    settings.DEBUG = debug  # then statements are Django's, which logs them

    async def asked() -> None:
        users = User.objects.order_by("id")
        await rows(users)
        await users.all().aget(id=1)
        await users.all().afirst()
        await users.all().alast()
        await users.all().acount()
        await users.all().aexists()
        with pytest.raises(IntegrityError):  # it looks for nobody and creates without a name
            await User.objects.aget_or_create(email="nobody@example.org", defaults={"name": None})
        await rows(users)  # they are there

    before = [one.tally.read() for one in counted]
    run(asked())
    after = [one.tally.read() for one in counted]

    found = [
        (fast - fast_before, stock - stock_before)
        for (fast, stock), (fast_before, stock_before) in zip(after, before, strict=True)
    ]
    assert found == ([(0, 1), (0, 2), *[(0, 1)] * 5] if debug else [(1, 0), (2, 0), *[(1, 0)] * 4, (0, 1)])


def test_the_first_of_results_that_are_there_is_one_of_them(run: Run[Any]) -> None:
    async def asked() -> list[Any]:
        users = User.objects.order_by("id")
        found = await rows(users)
        return [found[0] is await users.afirst(), await users.alast() == found[-1]]

    assert run(asked()) == [True, True]


@pytest.mark.parametrize("arguments", [{"id": -1}, {"id": 2**70}, {"id__gt": 0}, {"id": "x"}, {"nothing": 1}], ids=str)
def test_what_get_raises_aget_raises(arguments: dict[str, Any], run: Run[Any]) -> None:
    with pytest.raises(Exception) as expected:  # noqa: PT011 - each has its own
        User.objects.get(**arguments)

    with pytest.raises(expected.type) as raised:
        run(User.objects.aget(**arguments))

    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize(
    "queryset",
    [User.objects.distinct("name").order_by("id"), User.objects.filter(name="\ud800"), User.objects.filter(name="\0")],
    ids=["refused", "unwritable", "unsent"],
)
def test_what_cannot_be_asked_is_the_error_of_django(queryset: QuerySet[Any], run: Run[Any]) -> None:
    with pytest.raises(Exception) as native:  # noqa: PT011 - it is compared
        run(rows(queryset.all()))
    with pytest.raises(Exception) as django:  # noqa: PT011
        list(queryset.all())

    assert (type(native.value), str(native.value)) == (type(django.value), str(django.value))


def test_a_failed_search_is_not_the_context_of_what_follows(run: Run[Any]) -> None:
    with pytest.raises(IntegrityError) as native:
        run(User.objects.aget_or_create(email="user1@seeded.example", name="another"))

    assert native.value.__context__ is native.value.__cause__


def test_a_queryset_asks_once(run: Run[Any]) -> None:
    users = User.objects.order_by("id")

    async def twice() -> bool:
        return [id(one) async for one in users] == [id(one) async for one in users]

    assert run(twice())
    assert [one.id for one in users] == [1, 2, 3, 4, 5]


def test_several_are_asked_at_the_same_time(run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most = 0, 0
    original = Pool.rows

    async def counted(self: Any, sql: str, parameters: Any) -> Any:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return await original(self, sql, parameters)
        finally:
            at_once -= 1

    monkeypatch.setattr(Pool, "rows", counted)

    async def dashboard() -> list[Any]:
        return list(
            await asyncio.gather(
                rows(User.objects.newest(2)), rows(Post.objects.newest(2)), User.objects.acount(), Post.objects.acount()
            )
        )

    users, posts, user_count, post_count = run(dashboard())
    assert ([one.id for one in users], [one.id for one in posts]) == ([5, 4], [10, 9])
    assert (user_count, post_count, most) == (5, 10, 4)


def test_a_statement_that_needs_its_values_is_left_to_django(run: Run[Any]) -> None:
    async def asked() -> Any:
        return await User.objects.annotate(n=F("id") + 1).values_list("n", "is_staff").aget(id=1)

    assert run(asked()) == (2, False)


def test_inside_a_transaction_a_query_is_part_of_it(run: Run[Any]) -> None:
    async def asked() -> tuple[int, int]:
        atomic = transaction.atomic()
        await sync_to_async(atomic.__enter__)()
        try:
            await sync_to_async(User.objects.filter(id=1).delete)()
            await User.objects.acreate(email="inside@example.com", name="inside")
            await User.objects.acreate(email="beside@example.com", name="beside")
            inside = await User.objects.acount()
        finally:
            await sync_to_async(transaction.set_rollback)(True)
            await sync_to_async(atomic.__exit__)(None, None, None)
        return inside, await User.objects.acount()

    assert run(asked()) == (6, 5)


def test_inside_a_transaction_of_the_thread_that_runs_the_loop_a_query_is_asked_beside_it(run: Run[Any]) -> None:
    async def asked() -> tuple[int, int]:
        before = await User.objects.acount()
        await Post.objects.acreate(author_id=2, title="t", body="b")
        return before, await Post.objects.acount()

    with transaction.atomic():
        User.objects.filter(id=1).delete()
        found = run(asked())
        transaction.set_rollback(True)

    assert found == (5, 11)


def test_after_a_transaction_a_query_is_asked(run: Run[Any]) -> None:
    @sync_to_async
    def change() -> None:
        with transaction.atomic():
            User.objects.filter(id=1).update(name="changed")

    async def asked() -> str:
        await change()
        return (await User.objects.aget(id=1)).name

    assert run(asked()) == "changed"


def test_called_from_a_synchronous_transaction_a_query_is_part_of_it() -> None:
    async def first() -> User:
        return await User.objects.aget(id=1)

    with transaction.atomic():
        User.objects.filter(id=1).update(name="not committed")
        found = async_to_sync(first)()
        transaction.set_rollback(True)

    assert found.name == "not committed"


@pytest.mark.usefixtures("no_hops")
def test_a_statement_that_takes_too_long_is_given_up(run: Run[Any], settings: Any) -> None:
    settings.PERFCOMPARE = {"native_async": {"command_timeout_s": 0.2}}

    async def asked() -> str:
        pool = await opened()
        with pytest.raises(OperationalError):
            await pool.rows("SELECT pg_sleep(5)::text", ())
        return (await User.objects.aget(id=1)).email

    assert run(asked()) == "user1@seeded.example"


@pytest.mark.parametrize("limit_s", [None, 0.5])
def test_a_connection_that_is_not_made_in_time_is_djangos_error(
    run: Run[Any], monkeypatch: pytest.MonkeyPatch, limit_s: float | None
) -> None:
    async def never(*_given: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("perfcompare.levers.native_async.pool.connect", never)

    async def asked() -> None:
        with pytest.raises(OperationalError):
            await Pool("default", Limits(timeout_s=limit_s), {}).rows("SELECT 1", ())

    run(asked())


@pytest.mark.usefixtures("no_hops")
def test_with_all_connections_in_use_waiting_ends(run: Run[Any], settings: Any) -> None:
    settings.PERFCOMPARE = {"native_async": {"max_size": 1, "timeout_s": 0.2, "command_timeout_s": 10}}

    async def asked() -> int:
        pool = await opened()
        busy = asyncio.create_task(pool.rows("SELECT pg_sleep(1)::text", ()))
        await asyncio.sleep(0.05)
        with pytest.raises(OperationalError, match="No connection to the database within") as raised:
            await User.objects.acount()
        assert isinstance(raised.value.__cause__, psycopg.OperationalError)
        await busy
        return await User.objects.acount()

    assert run(asked()) == 5


@pytest.mark.usefixtures("no_hops")
def test_more_queries_than_connections_wait_for_their_turn(run: Run[Any], settings: Any) -> None:
    settings.PERFCOMPARE = {"native_async": {"max_size": 2}}

    async def asked() -> list[int]:
        return await asyncio.gather(*[User.objects.acount() for _ in range(20)])

    assert run(asked()) == [5] * 20


@pytest.mark.usefixtures("no_hops")
def test_a_lost_connection_is_an_error_once_and_then_replaced(run: Run[Any]) -> None:
    async def asked() -> int:
        pool = await opened()
        with pytest.raises(OperationalError):
            await pool.rows("SELECT pg_terminate_backend(pg_backend_pid())", ())
        return await User.objects.acount()

    assert run(asked()) == 5


@pytest.mark.usefixtures("no_hops")
def test_a_cancelled_query_leaves_no_connection_that_is_still_busy(run: Run[Any], settings: Any) -> None:
    settings.PERFCOMPARE = {"native_async": {"max_size": 1}}

    async def asked() -> int:
        pool = await opened()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await pool.rows("SELECT pg_sleep(1.5)::text", ())
        return await User.objects.acount()

    assert run(asked()) == 5


@pytest.mark.usefixtures("no_hops")
def test_a_table_that_was_changed_is_asked_anew(run: Run[Any]) -> None:
    async def asked() -> list[Any]:
        pool = await opened()
        await pool.rows("CREATE TABLE changing AS SELECT 1 AS a", ())
        try:
            first = await pool.rows("SELECT * FROM changing", ())
            await pool.rows("ALTER TABLE changing ADD COLUMN b int DEFAULT 2", ())
            return [tuple(first[0]), tuple((await pool.rows("SELECT * FROM changing", ()))[0])]
        finally:
            await pool.rows("DROP TABLE changing", ())

    assert run(asked()) == [(1,), (1, 2)]


def test_a_parameter_whose_column_has_another_type_now_is_djangos(run: Run[Any]) -> None:
    async def asked() -> list[Any]:
        pool = await opened()
        await pool.rows("CREATE TABLE changing AS SELECT 1 AS a, 'sad'::text AS b", ())
        try:
            found = [len(await pool.rows("SELECT a FROM changing WHERE b = $1", ("sad",)))]
            await pool.rows("CREATE TYPE mood AS ENUM ('sad')", ())
            await pool.rows("ALTER TABLE changing ALTER b TYPE mood USING b::mood", ())
            for _ in range(2):
                with pytest.raises(UnsupportedError):
                    await pool.rows("SELECT a FROM changing WHERE b = $1", ("sad",))
            return found
        finally:
            await pool.rows("DROP TABLE changing", ())
            await pool.rows("DROP TYPE IF EXISTS mood", ())

    assert run(asked()) == [1]


@pytest.mark.parametrize(
    "number", ["100000", "1E+5", "0.10", "-0", "NaN", "1E-20", "123456789012345678901234567890.12"]
)
def test_numbers_come_back_as_from_psycopg(run: Run[Any], number: str) -> None:
    async def asked() -> Any:
        pool = await opened()
        return (await pool.rows("SELECT $1::numeric", (Decimal(number),)))[0][0]

    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::numeric", [Decimal(number)])
        (expected,) = cursor.fetchone()
    assert repr(run(asked())) == repr(expected)


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (1082, datetime.date.min),
        (1082, datetime.date.max),
        (1114, datetime.datetime.max),
        (1184, datetime.datetime.min.replace(tzinfo=datetime.UTC)),
        (1184, datetime.datetime.max.replace(tzinfo=datetime.UTC)),
        (701, -0.0),
    ],
)
def test_values_that_asyncpg_would_write_as_others_are_djangos(oid: int, value: Any) -> None:
    with pytest.raises(UnsupportedError):
        encoder(oid)(value)


def test_a_moment_that_is_none_for_python_is_djangos_error(run: Run[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE users_user SET created_at = '10000-01-01'")

    with pytest.raises(DataError, match="too large"):
        run(rows(User.objects.order_by("id")))


def test_a_wrong_value_is_djangos_error(run: Run[Any]) -> None:
    with pytest.raises((DataError, ValueError)):
        run(rows(User.objects.filter(name="a\0b")))


def test_a_statement_asked_from_a_view_under_wsgi_is_djangos(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_pool(*_args: Any) -> Any:
        raise AssertionError("A pool was opened on an event loop that ends with the request.")

    monkeypatch.setattr(pools, "_opened", no_pool)

    async def view() -> int:
        return await User.objects.acount()

    assert async_to_sync(view)() == 5
