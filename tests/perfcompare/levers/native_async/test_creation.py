from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.db.models.signals import post_save, pre_save

from perfcompare.levers._orm.plans import plans
from perfcompare.levers.native_async import creation, errors
from perfcompare.levers.native_async.inserts import Form
from perfcompare.levers.native_async.types import UnsupportedError
from tests.perfcompare.levers.native_async.conftest import Run
from users import generation, seeding
from users.models import Post, Profile, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("native")]


@pytest.fixture
def _natively(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_args: Any, **_kwargs: Any) -> Any:
        raise AssertionError("This was left to Django.")

    monkeypatch.setattr(creation.CREATE, "inner", refused)


@pytest.mark.usefixtures("_natively")
def test_a_created_row_is_the_one_that_django_would_make(run: Run[Any]) -> None:
    user = run(User.objects.acreate(name="Ada", email="ada@created.example"))

    found = User.objects.get(id=user.id)
    assert {**vars(found), "_state": None} == {**vars(user), "_state": None}
    assert (user._state.adding, user._state.db) == (False, "default")


@pytest.mark.usefixtures("_natively")
def test_what_a_field_does_before_saving_is_asked_as_django_asks(
    run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    field = User._meta.get_field("name")
    monkeypatch.setitem(vars(field), "pre_save", lambda instance, *, add: f"{instance.name} {add}")

    monkeypatch.setattr(plans, "remember", True)
    for name in ("Ada", "Grace"):  # the statement of the first is kept for the second
        user = run(User.objects.acreate(name=name, email=f"{name}@created.example"))
        assert User.objects.get(id=user.id).name == f"{name} True"


@pytest.mark.usefixtures("_natively")
def test_signals_are_sent_before_and_after_with_what_django_gives(run: Run[Any]) -> None:
    seen: list[Any] = []

    def listen(signal: Any, instance: User, **given: Any) -> None:
        row = User.objects.filter(email=instance.email).exists()  # a receiver may ask the database
        seen.append((signal is post_save, row, {name: given[name] for name in sorted(given) if name != "sender"}))

    pre_save.connect(listen, sender=User)
    post_save.connect(listen, sender=User)
    try:
        run(User.objects.acreate(name="Ada", email="ada@created.example"))
    finally:
        pre_save.disconnect(listen, sender=User)
        post_save.disconnect(listen, sender=User)

    shared = {"raw": False, "using": "default", "update_fields": None}
    assert seen == [(False, False, shared), (True, True, {"created": True, **shared})]


@pytest.mark.usefixtures("_natively")
def test_cached_pages_are_stale_after_it(run: Run[Any]) -> None:
    cache.clear()
    before = generation.current()

    run(User.objects.acreate(name="Ada", email="ada@created.example"))

    assert generation.current() > before


def test_on_commit_opens_no_connection_to_learn_that_nothing_is_open(run: Run[Any]) -> None:
    async def create() -> Any:
        await sync_to_async(lambda: connection.close())()
        await User.objects.acreate(name="Ada", email="ada@created.example")
        return await sync_to_async(lambda: connection.connection)()

    assert run(create()) is None


@pytest.mark.usefixtures("_natively")
def test_an_address_that_is_taken_is_an_integrity_error_that_names_the_field(run: Run[Any]) -> None:
    seeding.seed(count=1, seed=1)

    with pytest.raises(IntegrityError) as native:
        run(User.objects.acreate(name="Ada", email="user1@seeded.example"))
    with pytest.raises(IntegrityError) as django:
        User.objects.create(name="Ada", email="user1@seeded.example")

    assert str(native.value) == str(django.value).strip()
    ours, theirs = native.value.__cause__, django.value.__cause__
    assert isinstance(ours, psycopg.errors.UniqueViolation)
    assert isinstance(theirs, psycopg.Error)
    for name in ("sqlstate", "constraint_name", "table_name", "schema_name", "message_primary", "message_detail"):
        assert getattr(ours.diag, name) == getattr(theirs.diag, name)


@pytest.mark.usefixtures("_natively")
@pytest.mark.parametrize(
    ("model", "values"),
    [
        (User, {"name": "a\0", "email": "a@created.example"}),
        (User, {"name": "\ud800", "email": "a@created.example"}),
        (Post, {"author_id": 1 << 90, "title": "t", "body": "b"}),
        (User, {"name": None, "email": "a@created.example"}),
    ],
)
def test_a_row_that_cannot_be_written_is_the_error_of_django(model: Any, values: Any, run: Run[Any]) -> None:
    with pytest.raises(Exception) as native:  # noqa: PT011 - it is compared
        run(model.objects.acreate(**values))
    with pytest.raises(Exception) as django:  # noqa: PT011
        model.objects.create(**values)

    for ours, theirs in ((native.value, django.value), (native.value.__context__, django.value.__context__)):
        assert type(ours) is type(theirs)
        assert str(ours).partition("DETAIL")[0].strip() == str(theirs).partition("DETAIL")[0].strip()
    assert native.value.__context__ is native.value.__cause__


@pytest.mark.usefixtures("_natively")
def test_a_row_that_cannot_be_taken_back_is_not_written_again(run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> None:
        raise UnsupportedError

    author = User.objects.create(name="Ada", email="ada@created.example")
    monkeypatch.setattr(Form, "take_back", refuse)
    with pytest.raises(UnsupportedError):
        run(Post.objects.acreate(author=author, title="t", body="b"))

    assert Post.objects.filter(author=author).count() == 1


@pytest.mark.usefixtures("_natively")
def test_an_insert_that_fails_after_its_client_left_is_told(run: Run[Any], caplog: pytest.LogCaptureFixture) -> None:
    User.objects.create(name="Ada", email="ada@created.example")

    async def left() -> None:
        view = asyncio.ensure_future(User.objects.acreate(name="Ada", email="ada@created.example"))
        async with asyncio.timeout(20):
            while not creation._unfinished:
                await asyncio.sleep(0)
        view.cancel()
        with pytest.raises(asyncio.CancelledError):
            await view
        async with asyncio.timeout(20):
            while creation._unfinished:
                await asyncio.sleep(0.01)

    run(left())

    (record,) = [record for record in caplog.records if record.name == creation.__name__]
    assert record.levelname == "WARNING"
    assert record.exc_info is not None
    assert record.exc_info[0] is IntegrityError
    assert "users_user_email" in record.getMessage()


@pytest.mark.usefixtures("_natively")
def test_json_and_foreign_keys_are_written(run: Run[Any]) -> None:
    async def create() -> Any:
        user = await User.objects.acreate(name="Ada", email="ada@created.example")
        await Post.objects.acreate(author=user, title="t", body="b")
        return await Profile.objects.acreate(user=user, metadata={"a": [1, "ü", None]})

    profile = Profile.objects.get(id=run(create()).id)
    assert profile.metadata == {"a": [1, "ü", None]}
    assert Post.objects.get(author_id=profile.user_id).title == "t"


def test_a_model_with_a_save_of_its_own_is_saved_by_it(run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[str] = []
    original = Post.save

    def save(self: Post, *args: Any, **kwargs: Any) -> None:
        saved.append(self.title)
        original(self, *args, **kwargs)

    seeding.seed(count=1, seed=1)
    monkeypatch.setattr(Post, "save", save)

    run(Post.objects.acreate(author_id=1, title="mine", body=""))

    assert saved == ["mine"]


def test_behind_an_error_of_the_servers_stands_psycopgs() -> None:
    error = asyncpg.PostgresError.new({"C": "23505", "M": "taken", "D": "here", "n": "unique_name", "t": "users"})

    with pytest.raises(IntegrityError) as raised:
        errors.raise_as_django(error)

    made, cause = raised.value, raised.value.__cause__
    assert (type(made), str(made)) == (IntegrityError, "taken\nDETAIL:  here")
    assert isinstance(cause, psycopg.errors.UniqueViolation)
    assert (cause.diag.constraint_name, cause.diag.table_name, cause.sqlstate) == ("unique_name", "users", "23505")
    assert cause.__cause__ is error
