"""Prefetched rows that are represented without instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework import serializers

from tests.perfcompare.levers.compiled_queries.conftest import applied
from tests.perfcompare.levers.compiled_serializers.conftest import compiled
from users import seeding
from users.models import Address, Post, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=5, seed=1)


class _Plain(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = ["street", "id", "city", "country"]


class _Whole(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = "__all__"


class _Unusual(serializers.ModelSerializer[Address]):
    id = serializers.CharField()

    class Meta:
        model = Address
        fields = ["id", "city"]


class _Own(serializers.ModelSerializer[Address]):
    where = serializers.SerializerMethodField()

    class Meta:
        model = Address
        fields = ["city", "where"]

    def get_where(self, address: Address) -> str:
        return f"{address.city}, {address.user.name}"


class _Timed(serializers.ModelSerializer[Post]):
    class Meta:
        model = Post
        fields = ["title", "created_at"]


def of_users(child: Callable[..., Any], name: str = "addresses") -> Any:
    fields: dict[str, Any] = {name: child(many=True), "name": serializers.CharField()}
    users = User.objects.prefetch_related(name).order_by("id")
    return type("Users", (serializers.Serializer,), fields)(users, many=True).data


@pytest.mark.parametrize(
    ("child", "name", "takes_instances"),
    [
        (_Plain, "addresses", False),
        (_Whole, "addresses", True),
        (_Unusual, "addresses", True),
        (_Own, "addresses", True),
        (_Timed, "posts", True),
    ],
)
def test_rows_are_represented_as_instances_are(
    child: Callable[..., Any], name: str, takes_instances: bool, made: list[int]
) -> None:
    expected = repr(of_users(child, name))

    with applied(), compiled():
        assert repr(of_users(child, name)) == expected

    assert bool(made) is takes_instances


def test_a_parent_whose_children_somebody_wanted_is_represented_with_them(made: list[int]) -> None:
    with applied(), compiled():
        users = list(User.objects.prefetch_related("addresses").order_by("id"))
        for address in users[0].addresses.all():
            address.city = "elsewhere"
        fields: dict[str, Any] = {"addresses": _Plain(many=True)}
        shown = type("Users", (serializers.Serializer,), fields)(users, many=True).data

    assert {address["city"] for address in shown[0]["addresses"]} == {"elsewhere"}
    assert {address["city"] for address in shown[1]["addresses"]} != {"elsewhere"}
    assert len(made) == 1
