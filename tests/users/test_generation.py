from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tests.users.factories import make_user
from users import generation
from users.models import Address, User


@pytest.fixture(autouse=True)
def _local_cache(settings: Settings, request: pytest.FixtureRequest) -> None:
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": request.node.nodeid}
    settings.CACHES = {"default": local}


@pytest.fixture
def _no_cache(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.users.broken_cache.BrokenCache"}}


def test_it_is_zero_before_the_first_write() -> None:
    assert generation.current() == 0
    assert async_to_sync(generation.acurrent)() == 0


def test_each_bump_raises_it() -> None:
    seen = []
    for _ in range(3):
        generation.bump()
        seen.append(generation.current())

    assert seen == [1, 2, 3]
    assert async_to_sync(generation.acurrent)() == 3


def test_each_asynchronous_bump_raises_it() -> None:
    seen = []
    for _ in range(3):
        async_to_sync(generation.abump)()
        seen.append(generation.current())

    assert seen == [1, 2, 3]


def test_it_is_a_plain_integer_that_never_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[tuple[str, int, float | None]] = []

    def add(_cache: LocMemCache, key: str, value: int, timeout: float | None) -> bool:
        added.append((cache.make_key(key), value, timeout))
        return True

    monkeypatch.setattr(LocMemCache, "add", add)

    generation.bump()

    assert added == [(":1:users:generation", 1, None)]


def test_a_bump_that_loses_the_race_to_be_first_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    really_add = LocMemCache.add

    def somebody_was_first(self: LocMemCache, key: str, value: int, timeout: float | None, version: Any = None) -> bool:
        really_add(self, key, 1, timeout=None)
        return really_add(self, key, value, timeout=timeout)

    monkeypatch.setattr(LocMemCache, "add", somebody_was_first)

    generation.bump()

    assert generation.current() == 2

    cache.clear()
    async_to_sync(generation.abump)()

    assert generation.current() == 2


@pytest.mark.django_db
def test_saving_and_deleting_a_user_bumps(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    seen = []
    with django_capture_on_commit_callbacks(execute=True):
        user = make_user()
    seen.append(generation.current())
    user.name = "Grace"
    with django_capture_on_commit_callbacks(execute=True):
        user.save()
    seen.append(generation.current())
    with django_capture_on_commit_callbacks(execute=True):
        user.delete()
    seen.append(generation.current())

    assert seen == [1, 2, 3]


@pytest.mark.django_db
def test_what_no_cached_page_shows_does_not_bump(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = make_user()

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        Address.objects.create(user=user, street="Main Street 1", city="London", country="United Kingdom")

    assert callbacks == []


@pytest.mark.django_db(transaction=True)
def test_it_is_raised_only_after_the_commit() -> None:
    with transaction.atomic():
        make_user()
        before = generation.current()

    assert (before, generation.current()) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_a_write_that_is_rolled_back_raises_nothing() -> None:
    with transaction.atomic():
        make_user()
        transaction.set_rollback(True)

    assert generation.current() == 0


@pytest.mark.usefixtures("_no_cache")
def test_a_cache_that_is_away_harms_no_reader() -> None:
    assert generation.current() == 0
    assert async_to_sync(generation.acurrent)() == 0


@pytest.mark.usefixtures("_no_cache")
@pytest.mark.django_db(transaction=True)
def test_a_cache_that_is_away_harms_no_writer() -> None:
    user = make_user()

    assert User.objects.filter(id=user.id).exists()


@pytest.mark.usefixtures("_no_cache")
def test_a_cache_that_is_away_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(generation._log, "warning", lambda message, error: warnings.append(message % error))

    generation.bump()
    async_to_sync(generation.abump)()
    generation.current()

    assert len(warnings) == 3
    assert all("nobody listens" in warning for warning in warnings)
