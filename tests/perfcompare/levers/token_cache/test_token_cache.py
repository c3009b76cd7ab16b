from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.db import connection, connections, models, router, transaction
from django.db.backends.signals import connection_created
from django.db.models import QuerySet
from django.test.utils import isolate_apps
from pytest_django import DjangoAssertNumQueries
from rest_framework.authtoken.models import Token

from perfcompare.levers.token_cache import memory, querysets, writes
from perfcompare.levers.token_cache.install import INSTALLATION
from tests.perfcompare.levers.installed import installed
from users.models import User

BACKENDS = "django.core.cache.backends"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _installed(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": f"{BACKENDS}.filebased.FileBasedCache", "LOCATION": tmp_path}}
    cache.clear()
    with installed(INSTALLATION):
        writes.memory.forget()
        writes.memory._next_poll = 0.0
        yield


@pytest.fixture
def token() -> Token:
    user = User.objects.create_user("grace@example.org", "Grace")
    return Token.objects.create(user=user, key="k" * 40)


def _find(key: str = "k" * 40) -> Token:
    return Token.objects.select_related("user").get(key=key)


def _afind(key: str = "k" * 40) -> Token:
    return async_to_sync(Token.objects.select_related("user").aget)(key=key)


def _watch_what_is_above_users(on_delete: Any) -> list[str]:
    """Look for writes, with models that users would belong to by keys of that kind; the tables of these models."""
    with isolate_apps("users"):

        class Country(models.Model):
            class Meta:
                app_label, db_table = "users", "far_above"

        class Company(models.Model):
            country = models.ForeignKey(Country, on_delete)

            class Meta:
                app_label, db_table = "users", "above"

        key: Any = models.ForeignKey(Company, on_delete)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(User._meta, "concrete_fields", (*User._meta.concrete_fields, key))
        writes.watch()
    return [Company._meta.db_table, Country._meta.db_table]


@pytest.mark.parametrize("on_delete", ["DO_NOTHING", "DB_CASCADE"])  # the latter since Django 6.1
def test_what_the_database_deletes_users_with_is_a_write(on_delete: str) -> None:
    tables = _watch_what_is_above_users(getattr(models, on_delete, models.DO_NOTHING))
    assert all(writes._is_write(f"DELETE FROM {table}") for table in tables)  # noqa: S608 - nobody runs it


def test_what_django_deletes_users_with_is_a_write_when_it_deletes_users() -> None:
    tables = _watch_what_is_above_users(models.CASCADE)
    assert not any(writes._is_write(f"DELETE FROM {table}") for table in tables)  # noqa: S608 - nobody runs it
    assert writes._is_write(f"TRUNCATE {tables[0]} CASCADE")


@pytest.mark.parametrize("find", [_find, _afind])
def test_a_known_token_takes_no_statement(
    token: Token, django_assert_num_queries: DjangoAssertNumQueries, find: Any
) -> None:
    first = find()

    with django_assert_num_queries(0):
        second = find()
        assert (second, second.user, second.user.name) == (token, token.user, "Grace")
    assert second is not first
    assert second.user is not first.user


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache", "db.DatabaseCache"])
def test_without_a_cache_that_tells_other_processes_nothing_is_remembered(
    token: Token, settings: Any, django_assert_num_queries: DjangoAssertNumQueries, backend: str
) -> None:
    settings.CACHES = {"default": {"BACKEND": f"{BACKENDS}.{backend}", "LOCATION": "token_cache"}}
    _find()

    with django_assert_num_queries(1):
        _find()
    with django_assert_num_queries(1):  # and no mark is set
        User.objects.update(name="Ada")
    assert any("default cache" in one for one in INSTALLATION.parts["querysets"].objections)


def test_a_token_with_a_table_of_its_own_is_read_each_time(token: Token) -> None:
    with isolate_apps("users"):

        class ExpiringToken(Token):
            expires: Any = models.IntegerField(default=5)

            class Meta:
                app_label = "users"

    assert querysets._key(Token.objects.select_related("user"), (), {"key": "k"}) is not None
    assert querysets._key(ExpiringToken.objects.select_related("user"), (), {"key": "k"}) is None


def test_what_one_caller_does_to_a_user_no_other_sees(token: Token) -> None:
    _find()
    _find().user.name = "Somebody"

    assert _find().user.name == "Grace"


with isolate_apps("users"):  # else `makemigrations` would miss their migrations

    class SomeUser(User):
        class Meta:
            app_label = "users"
            proxy = True

    class SomeToken(Token):
        class Meta:
            app_label = "users"
            proxy = True


def _upsert(token: Token) -> None:
    user = User.objects.get()
    user.is_active = False
    User.objects.bulk_create([user], update_conflicts=True, unique_fields=["id"], update_fields=["is_active"])


def _raw(statement: str, *, many: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, [()]) if many else cursor.execute(statement)


DEACTIVATE = "update users_user set is_active = false"
WRITES: dict[str, Any] = {
    "save a proxy": lambda token: SomeUser.objects.get().save(),
    "update a proxy": lambda token: SomeUser.objects.update(is_active=False),
    "update conflicts": _upsert,
    "update by raw SQL": lambda token: _raw(DEACTIVATE),
    "update by raw SQL of many": lambda token: _raw(DEACTIVATE, many=True),
    "update by raw SQL behind another statement": lambda token: _raw(f"select 1; {DEACTIVATE}"),
    "update in a common table expression": lambda token: _raw(f"with x as ({DEACTIVATE} returning 1) select 1"),
    "save": lambda token: User.objects.get().save(),
    "update": lambda token: User.objects.update(is_active=False),
    "bulk update": lambda token: User.objects.bulk_update([User(id=token.user_id, is_active=False)], ["is_active"]),
    "save a token": lambda token: token.save(),
}


@pytest.mark.parametrize("write", WRITES)
def test_this_process_forgets_with_every_write(
    token: Token, django_assert_num_queries: DjangoAssertNumQueries, write: str
) -> None:
    _find()
    WRITES[write](token)

    with django_assert_num_queries(1):
        assert _find().user.is_active is ("update" not in write)
    if "behind another" not in write:  # which may have changed the session
        with django_assert_num_queries(0):
            _find()


@pytest.mark.parametrize(
    "delete",
    [
        lambda token: token.delete(),
        lambda token: User.objects.all().delete(),
        lambda token: SomeToken.objects.all().delete(),
        lambda token: Token.objects.all()._raw_delete("default"),
    ],
)
def test_a_deleted_token_is_unknown(token: Token, delete: Any) -> None:
    _find()
    delete(token)

    with pytest.raises(Token.DoesNotExist):
        _find()


def test_another_user_is_no_reason_to_forget(token: Token, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    _find()
    User.objects.create_user("other@example.org", "Other")

    with django_assert_num_queries(0):
        _find()


def test_a_key_that_is_not_there_is_asked_for_every_time(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        for _ in range(2):
            with pytest.raises(Token.DoesNotExist):
                _find("unknown")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Token.objects.get(key="k" * 40),
        lambda: Token.objects.select_related("user").filter(user__name="Other").filter(key="k" * 40).first(),
        lambda: Token.objects.select_related("user").only("key", "user__name").get(key="k" * 40),
        lambda: Token.objects.select_related("user").values("key").get(key="k" * 40),
        lambda: Token.objects.select_related("user").annotate(x=models.Value(1)).get(key="k" * 40),
        lambda: Token.objects.select_related("user").get(key="k" * 40, user__is_active=True),
        lambda: Token.objects.select_related("user").get(models.Q(key="k" * 40)),
    ],
)
def test_any_other_question_is_asked(token: Token, django_assert_num_queries: DjangoAssertNumQueries, ask: Any) -> None:
    _find()

    with django_assert_num_queries(1):
        ask()


def test_what_a_transaction_sees_is_not_remembered(token: Token) -> None:
    with transaction.atomic():
        User.objects.update(name="Not yet")
        assert _find().user.name == "Not yet"
        transaction.set_rollback(True)

    assert _find().user.name == "Grace"


def test_a_write_of_another_process_is_seen_at_the_next_look(token: Token, settings: Any) -> None:
    settings.PERFCOMPARE = {"token_cache": {"poll_s": 0}}
    _find()
    _find()
    elsewhere = memory.Memory()
    _write_elsewhere()
    assert _find().user.name == "Grace"

    elsewhere.raise_generation()

    assert _find().user.name == "Elsewhere"


_WRITE = "UPDATE users_user SET name = 'Elsewhere'"


def _write_elsewhere() -> None:
    with psycopg.connect(**cast("Any", connection).get_connection_params()) as other:
        other.execute(_WRITE)


@pytest.mark.parametrize(
    "write",
    [
        lambda: connection.connection.execute(_WRITE),
        lambda: connection.connection.cursor().execute(psycopg.sql.SQL(_WRITE)),
        lambda: connection.connection.cursor().executemany("UPDATE users_user SET name = %s", [["Elsewhere"]]),
    ],
    ids=["a connection", "a cursor", "many"],
)
def test_a_write_by_the_driver_alone_is_seen(token: Token, write: Callable[[], Any]) -> None:
    _find()
    _find()
    write()

    assert _find().user.name == "Elsewhere"
    assert "UPDATE users_user" in str(writes.objection("default"))


def test_a_cursor_on_the_server_changes_nothing(token: Token) -> None:
    assert [*User.objects.iterator(chunk_size=1)]

    assert writes.objection("default") is None


def test_a_token_is_asked_for_again_after_its_time(token: Token, settings: Any) -> None:
    settings.PERFCOMPARE = {"token_cache": {"ttl_s": 0}}
    _find()
    _write_elsewhere()

    assert _find().user.name == "Elsewhere"


def test_what_was_read_before_a_write_is_not_kept_after_it(token: Token) -> None:
    own = memory.Memory()
    epoch = own.epoch
    own.forget()
    own.keep("key", token, epoch)

    assert own.find("key") is None


def test_the_oldest_goes_when_the_memory_is_full(token: Token, settings: Any) -> None:
    settings.PERFCOMPARE = {"token_cache": {"max_entries": 2}}
    own = memory.Memory()
    for key in ("a", "b", "c"):
        own.keep(key, token, own.epoch)

    assert [own.find(key) is not None for key in ("a", "b", "c")] == [False, True, True]


def test_a_user_with_something_mutable_is_not_kept(token: Token) -> None:
    own = memory.Memory()
    token.user.settings = {}
    own.keep("a", token, own.epoch)

    assert own.find("a") is None


def test_a_proxy_of_tokens_is_not_answered_for_another_model(token: Token) -> None:
    assert type(_find()) is Token
    proxied: Any = SomeToken.objects.select_related("user").get(key="k" * 40)

    assert type(proxied) is SomeToken
    assert type(_find()) is Token


def test_a_transaction_tells_others_once_when_it_ends(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(memory.Memory, "raise_generation", lambda self: told.append(1))

    with transaction.atomic():
        for _ in range(3):
            User.objects.update(name="New")
        with transaction.atomic():
            User.objects.update(name="Newer")
        assert told == []

    assert told == [1]


def test_a_write_after_a_savepoint_was_rolled_back_is_told(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(memory.Memory, "raise_generation", lambda self: told.append(1))

    with transaction.atomic():
        with transaction.atomic():
            User.objects.update(name="Never")
            transaction.set_rollback(True)
        User.objects.update(name="Now")

    assert told == [1]
    assert _find().user.name == "Now"


class FirstRouter:
    def db_for_read(self, model: Any, **hints: Any) -> None:
        asked.append(model)


asked: list[Any] = []


def test_a_router_is_asked_as_often_as_by_django(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router, "routers", [FirstRouter()])
    asked.clear()
    QuerySet(Token).select_related("user").get(key="k" * 40)
    expected = len(asked)
    asked.clear()

    _find()

    assert len(asked) == expected


def _prepare_session(**_signal: Any) -> None:
    """Stands for a receiver that chooses a tenant."""


def _from_db(cls: Any, *args: Any) -> Any:
    return models.Model.from_db.__func__(cls, *args)  # type: ignore[attr-defined]


@contextmanager
def _receiver(signal: Any, receiver: Any) -> Iterator[None]:
    signal.connect(receiver)
    try:
        yield
    finally:
        signal.disconnect(receiver)


@contextmanager
def _patched(owner: Any, name: str, value: Any) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(owner, name, value, raising=False)
    try:
        yield
    finally:
        patch.undo()


@contextmanager
def _wrapper() -> Iterator[None]:
    with connection.execute_wrapper(lambda execute, *args: execute(*args)):
        yield


@contextmanager
def _changed_session(statement: str) -> Iterator[None]:
    _raw(statement)
    yield
    _raw("RESET ALL")


def _get(self: Any, *args: Any, **kwargs: Any) -> Any:
    return _stock_get(self, *args, **kwargs)


def _cursor(self: Any, name: Any = None) -> Any:
    return _stock_cursor(self, name)


_wrapper_class: Any = type(connections["default"])
_stock_get, _stock_cursor = QuerySet.get, _wrapper_class._cursor
UNKNOWN: dict[str, Callable[[], Any]] = {
    "a receiver of connection_created": lambda: _receiver(connection_created, _prepare_session),
    "a receiver of post_init": lambda: _receiver(models.signals.post_init, _prepare_session),
    "a patched get": lambda: _patched(QuerySet, "get", _get),
    "a patched from_db": lambda: _patched(User, "from_db", classmethod(_from_db)),
    "a patched cursor": lambda: _patched(_wrapper_class, "_cursor", _cursor),
    "a wrapper around statements": _wrapper,
    "a search path": lambda: _changed_session("SET search_path TO public"),
    "a setting of row level security": lambda: _changed_session("select set_config('app.tenant', '5', false)"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_where_code_of_others_takes_part_the_database_is_asked(
    token: Token, django_assert_num_queries: DjangoAssertNumQueries, case: str
) -> None:
    _find()

    with UNKNOWN[case](), django_assert_num_queries(1):
        _find()


def test_two_databases_behind_an_alias_do_not_answer_for_one_another(
    token: Token, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    _find()
    monkeypatch.setitem(connection.settings_dict, "NAME", "another tenant's")

    with django_assert_num_queries(1):
        _find()


def test_what_is_not_remembered_is_said() -> None:
    assert not any("'default'" in said or "everywhere" in said for said in querysets.objections())

    with _patched(User, "from_db", classmethod(_from_db)):
        assert any("from_db" in said for said in querysets.objections())


def test_a_queryset_looks_and_is_pickled_like_djangos(token: Token) -> None:
    found = Token.objects.all()

    assert repr(found) == repr(QuerySet(Token))
    assert type(pickle.loads(pickle.dumps(found))) is QuerySet  # noqa: S301 - just made
    assert [*pickle.loads(pickle.dumps(found))] == [token]  # noqa: S301
