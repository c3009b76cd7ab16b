"""The child of a list serializer that does not know its list until somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework import serializers

from tests.perfcompare.levers.compiled_serializers.conftest import compiled


class _Plain(serializers.Serializer[Any]):
    name = serializers.CharField()


class _Own(serializers.Serializer[Any]):
    place = serializers.SerializerMethodField()

    def get_place(self, _instance: Any) -> str:
        return f"{type(self.parent).__name__} in {self.context['where']}"


class _Choosing(serializers.Serializer[Any]):
    def get_fields(self) -> Any:
        assert self.parent is self.root
        return {self.context["where"]: serializers.CharField(source="name")}


class _WithChild(serializers.ListSerializer[Any]):
    child = _Plain()


class _Told(_Plain):
    told: Any = None

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.told = parent


PEOPLE = [{"name": "Ada"}, {"name": "Bo"}]


@pytest.mark.parametrize("cls", [_Plain, _Own, _Choosing, _Told])
def test_a_list_is_represented_as_without_the_lever(cls: Callable[..., Any]) -> None:
    def shown() -> Any:
        return cls(PEOPLE, many=True, context={"where": "here"}).data

    expected = shown()
    with compiled():
        assert shown() == expected


@pytest.mark.parametrize("cls", [_Plain, _Own, _Choosing, _Told])
def test_whoever_asks_for_the_child_gets_it_with_its_list(cls: Callable[..., Any]) -> None:
    with compiled():
        many = cls(PEOPLE, many=True, context={"where": "here"})
        assert many.data
        child = many.child

        assert child.parent is many
        assert child.root is many
        assert many.child is child
        assert child.context == {"where": "here"}


def test_a_list_class_with_a_child_of_its_own_keeps_it() -> None:
    with compiled():
        many = _WithChild(PEOPLE)

        assert many.data == PEOPLE
        assert many.child.parent is many
        assert type(many.child) is _Plain


def test_a_list_class_has_no_child_and_none_in_use_before() -> None:
    with compiled():
        assert serializers.ListSerializer.child is None
        with pytest.raises(AssertionError, match="`child` is a required argument"):
            serializers.ListSerializer()


def test_a_list_that_validates_has_its_child_at_once() -> None:
    with compiled():
        many = _Plain(PEOPLE, data=[{"name": ""}], many=True)

        assert vars(many)["child"].parent is many
        assert not many.is_valid()


def test_a_list_is_gone_when_nobody_has_it(cyclic_garbage: Callable[[Callable[[], Any]], int]) -> None:
    def show() -> None:
        assert _Plain(PEOPLE, many=True).data

    assert cyclic_garbage(show) > 0
    with compiled():
        assert cyclic_garbage(show) == 0
