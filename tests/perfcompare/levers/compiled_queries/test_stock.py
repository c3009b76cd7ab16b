"""What others put on the way to the database, before or after the lever, as a subclass, a patch or an attribute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django import VERSION
from django.db import ProgrammingError, connection, connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.base import Cursor, DatabaseWrapper
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import Col, Func
from django.db.models.lookups import BuiltinLookup, Exact
from django.db.models.query import ModelIterable, QuerySet, RelatedPopulator
from django.db.models.signals import ModelSignal
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.query import Query
from django.db.models.sql.where import WhereNode
from django.db.utils import DatabaseErrorWrapper
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.connection import BaseConnectionHandler

from perfcompare import levers
from perfcompare.levers._orm import database_path
from tests.perfcompare.levers.compiled_queries.conftest import applied
from users import seeding
from users.dataset import MAX_NAME_LENGTH
from users.models import Post, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=3, seed=1)


def _ask() -> None:
    User.objects.get(id=1)
    list(User.objects.order_by("id"))
    User.objects.count()


def _counting(original: Any, seen: list[str]) -> Callable[..., Any]:
    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(original.__name__)
        return original(self, *args, **kwargs)

    return counted


PATCHES: list[tuple[type[Any], str]] = [
    (DatabaseWrapper, "create_cursor"),
    (BaseDatabaseWrapper, "_cursor"),
    (BaseDatabaseWrapper, "cursor"),
    (BaseDatabaseWrapper, "make_cursor"),
    (DatabaseWrapper, "_cursor"),
    (CursorWrapper, "execute"),
    (CursorWrapper, "_execute_with_wrappers"),
    (SQLCompiler, "execute_sql"),
    (SQLCompiler.__mro__[-2], "execute_sql"),
    (SQLCompiler.__mro__[-2], "as_sql"),
    (Query, "add_q"),
    (Query, "build_filter"),
    (SQLCompiler.__mro__[-2], "quote_name" if VERSION >= (6, 1) else "quote_name_unless_alias"),
    (DatabaseOperations, "quote_name"),
    (WhereNode, "as_sql"),
    (Col, "as_sql"),
    (BaseTable, "as_sql"),
    (BuiltinLookup, "as_sql"),
    (Func, "as_sql"),
    (psycopg.Cursor, "fetchone"),
    (psycopg.Cursor, "fetchmany"),
    *((Cursor, name) for name in ("__init__", "execute", "fetchone", "fetchmany", "close")),  # of psycopg's own
    (DatabaseErrorWrapper, "__exit__"),
    (BaseDatabaseOperations, "_get_limit_offset_params"),
    (BaseDatabaseOperations, "check_expression_support"),
    (ModelSignal, "send"),
]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("owner", "name"), PATCHES, ids=str)
def test_a_patched_method_is_called_as_by_django(
    owner: Any, name: str, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def patch(patches: pytest.MonkeyPatch) -> None:
        patches.setattr(owner, name, _counting(getattr(owner, name), seen))

    with monkeypatch.context() as for_stock:
        patch(for_stock)
        _ask()
        expected = [*seen]
    seen.clear()
    if before:
        patch(monkeypatch)
    with applied():
        if not before:
            _ask()
            patch(monkeypatch)
        _ask()

    assert seen == expected != []


@pytest.mark.parametrize("lookups", [["posts"], ["posts__author"]], ids=str)
def test_who_sees_the_statements_of_a_prefetch_sees_djangos(lookups: list[str]) -> None:
    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            list(User.objects.order_by("id").prefetch_related(*lookups))
        return [one["sql"] for one in captured.captured_queries]

    expected = statements()
    with applied():
        assert statements() == expected


@pytest.mark.usefixtures("compiled")
def test_whoever_fills_joined_instances_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    list(Post.objects.select_related("author"))
    monkeypatch.setattr(RelatedPopulator, "populate", _counting(RelatedPopulator.populate, seen))

    posts = list(Post.objects.select_related("author"))

    assert len(seen) == len(posts) != 0


@pytest.mark.usefixtures("compiled")
def test_whoever_gives_connections_is_asked(short_ways: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    _ask()
    short_ways.clear()
    monkeypatch.setattr(BaseConnectionHandler, "__getitem__", _counting(BaseConnectionHandler.__getitem__, seen))
    _ask()

    assert (len(seen) >= 3, short_ways) == (True, [])
    assert "__getitem__" in "".join(database_path.objections())


@pytest.mark.usefixtures("compiled")
def test_a_proxy_around_a_class_method_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Bound:
        """As wrapt's: it says that it has all that the method has."""

        def __init__(self, method: Any) -> None:
            self._method = method

        def __getattr__(self, name: str) -> Any:
            return getattr(self._method, name)

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            seen.append("from_db")
            return self._method(*args, **kwargs)

    class Proxy:
        def __init__(self, function: Any) -> None:
            self._function = function

        def __get__(self, instance: object, owner: Any) -> Any:
            return Bound(self._function.__get__(instance, owner))

    _ask()
    monkeypatch.setattr(models.Model, "from_db", Proxy(vars(models.Model)["from_db"]))
    _ask()

    assert len(seen) == 1 + len(User.objects.all())


@pytest.mark.usefixtures("compiled")
def test_a_column_that_changes_is_read_and_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> list[Any]:
        users = User.objects.order_by("id")
        return [
            [one.name for one in users],
            [*users.values_list("name")],
            users.get(id=1).name,
            users.filter(name="user1@seeded.example").count(),
            [one.author.name for one in Post.objects.select_related("author").order_by("id")],
            [one.author.name for one in Post.objects.prefetch_related("author").order_by("id")],
        ]

    before = asked()
    with monkeypatch.context() as patch:
        patch.setattr(User._meta.get_field("name"), "column", "email")
        changed = asked()
        expected = [*User.objects.order_by("id").values_list("email", flat=True)]
        assert (changed[0], changed[2], changed[3]) == (expected, expected[0], 1)
        assert {*changed[4], *changed[5]} <= {*expected}
    assert asked() == before


@pytest.mark.usefixtures("compiled")
def test_whoever_chooses_converters_later_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    _ask()
    monkeypatch.setattr(models.CharField, "get_db_converters", lambda *_: [lambda *_: "converted"], raising=False)

    assert User.objects.get(id=1).name == "converted"


@pytest.mark.usefixtures("compiled")
def test_a_spelling_of_one_connection_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    _ask()
    operations = connection.ops
    monkeypatch.setitem(vars(operations), "quote_name", lambda name: f'"nobody"."{name}"')

    assert '"nobody"' in str(User.objects.all().query)
    with pytest.raises(ProgrammingError), transaction.atomic():
        _ask()
    assert "`connection.ops` has a `quote_name` of its own" in "".join(database_path.objections())


@pytest.mark.usefixtures("compiled")
def test_sql_that_somebody_adds_to_a_lookup_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    _ask()
    monkeypatch.setattr(Exact, "as_postgresql", lambda *_: ("1 = 0", []), raising=False)

    with pytest.raises(User.DoesNotExist):
        User.objects.get(id=1)
    assert any("Exact" in one for one in database_path.objections())


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("queryset", [User.objects.prefetch_related("posts"), Post.objects.prefetch_related("author")])
def test_a_patched_filter_sees_prefetches(queryset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Query, "add_q", _counting(Query.add_q, seen))

    list(queryset.all())

    assert seen == ["add_q"]


@pytest.mark.usefixtures("compiled")
def test_a_patch_that_goes_leaves_the_short_way_open_again(
    short_ways: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(CursorWrapper, "execute", _counting(CursorWrapper.execute, []))
        _ask()
        assert short_ways == []
    _ask()

    assert len(short_ways) == 3


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("name", ["cursor", "create_cursor", "_cursor"])
def test_a_method_of_one_connection_is_called(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    here: Any = connections["default"]
    original = getattr(here, name)

    def own(*args: Any) -> Any:
        seen.append(name)
        return original(*args)

    monkeypatch.setitem(here.__dict__, name, own)

    _ask()

    assert seen == [name] * 3


@pytest.mark.usefixtures("compiled")
def test_a_wrapper_that_prepares_each_cursor_is_asked_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tenants(DatabaseWrapper):
        def _cursor(self, name: str | None = None) -> Any:
            prepared.append(name)
            return super()._cursor(name)  # type: ignore[misc]  # private

    prepared: list[str | None] = []
    monkeypatch.setattr(connections["default"], "__class__", Tenants)

    _ask()

    assert len(prepared) == 3
    (part,) = levers.status()["compiled_queries"].parts
    assert any("off for 'default'" in one and "Tenants overrides `_cursor`" in one for one in part.reasons)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("name", ["cursor", "execute"])
def test_a_traced_connection_of_the_driver_is_left_to_django(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw: Any = connection.connection
    monkeypatch.setitem(raw.__dict__, name, getattr(raw, name))

    assert not database_path.is_stock_raw(connections["default"])
    assert database_path.objection("default") is not None


@pytest.mark.usefixtures("compiled")
def test_a_router_is_asked_as_often_and_with_the_same_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, frozenset[str]]] = []

    class Router:
        def db_for_read(self, model: Any, **hints: Any) -> None:
            asked.append((model, frozenset(hints)))

    def ask() -> list[Any]:
        asked.clear()
        user = User.objects.get(id=1)
        user.refresh_from_db()
        list(User.objects.prefetch_related("posts"))
        list(Post.objects.prefetch_related("author"))
        User.objects.count()
        return [*asked]

    monkeypatch.setattr(router, "routers", [Router()])
    with_lever = ask()
    for one in ("_fetch_all", "get", "count"):
        monkeypatch.setattr(QuerySet, one, getattr(QuerySet, one).__wrapped__)

    assert with_lever == ask()


class _Hooked(QuerySet[Any]):
    calls: list[str] = []

    def filter(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append("filter")
        return super().filter(*args, **kwargs)

    def _prefetch_related_objects(self) -> None:
        self.calls.append("prefetch")
        super()._prefetch_related_objects()  # type: ignore[misc]  # private

    def _clone(self) -> Any:
        self.calls.append("clone")
        return super()._clone()  # type: ignore[misc]  # private


def test_what_a_queryset_overrides_is_called_as_by_django() -> None:
    def ask() -> list[str]:
        _Hooked.calls.clear()
        queryset = _Hooked(User)
        queryset.get(id=1)
        list(queryset.prefetch_related("posts"))
        list(User.objects.prefetch_related(models.Prefetch("posts", _Hooked(Post))))
        return [*_Hooked.calls]

    expected = ask()
    with applied():
        assert ask() == ask() == expected


@pytest.mark.usefixtures("compiled")
def test_queries_and_iterables_of_others_are_asked_by_django() -> None:
    class Marked(models.sql.Query):
        mark = "mine"

    class Reading(ModelIterable):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            for one in super().__iter__():
                one.mark = vars(type(self.queryset.query))["mark"]
                yield one

    queryset: Any = QuerySet(User, Marked(User))
    queryset._iterable_class = Reading
    listed: Any = User.objects.values_list("id", flat=True).order_by("id")
    listed._fields = [*listed._fields]

    assert {one.mark for one in queryset} == {"mine"}
    assert [*listed] == [1, 2, 3]


@pytest.mark.usefixtures("compiled")
def test_meta_that_changes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def ids() -> list[int]:
        return [one.id for one in User.objects.all()]

    monkeypatch.setattr(User._meta, "ordering", ["id"])
    assert ids() == ids() == [1, 2, 3]
    monkeypatch.setattr(User._meta, "ordering", ["-id"])
    assert ids() == [3, 2, 1]
    monkeypatch.setattr(User._meta, "db_table", "users_nowhere")
    with pytest.raises(Exception, match="users_nowhere"), transaction.atomic():
        User.objects.count()


@pytest.mark.usefixtures("compiled")
def test_a_constructor_that_comes_later_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    list(User.objects.all())
    seen: list[str] = []
    monkeypatch.setattr(User, "__init__", _counting(User.__init__, seen))

    list(User.objects.all())

    assert seen == ["__init__"] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_table_that_changes_while_serving_is_read(in_transaction: bool) -> None:
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.prepare_threshold = 0

    def name() -> str:
        if in_transaction:
            with transaction.atomic():
                return User.objects.get(id=1).name
        return User.objects.get(id=1).name

    before = [name(), name()]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_user ALTER COLUMN name TYPE varchar(333)")
    try:
        assert [name(), name()] == before
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE users_user ALTER COLUMN name TYPE varchar({MAX_NAME_LENGTH})")
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("compiled")
def test_a_zone_that_changes_on_an_open_connection_is_the_one_that_times_are_read_in() -> None:
    list(User.objects.all())
    with override_settings(USE_TZ=False, TIME_ZONE="UTC"):
        assert User.objects.get(id=1).created_at.tzinfo is None

    assert User.objects.get(id=1).created_at.tzinfo is not None


@pytest.mark.usefixtures("compiled")
def test_no_result_is_kept_by_the_connection() -> None:
    list(User.objects.all())

    assert not [one for one in vars(connections["default"]) if one.startswith("_compiled")]
