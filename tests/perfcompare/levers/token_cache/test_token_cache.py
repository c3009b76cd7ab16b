from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.db import models, transaction
from pytest_django import DjangoAssertNumQueries
from rest_framework.authtoken.models import Token

from perfcompare.levers.token_cache import memory, remembering
from perfcompare.levers.token_cache.install import INSTALLATION
from tests.perfcompare.levers.installed import installed
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _installed(settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    with installed(INSTALLATION):
        remembering.memory.forget()
        remembering.memory._next_poll = 0.0
        yield


@pytest.fixture
def token() -> Token:
    user = User.objects.create_user("grace@example.org", "Grace")
    return Token.objects.create(user=user, key="k" * 40)


def _find(key: str = "k" * 40) -> Token:
    return Token.objects.select_related("user").get(key=key)


def _afind(key: str = "k" * 40) -> Token:
    return async_to_sync(Token.objects.select_related("user").aget)(key=key)


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


def test_what_one_caller_does_to_a_user_no_other_sees(token: Token) -> None:
    _find()
    _find().user.name = "Somebody"

    assert _find().user.name == "Grace"


WRITES: dict[str, Any] = {
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


@pytest.mark.parametrize("delete", [lambda token: token.delete(), lambda token: User.objects.all().delete()])
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
    _write_past_the_orm()
    assert _find().user.name == "Grace"

    elsewhere.raise_generation()

    assert _find().user.name == "Elsewhere"


def _write_past_the_orm() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE users_user SET name = 'Elsewhere'")


def test_a_token_is_asked_for_again_after_its_time(token: Token, settings: Any) -> None:
    settings.PERFCOMPARE = {"token_cache": {"ttl_s": 0}}
    _find()
    _write_past_the_orm()

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


@pytest.mark.parametrize(("created", "forgotten"), [(True, False), (False, True)])
def test_what_native_async_awaits_does_what_the_receiver_does(token: Token, created: bool, forgotten: bool) -> None:
    _find()
    epoch = remembering.memory.epoch

    async_to_sync(remembering.asaved)(created=created, using="default", instance=token)

    assert (remembering.memory.epoch > epoch) is forgotten
