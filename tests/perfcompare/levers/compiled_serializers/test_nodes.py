"""A serializer with a method of its own represents many objects one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework import serializers

from perfcompare.levers.compiled_serializers import nodes, specs
from tests.perfcompare.levers.compiled_serializers.conftest import compiled
from users import seeding
from users.models import Address, User

pytestmark = pytest.mark.django_db


class _Address(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = ("city", "street")


class _User(serializers.ModelSerializer[User]):
    """Chooses its fields, and adds to what DRF represents."""

    addresses = _Address(many=True)
    changes: Callable[[Any], object] = staticmethod(lambda _serializer: None)

    class Meta:
        model = User
        fields = ("id", "name", "email", "created_at", "addresses")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("email")

    def to_representation(self, instance: User) -> Any:
        shown = {**super().to_representation(instance), "more": len(self.fields)}
        if instance.pk in (3, 6):
            type(self).changes(self)
        return shown


CHANGES: dict[str, Callable[[Any], object]] = {
    "nothing": lambda one: None,
    "a field goes": lambda one: one.fields.pop("name", None),
    "a field comes": lambda one: one.fields.__setitem__("first", serializers.CharField(source="name")),
    "a field is hidden": lambda one: setattr(one.fields["name"], "write_only", True),
    "a field has another source": lambda one: setattr(one.fields["name"], "source_attrs", ["email"]),
    "a field has another format": lambda one: setattr(one.fields["created_at"], "format", "%Y"),
    "a nested field goes": lambda one: one.fields["addresses"].child.fields.pop("city", None),
    "a nested field is hidden": lambda one: setattr(one.fields["addresses"].child.fields["city"], "write_only", True),
    "the child is another one": lambda one: setattr(one.fields["addresses"], "child", _Address()),
    "all are other ones": lambda one: one.__dict__.pop("fields"),
}


@pytest.fixture(autouse=True)
def rows() -> None:
    seeding.seed(count=9, seed=1)


def _shown() -> Any:
    users = User.objects.order_by("id").prefetch_related("addresses")
    return [dict(one) for one in _User(users, many=True).data]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_between_two_objects_is_seen(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_User, "changes", staticmethod(CHANGES[change]))
    stock = _shown()
    assert (stock[0].keys() == stock[-1].keys()) or change != "nothing"
    with compiled():
        assert _shown() == stock


def test_its_fields_are_described_for_the_first_two_objects_only(monkeypatch: pytest.MonkeyPatch) -> None:
    described: list[Any] = []
    spec_of = specs.spec_of

    def counting(fields: Any, nested: Any) -> Any:
        described.append(fields)
        return spec_of(fields, nested)

    with compiled():
        _shown()  # the classes are described once
        monkeypatch.setattr(nodes, "spec_of", counting)
        _shown()
    assert 0 < len(described) <= 4
