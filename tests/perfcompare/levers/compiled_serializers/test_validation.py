from __future__ import annotations

import decimal
import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import QueryDict
from django.utils import translation
from django.utils.functional import cached_property
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils.serializer_helpers import BindingDict

from perfcompare.contract.drf_input import IntegerField, TextField
from perfcompare.levers.compiled_serializers import validation
from tests.perfcompare.levers.compiled_serializers.conftest import both, outcome
from users.models import User

AnyField = serializers.Field[Any, Any, Any, Any]
AnySerializer = serializers.Serializer[Any]


class _Own(serializers.Field[Any, Any, Any, Any]):
    """Notes what it is asked, and refuses what DRF's fields take."""

    def to_internal_value(self, data: Any) -> Any:
        self.context["asked"].append((self.field_name, repr(data)))
        if data == "skip":
            raise serializers.SkipField
        if data == "django":
            raise DjangoValidationError("django %(x)s", params={"x": 1})
        if data == "bad":
            raise serializers.ValidationError({"inner": ["bad"]})
        return data


def _refuse_x(value: Any) -> None:
    if "x" in str(value):
        raise serializers.ValidationError("No x.")


class _Inner(AnySerializer):
    number = serializers.IntegerField(max_value=5)
    note = serializers.CharField(default="none")


_FIELDS: dict[str, Callable[..., AnyField]] = {
    "integer": serializers.IntegerField,
    "bounded": functools.partial(serializers.IntegerField, min_value=-3, max_value=99),
    "decimally_bounded": functools.partial(serializers.IntegerField, max_value=cast("int", decimal.Decimal("2.5"))),
    "strict": functools.partial(IntegerField, min_value=0, max_value=99),
    "big": getattr(serializers, "BigIntegerField", serializers.IntegerField),  # since DRF 3.17
    "float": functools.partial(serializers.FloatField, max_value=3),
    "decimal": functools.partial(serializers.DecimalField, max_digits=4, decimal_places=1),
    "boolean": serializers.BooleanField,
    "text": functools.partial(serializers.CharField, min_length=2, max_length=4),
    "untrimmed": functools.partial(serializers.CharField, trim_whitespace=False, max_length=4),
    "blank": functools.partial(serializers.CharField, allow_blank=True),
    "strict_text": functools.partial(TextField, max_length=3),
    "validated": functools.partial(serializers.CharField, validators=[_refuse_x]),
    "email": serializers.EmailField,
    "slug": serializers.SlugField,
    "uuid": serializers.UUIDField,
    "choice": functools.partial(serializers.ChoiceField, choices=["a", "1"]),
    "own": _Own,
    "own_validated": functools.partial(_Own, validators=[_refuse_x]),
    "json": serializers.JSONField,
    "nested": _Inner,
    "nesteds": functools.partial(_Inner, many=True),
}
_OPTIONS: list[dict[str, Any]] = [
    {},
    {"required": False},
    {"default": "dflt"},
    {"default": dict},
    {"default": lambda: 7},
    {"default": {"a": []}},
    {"default": serializers.CreateOnlyDefault(3)},
    {"allow_null": True},
    {"source": "other"},
    {"source": "one.two"},
    {"read_only": True, "default": 3},
    {"write_only": True},
]
_TEXTS = ["", " ", " a ", "ab", "x", "12", "-7", "1.0", "1_0", "٣", "9" * 25, "a\0", "\ud800", "ü", "true", "skip"]
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 120) | st.floats() | st.sampled_from([*_TEXTS, "django", "bad"])
    | st.just(10**30) | st.text(max_size=3) | st.builds(object) | st.just(empty),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["number", "note"]), inner),
    max_leaves=4,
)  # fmt: skip


@st.composite
def _field(draw: st.DrawFn) -> Callable[[], AnyField]:
    make = _FIELDS[draw(st.sampled_from(sorted(_FIELDS)))]
    options = draw(st.sampled_from(_OPTIONS))
    if draw(st.booleans()):
        return lambda: make(**options)
    sizes: dict[str, Any] = draw(st.sampled_from([{}, {"max_length": 2}, {"min_length": 1}, {"allow_empty": False}]))
    child = serializers.ListField if draw(st.integers(0, 9)) == 0 else make
    return lambda: serializers.ListField(child=child(), **sizes, **options)


_ROWS = st.dictionaries(st.sampled_from("abc"), _VALUES)


class _Validates(AnySerializer):
    def validate_b(self, value: Any) -> Any:
        if value == 12:
            raise serializers.ValidationError("Not 12.")
        if value == "ab":
            self.fields["c"].required = False
            self.fields["c"].allow_null = True
        return (value, "seen")


@st.composite
def _class(draw: st.DrawFn) -> type[AnySerializer]:
    base = draw(st.sampled_from([serializers.Serializer, _Validates]))
    makers = draw(st.lists(_field(), min_size=1, max_size=3))
    return type("_Drawn", (base,), {name: make() for name, make in zip("abc", makers, strict=False)})


def _result(cls: type[AnySerializer], data: Any, **options: Any) -> Any:
    context: dict[str, Any] = {"asked": []}
    serializer = cls(data=data, context=context, **options)
    valid = serializer.is_valid()
    return valid, serializer.validated_data, serializer.errors, context


@examples(max_examples=700, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(cls=_class(), data=_ROWS, partial=st.booleans(), form=st.integers(0, 9))
def test_input_is_taken_and_refused_as_drf_does(
    cls: type[AnySerializer], data: dict[str, Any], partial: bool, form: int
) -> None:
    given_data: Any = OrderedDict(data) if form == 0 else list(data) if form == 1 else data
    ours, stock = both(lambda: _result(cls, given_data, partial=partial))
    assert ours == stock


@examples(max_examples=200, deadline=None)
@given(cls=_class(), rows=st.lists(_ROWS, max_size=4))
def test_many_objects_are_taken_and_refused_as_drf_does(cls: type[AnySerializer], rows: list[dict[str, Any]]) -> None:
    ours, stock = both(lambda: _result(cls, rows, many=True))
    assert ours == stock


_EDGES: list[Any] = [
    *_TEXTS,
    *("99", "100", "-3", "-4", "a b", "abc", "abcd", "abcde", "abcdef", "0", "00", "+1", "9" * 18, "9" * 19),
    *(0, -1, -3, -4, 2, 3, 4, 5, 6, 99, 100, 10**18, -(10**18), 2.5, 3.0, 3.5, float("nan"), float("inf"), 1.0),
    *(True, False, None, [], [1], {}, {"number": 5}, {"number": 6}, {"number": 1, "note": "n"}, empty),
]


@pytest.mark.parametrize("name", _FIELDS)
def test_the_edges_of_each_field_are_where_drf_has_them(name: str) -> None:
    lists: dict[str, Any] = {"max_length": 2, "min_length": 1}
    fields: dict[str, Any] = {
        "one": _FIELDS[name](default=None),
        "items": serializers.ListField(child=_FIELDS[name](), **lists),
    }
    cls: type[AnySerializer] = type("_Edges", (serializers.Serializer,), fields)
    rows: list[Any] = [{"one": edge, "items": [edge]} for edge in _EDGES]
    rows += [{"items": items} for items in ([], [1, 1], [1, 1, 1], ("1",), "1", ["1", "x"])]

    ours, stock = both(lambda: [(row, outcome(functools.partial(_result, cls, row))) for row in rows])

    assert ours == stock
    assert ours[0] == "value"


class _Query(AnySerializer):
    skip = IntegerField(min_value=0, default=0)
    tags = serializers.ListField(child=TextField(max_length=3), default=list)
    own = _Own(default=None)


def test_plain_input_needs_no_fields_but_those_with_code_of_their_own(lever: None) -> None:
    serializer = _Query(data={"skip": "5", "tags": ["a", "b"]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation.ACCEPT, "inner", None)
        assert serializer.is_valid()
    assert serializer.validated_data == {"skip": 5, "tags": ["a", "b"], "own": None}
    assert "fields" not in vars(serializer)


def test_bad_input_gets_the_words_of_drf(lever: None) -> None:
    serializer = _Query(data={"skip": "1.5", "tags": ["a", "long", ""]})
    assert not serializer.is_valid()
    assert {name: str(errors) for name, errors in serializer.errors.items()} == {
        "skip": "[ErrorDetail(string='A valid integer is required.', code='invalid')]",
        "tags": (
            "{1: [ErrorDetail(string='Ensure this field has no more than 3 characters.', code='max_length')], "
            "2: [ErrorDetail(string='This field may not be blank.', code='blank')]}"
        ),
    }


def test_a_field_that_has_validated_is_the_one_that_the_serializer_shows(lever: None) -> None:
    seen: list[Any] = []

    class Noting(serializers.Field[Any, Any, Any, Any]):
        def to_internal_value(self, data: Any) -> Any:
            seen.append(self)
            return data

    cls: type[AnySerializer] = type("Shown", (serializers.Serializer,), {"plain": IntegerField(), "noting": Noting()})
    serializer = cls(data={"plain": 1, "noting": 2})
    assert serializer.is_valid()
    assert list(serializer.fields) == ["plain", "noting"]
    assert [serializer.fields["noting"]] == seen
    assert seen[0].parent is serializer


def test_default_lists_are_not_shared(lever: None) -> None:
    first, second = _Query(data={}), _Query(data={})
    assert first.is_valid()
    assert second.is_valid()
    first.validated_data["tags"].append("a")
    assert second.validated_data["tags"] == []


def test_fields_changed_before_validation_count() -> None:
    def act() -> Any:
        serializer = _Query(data={"skip": "5"})
        serializer.fields.pop("tags")
        serializer.fields["skip"].validators.append(_refuse_x)
        return serializer.is_valid(), serializer.validated_data

    ours, stock = both(act)
    assert ours == stock


class _Chosen(_Query):
    """Takes what the context asks for."""

    @cached_property
    def fields(self) -> BindingDict:
        fields = super().fields
        fields.pop(self.context["without"])
        return fields


@pytest.mark.parametrize("without", ["tags", "skip"])
def test_a_class_that_chooses_its_fields_takes_those(without: str) -> None:
    def act() -> Any:
        serializer = _Chosen(data={"skip": "5", "tags": ["a"]}, context={"without": without})
        return serializer.is_valid(), serializer.validated_data

    ours, stock = both(act)
    assert ours == stock


def test_form_data_is_left_to_drf() -> None:
    ours, stock = both(lambda: _result(_Query, QueryDict("skip=1&tags=a&tags=b")))
    assert ours == stock


class _Named(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["name"]
        extra_kwargs = {"name": {"max_length": 3}}


def test_errors_are_in_the_language_of_the_request() -> None:
    def act() -> Any:
        with translation.override("de"):
            german = _result(_Named, {"name": "four"})
        return german, _result(_Named, {"name": "four"})

    ours, stock = both(act)
    assert ours == stock
    assert "Zeichen" in ours[1]
