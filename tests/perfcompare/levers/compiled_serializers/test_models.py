from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor, ReverseOneToOneDescriptor
from django.db.models.query_utils import DeferredAttribute
from pytest_django import DjangoAssertNumQueries
from rest_framework import serializers

from tests.perfcompare.levers.compiled_serializers.conftest import both, compiled
from users import seeding
from users.dataset import Dataset
from users.models import Address, Post, Profile, User

AT = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=6, seed=Dataset(count=6, seed=1).seed)
    Profile.objects.filter(user=User.objects.first()).delete()


class _Address(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = "__all__"


class _Profile(serializers.ModelSerializer[Profile]):
    class Meta:
        model = Profile
        fields = ["bio", "metadata", "user"]


class _User(serializers.ModelSerializer[User]):
    addresses = _Address(many=True, read_only=True)
    profile = _Profile(read_only=True)
    bio = serializers.CharField(source="profile.bio", default="none")
    groups: Any = serializers.SlugRelatedField("name", many=True, read_only=True)
    titles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "name", "is_active", "created_at", "addresses", "profile", "bio", "groups", "posts", "titles"]

    def get_titles(self, user: User) -> list[str]:
        return [post.title for post in user.posts.all()]


class _Plain(serializers.ModelSerializer[User]):
    addresses = _Address(many=True, read_only=True)
    profile = _Profile(read_only=True)

    class Meta:
        model = User
        fields = ["id", "email", "addresses", "profile", "metadata"]


class _Post(serializers.ModelSerializer[Post]):
    class Meta:
        model = Post
        fields = ["id", "title", "author", "author_id", "created_at"]


class _Deep(serializers.ModelSerializer[Post]):
    class Meta:
        model = Post
        fields = "__all__"
        depth = 1


def _any(what: Any) -> Any:
    """What the stubs do not know that a serializer takes."""
    return what


CASES: dict[str, Callable[[], Any]] = {
    "everything loaded": lambda: (
        _User(
            User.objects.select_related("profile").prefetch_related("addresses", "posts", "groups").order_by("id"),
            many=True,
        ).data
    ),
    "nothing loaded": lambda: _User(User.objects.order_by("id"), many=True).data,
    "no own code, everything loaded": lambda: (
        _Plain(User.objects.select_related("profile").prefetch_related("addresses").order_by("id"), many=True).data
    ),
    "no own code, nothing loaded": lambda: _Plain(User.objects.order_by("id"), many=True).data,
    "one": lambda: _User(User.objects.first()).data,
    "deferred columns": lambda: _Plain(User.objects.only("id").order_by("id"), many=True).data,
    "rows as dicts": lambda: _Post(_any(Post.objects.order_by("id").values()), many=True).data,
    "foreign keys": lambda: _Post(Post.objects.order_by("id"), many=True).data,
    "a manager": lambda: _Post(Post.objects, many=True).data,
    "unsaved": lambda: _Plain(User(name="Ada", created_at=AT)).data,
    "unsaved, without its own": lambda: _Post(Post(title="T", created_at=AT)).data,
    "depth": lambda: _Deep(Post.objects.order_by("id"), many=True).data,
    "no rows": lambda: _User(User.objects.none(), many=True).data,
    "different classes": lambda: (
        _Post(_any([Post.objects.first(), {"id": 1, "title": "t"}, Post.objects.last()]), many=True).data
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_models_are_represented_as_with_drf(case: str) -> None:
    ours, stock = both(CASES[case])
    assert ours == stock


def test_what_is_loaded_is_not_asked_for_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    users = User.objects.select_related("profile").prefetch_related("addresses").order_by("id")
    with compiled(), django_assert_num_queries(2):
        assert len(_Plain(users, many=True).data) == 6


def test_a_prefetched_subset_is_what_is_shown(lever: None) -> None:
    from django.db.models import Prefetch

    users = User.objects.prefetch_related(Prefetch("addresses", Address.objects.none()))
    assert all(user["addresses"] == [] for user in _Plain(users, many=True).data)


@pytest.mark.parametrize(("model", "name"), [(User, "email"), (User, "profile"), (Address, "city")])
def test_an_attribute_that_a_model_gets_later_is_asked(model: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown() -> str:
        users = User.objects.order_by("id").prefetch_related("addresses").select_related("profile")
        return repr([_Plain(users, many=True).data, _Plain(users[1]).data])

    with compiled():
        before = shown()
        nothing = property(lambda _self: None, lambda _self, _value: None)
        monkeypatch.setattr(model, name, nothing)
        after = shown()
    assert before != after == shown()


@pytest.mark.parametrize("descriptor", [ForwardManyToOneDescriptor, ReverseOneToOneDescriptor, DeferredAttribute])
def test_who_listens_for_what_is_read_hears_it(monkeypatch: pytest.MonkeyPatch, descriptor: type[Any]) -> None:
    """As nplusone does."""
    seen: list[object] = []
    read: Any = descriptor.__get__

    def __get__(self: Any, instance: Any, owner: Any = None) -> Any:
        seen.append(self)
        return read(self, instance, owner)

    def found() -> list[Any]:
        monkeypatch.setattr(descriptor, "__get__", __get__)
        users = [*User.objects.select_related("profile").order_by("pk")]
        seen.clear()
        _ = _User(users, many=True).data
        found = [*seen]
        monkeypatch.setattr(descriptor, "__get__", read)
        return found

    with_drf, with_lever = both(found)
    assert len(with_lever) == len(with_drf)


def test_a_method_that_builds_fields_and_is_patched_after_a_first_use_is_called(
    lever: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not _Address().fields["city"].read_only
    build: Any = serializers.ModelSerializer.build_standard_field

    def build_standard_field(self: Any, name: str, field: Any) -> Any:
        kind, options = build(self, name, field)
        return kind, {**options, "read_only": True} if name == "city" else options

    with monkeypatch.context() as patched:
        patched.setattr(serializers.ModelSerializer, "build_standard_field", build_standard_field)
        assert _Address().fields["city"].read_only
    assert not _Address().fields["city"].read_only
