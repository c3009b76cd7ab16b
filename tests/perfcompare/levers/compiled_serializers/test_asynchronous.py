from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import adrf.fields
import adrf.serializers
import pytest
from asgiref.sync import SyncToAsync, async_to_sync, sync_to_async
from rest_framework import serializers

from tests.perfcompare.levers.compiled_serializers.conftest import compiled, outcome
from users import seeding
from users.dataset import Dataset
from users.models import Address, Post, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=4, seed=Dataset(count=4, seed=1).seed)


class _Address(adrf.serializers.ModelSerializer):  # type: ignore[misc]
    class Meta:
        model = Address
        fields = ["street", "city"]


class _User(adrf.serializers.ModelSerializer):  # type: ignore[misc]
    addresses = _Address(many=True, read_only=True)

    class Meta:
        model = User
        fields = ["id", "name", "created_at", "addresses", "metadata"]


class _WithMethod(adrf.serializers.ModelSerializer):  # type: ignore[misc]
    thread = serializers.SerializerMethodField()
    titles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "titles", "thread"]

    def get_titles(self, user: User) -> list[str]:
        return [post.title for post in user.posts.order_by("id")]

    def get_thread(self, _user: User) -> bool:
        return threading.current_thread() is threading.main_thread()


class _WithAsyncMethod(adrf.serializers.ModelSerializer):  # type: ignore[misc]
    posts = adrf.fields.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "posts"]

    async def get_posts(self, user: User) -> int:
        return await Post.objects.filter(author=user).acount()


class _Nesting(adrf.serializers.Serializer):  # type: ignore[misc]
    users = _WithAsyncMethod(many=True)
    first = _User(source="one")


class _Louder(adrf.serializers.ModelSerializer):  # type: ignore[misc]
    """Its synchronous form is not what adrf shows."""

    class Meta:
        model = User
        fields = ["name"]

    def to_representation(self, instance: User) -> Any:
        return {"name": instance.name.upper()}


class _Own(adrf.serializers.ModelSerializer):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ["name"]

    async def ato_representation(self, instance: User) -> Any:
        await asyncio.sleep(0)
        return {**await super().ato_representation(instance), "more": 1}


class _OnlyLouder(adrf.serializers.Serializer):  # type: ignore[misc]
    louder = _Louder()


class _Outer(adrf.serializers.Serializer):  # type: ignore[misc]
    louder = _Louder()
    own = _Own(many=True)


def _data(serializer: Any) -> str:
    """What comes out, in its order; adrf makes OrderedDicts, the lever plain dicts as DRF does."""

    async def read() -> str:
        return json.dumps(await serializer.adata)

    return async_to_sync(read)()


def _loaded() -> Any:
    return User.objects.select_related("profile").prefetch_related("addresses").order_by("id")


CASES: dict[str, Any] = {
    "loaded": lambda: _data(_User(_loaded(), many=True)),
    "nothing loaded": lambda: _data(_User(User.objects.order_by("id"), many=True)),
    "a list": lambda: _data(_User(list(_loaded()), many=True)),
    "one": lambda: _data(_User(_loaded()[0])),
    "one, nothing loaded": lambda: _data(_User(User.objects.order_by("id")[0])),
    "synchronous methods": lambda: _data(_WithMethod(User.objects.order_by("id"), many=True)),
    "asynchronous methods": lambda: _data(_WithAsyncMethod(User.objects.order_by("id"), many=True)),
    "nested": lambda: _data(_Nesting({"users": list(User.objects.order_by("id")), "one": _loaded()[0]})),
    "overrides": lambda: _data(_Outer({"louder": _loaded()[0], "own": list(_loaded())})),
    "an override of the synchronous form": lambda: _data(_OnlyLouder({"louder": _loaded()[0]})),
    "an override itself": lambda: _data(_Own(_loaded(), many=True)),
    "the synchronous form itself": lambda: _data(_Louder(_loaded(), many=True)),
    "a missing attribute": lambda: _data(_User(object())),
}


@pytest.mark.parametrize("case", CASES)
def test_adrf_answers_as_by_itself(case: str) -> None:
    stock = outcome(CASES[case])
    with compiled():
        assert outcome(CASES[case]) == stock
        assert outcome(CASES[case]) == stock


def test_loaded_objects_take_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    users = list(_loaded())
    hops: list[Any] = []
    original = SyncToAsync.__call__

    async def counting(self: Any, *args: Any, **kwargs: Any) -> Any:
        hops.append(self)
        return await original(self, *args, **kwargs)

    monkeypatch.setattr(SyncToAsync, "__call__", counting)
    stock = _data(_User(users, many=True))
    before = len(hops)
    assert before
    with compiled():
        assert _data(_User(users, many=True)) == stock
    assert len(hops) == before


def test_a_patch_of_the_name_that_adrf_enters_threads_by_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    users = list(_loaded())
    called: list[Any] = []

    def patched(function: Any, *args: Any, **kwargs: Any) -> Any:
        called.append(function)
        return sync_to_async(function, *args, **kwargs)

    monkeypatch.setattr(adrf.serializers, "sync_to_async", patched)
    _data(_User(users, many=True))
    stock = len(called)
    assert stock
    with compiled():
        _data(_User(users, many=True))
    assert len(called) == 2 * stock
