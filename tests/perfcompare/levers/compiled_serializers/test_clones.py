from __future__ import annotations

import copy
from typing import Any

import pytest
from django.utils import translation
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from perfcompare.levers.compiled_serializers import trees
from tests.perfcompare.levers.compiled_serializers.conftest import both
from users.models import Address, User


class _Own(serializers.CharField):
    made = 0

    def __init__(self, **kwargs: Any) -> None:
        type(self).made += 1
        super().__init__(**kwargs)


class _Nested(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=3)


class _Everything(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=5, trim_whitespace=False, help_text="help", label="Label")
    choice = serializers.ChoiceField(choices=[("a", "A"), ("Group", [("b", "B")])])
    tags = serializers.ListField(child=serializers.CharField(max_length=2), default=list, max_length=2)
    numbers = serializers.DictField(child=serializers.IntegerField(min_value=1), required=False)
    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), required=False)
    users = serializers.SlugRelatedField(slug_field="email", many=True, queryset=User.objects.all(), required=False)
    nested = _Nested(required=False)
    nesteds = _Nested(many=True, required=False, max_length=1)  # type: ignore[call-arg]
    shared = serializers.JSONField(default={"a": []})
    pattern = serializers.RegexField(r"^\d+$", required=False)
    own = _Own(default="x")


class _User(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name", "email", "groups"]
        extra_kwargs = {"name": {"min_length": 2}}


def _described(serializer: serializers.Serializer[Any]) -> list[Any]:
    """The fields with all of their state, without addresses in memory."""
    return [(name, type(field), _state(field)) for name, field in serializer.fields.items()]


def _state(field: Any) -> Any:
    if isinstance(field, serializers.Field):
        hidden = {"parent", "_creation_counter"}
        return {name: _state(value) for name, value in sorted(vars(field).items()) if name not in hidden}
    if isinstance(field, dict):
        return {str(name): _state(value) for name, value in field.items()}
    if isinstance(field, (list, tuple)):
        return [_state(value) for value in field]
    return (type(field).__name__, repr(field).split(" at 0x")[0])


@pytest.mark.parametrize("cls", [_Everything, _User])
def test_copied_fields_have_the_state_of_constructed_ones(cls: type[serializers.Serializer[Any]]) -> None:
    ours, stock = both(lambda: _described(cls()))
    assert ours == stock
    again, _ = both(lambda: _described(cls()))
    assert again == stock


def test_fields_know_their_serializer(lever: None) -> None:
    serializer = _Everything(context={"x": 1}, partial=True)
    other = _Everything()
    assert serializer.fields["text"] is not other.fields["text"]
    tags: Any = serializer.fields["tags"]
    nesteds: Any = serializer.fields["nesteds"]
    for field in (serializer.fields["text"], tags.child, nesteds.child, nesteds.child.fields["name"]):
        assert field.root is serializer
        assert field.context == {"x": 1}


def test_what_is_done_to_a_field_stays_there(lever: None) -> None:
    first = _Everything()
    first.fields["text"].validators.clear()
    first.fields["text"].error_messages["blank"] = "!"
    first.fields["text"].required = False
    shared: Any = first.fields["shared"]
    shared.default["a"].append(1)
    choice: Any = first.fields["choice"]
    choice.choices = ["z"]
    second = _Everything()
    assert second.fields["text"].validators
    assert second.fields["text"].error_messages["blank"] != "!"
    assert second.fields["text"].required
    assert second.fields["shared"].default == {"a": []}
    assert second.fields["choice"].choices == {"a": "A", "b": "B"}  # type: ignore[attr-defined]


def test_a_field_with_a_constructor_of_its_own_is_constructed(lever: None) -> None:
    _Everything().fields  # noqa: B018
    before = _Own.made
    assert _Everything().fields["own"].default == "x"
    assert _Own.made == before + 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": "abc", "choice": "a"},
        {"text": "abcdef", "choice": "q", "tags": ["a", "bbb"], "numbers": {"a": 0}, "nested": {"name": "long"}},
        {"text": None, "choice": "b", "nesteds": [{"name": "a"}, {}], "pattern": "x"},
        "no dict",
    ],
)
def test_validation_answers_as_with_drf(data: Any) -> None:
    def validate() -> Any:
        serializer = _Everything(data=copy.deepcopy(data))
        return serializer.is_valid(), serializer.validated_data, serializer.errors

    ours, stock = both(validate)
    assert ours == stock


@pytest.mark.django_db
def test_uniqueness_is_checked(lever: None) -> None:
    User.objects.create_user(email="a@example.org", name="Ada")
    for _ in range(2):
        serializer = _User(data={"name": "Ada", "email": "a@example.org"})
        assert any(isinstance(validator, UniqueValidator) for validator in serializer.fields["email"].validators)
        assert not serializer.is_valid()
        assert serializer.errors["email"][0].code == "unique"


def test_texts_are_in_the_current_language(lever: None) -> None:
    def message() -> str:
        [unique] = [one for one in _User().fields["email"].validators if isinstance(one, UniqueValidator)]
        return str(unique.message)

    english = message()
    with translation.override("de"):
        assert message() != english
    assert message() == english


def test_a_new_meta_counts(lever: None) -> None:
    class Short(serializers.ModelSerializer[User]):
        class Meta:
            model = User
            fields = ["id"]
            depth = 0

    assert list(Short().fields) == ["id"]
    Short.Meta.fields = ["id", "name"]
    assert list(Short().fields) == ["id", "name"]
    assert Short(User(id=1, name="Ada")).data == {"id": 1, "name": "Ada"}


def test_what_somebody_puts_into_a_class_counts(lever: None) -> None:
    class Short(serializers.ModelSerializer[User]):
        class Meta:
            model = User
            fields = ["id"]
            extra_kwargs: dict[str, dict[str, Any]] = {"id": {}}

    declared: dict[str, Any] = Short._declared_fields
    assert list(Short().fields) == ["id"]
    Short.Meta.fields.append("name")
    assert list(Short().fields) == ["id", "name"]
    Short.Meta.extra_kwargs["id"]["label"] = "Number"
    assert Short().fields["id"].label == "Number"
    Short.Meta.fields.append("mark")
    declared["mark"] = serializers.CharField(default="x")
    assert Short(User(id=1, name="Ada")).data == {"id": 1, "name": "Ada", "mark": "x"}
    declared["mark"] = serializers.CharField(default="y")
    assert Short(User(id=1, name="Ada")).data["mark"] == "y"


def test_choices_that_a_function_computes_are_computed_each_time(lever: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class City(serializers.ModelSerializer[Address]):
        class Meta:
            model = Address
            fields = ["city"]

    choices = ["Rome"]
    field: Any = Address._meta.get_field("city")
    monkeypatch.setattr(field, "choices", lambda: [(one, one) for one in choices])
    assert City().fields["city"].choices == {"Rome": "Rome"}  # type: ignore[attr-defined]
    choices.append("Oslo")
    assert "Oslo" in City().fields["city"].choices  # type: ignore[attr-defined]


def test_what_a_column_allows_may_change(lever: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class City(serializers.ModelSerializer[Address]):
        class Meta:
            model = Address
            fields = ["city"]

    def is_good(text: str) -> bool:
        return City(data={"city": text}).is_valid()

    column: Any = Address._meta.get_field("city")
    assert is_good("Rome")
    monkeypatch.setattr(column, "max_length", 3)
    assert not is_good("Rome")
    monkeypatch.setattr(column, "choices", [("Oslo", "Oslo")])
    assert is_good("Oslo")
    assert not is_good("Rome")
    monkeypatch.setattr(column, "choices", [("Rome", "Rome")])
    assert is_good("Rome")


def test_no_serializer_is_kept_alive(lever: None) -> None:
    serializer = _Everything(context={"request": object()})
    tree = trees.tree_of(serializer)
    assert tree.template is not None
    assert all(field.parent is None for field in tree.template.values())
