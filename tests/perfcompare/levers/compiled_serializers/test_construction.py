from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers

from perfcompare.levers.compiled_serializers import construction
from tests.perfcompare.levers.compiled_serializers.conftest import both
from users.models import User


class _Plain(serializers.Serializer[Any]):
    default_error_messages = {"own": "A message of its own."}
    name = serializers.CharField()


class _WithInit(serializers.Serializer[Any]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.before = "before"
        super().__init__(*args, **kwargs)
        self.label = "after"


class _WithProperty(serializers.Serializer[Any]):
    seen: list[Any]

    @property
    def instance(self) -> Any:
        return self.seen[-1]

    @instance.setter
    def instance(self, value: Any) -> None:
        self.__dict__.setdefault("seen", []).append(value)


class _User(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id"]


_ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"data": {"name": "x"}},
    {"instance": 5, "partial": True},
    {"context": {"a": 1}},
    {"many": False},
    {"many": True},
    {"label": "Label", "required": False},
    {"error_messages": {"invalid": "Bad."}},
]


def _state(serializer: Any) -> Any:
    hidden = {"_creation_counter", "child"}
    return type(serializer), {name: value for name, value in sorted(vars(serializer).items()) if name not in hidden}


@pytest.mark.parametrize("cls", [_Plain, _WithInit, _WithProperty, _User])
@pytest.mark.parametrize("arguments", _ARGUMENTS, ids=str)
def test_a_serializer_has_the_state_of_a_constructed_one(cls: Any, arguments: dict[str, Any]) -> None:
    def act() -> Any:
        cls()
        return _state(cls(**arguments))

    ours, stock = both(act)
    assert ours == stock


def test_bad_arguments_get_the_words_of_drf() -> None:
    ours, stock = both(lambda: _Plain(unknown=1))  # type: ignore[call-arg]
    assert ours == stock
    assert ours[0] == "TypeError"


def test_messages_and_style_are_not_shared(lever: None) -> None:
    first, second = _Plain(), _Plain()
    first.error_messages["own"] = "Changed."
    first.style["a"] = 1
    assert (second.error_messages["own"], second.style) == ("A message of its own.", {})


def test_the_second_of_a_class_is_made_without_constructing(lever: None) -> None:
    _Plain()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(construction.INIT, "inner", None)
        assert _Plain(data={"name": "x"}).is_valid()


def test_serializers_and_fields_keep_the_order_in_which_they_were_made(lever: None) -> None:
    _Plain()
    made: list[Any] = [serializers.CharField(), _Plain(), _Plain(), serializers.CharField(), _Plain()]
    counted = [one._creation_counter for one in made]
    assert counted == sorted(set(counted))


def test_a_serializer_leaves_the_class_of_fields_as_it_is(lever: None) -> None:
    field: Any = serializers.Field
    _Plain()
    before = field._creation_counter
    _Plain()
    assert field._creation_counter == before
