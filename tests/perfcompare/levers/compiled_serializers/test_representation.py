from __future__ import annotations

import datetime
import decimal
import functools
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ObjectDoesNotExist
from django.core.validators import BaseValidator, MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.safestring import mark_safe
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rest_framework import fields as drf_fields
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict

from perfcompare.levers.compiled_serializers import premises, trees
from tests.perfcompare.levers.compiled_serializers.conftest import both, compiled
from users.models import User

UTC = datetime.UTC
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


class Thing:
    """An object whose attributes are those it is given."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def __repr__(self) -> str:
        return f"Thing({self.__dict__})"


class Absent(ObjectDoesNotExist):
    pass


class Tricky:
    """An object whose attributes do all that DRF has a rule for."""

    number = True
    text = mark_safe("<b>")
    constant = 5

    @property
    def gone(self) -> str:
        raise Absent

    @property
    def broken(self) -> str:
        raise AttributeError("inside")

    @property
    def failing(self) -> str:
        raise ValueError("a bug")

    def method(self) -> int:
        return 7

    def broken_method(self) -> int:
        raise AttributeError("inside a method")

    def with_argument(self, _argument: int) -> int:
        return 1

    partial = functools.partial(int, "11")
    builtin = datetime.date.today
    items = property(lambda _self: (Thing(name=name) for name in "ab"))


_BIG: Any = getattr(serializers, "BigIntegerField", None)  # since DRF 3.17
# For each kind of field: how it is made, and values that it may meet, unusual ones too.
_FIELDS: dict[str, tuple[Callable[..., serializers.Field[Any, Any, Any, Any]], st.SearchStrategy[Any]]] = {
    "integer": (serializers.IntegerField, st.integers() | st.booleans() | st.just("12") | st.just("x") | st.floats()),
    "text": (
        serializers.CharField,
        st.text() | st.integers() | st.binary(max_size=3) | st.builds(mark_safe, st.text()),
    ),
    "email": (serializers.EmailField, st.emails()),
    "boolean": (serializers.BooleanField, st.booleans() | st.sampled_from(["on", "No", "null", "", 0, 1, 2, []])),
    "float": (serializers.FloatField, st.floats() | st.integers() | st.just("1.5")),
    "decimal": (
        functools.partial(serializers.DecimalField, max_digits=8, decimal_places=2),
        st.decimals(allow_nan=True) | st.integers() | st.just(" 1.5 ") | st.floats(),
    ),
    "decimal_as_number": (
        functools.partial(serializers.DecimalField, max_digits=8, decimal_places=2, coerce_to_string=False),
        st.decimals(-9999, 9999),
    ),
    "date_time": (
        serializers.DateTimeField,
        st.datetimes() | st.datetimes(timezones=st.sampled_from([UTC, PARIS])) | st.just("") | st.just("2026"),
    ),
    "date_time_in_paris": (
        functools.partial(serializers.DateTimeField, default_timezone=PARIS),
        st.datetimes(timezones=st.sampled_from([UTC, PARIS])) | st.datetimes(),
    ),
    "date_time_formatted": (
        functools.partial(serializers.DateTimeField, format="%Y"),
        st.datetimes(datetime.datetime(1000, 1, 1), timezones=st.just(UTC)),
    ),
    "date_time_raw": (functools.partial(serializers.DateTimeField, format=None), st.datetimes()),
    "date": (serializers.DateField, st.dates() | st.datetimes() | st.just("x")),
    "time": (serializers.TimeField, st.times()),
    "duration": (serializers.DurationField, st.timedeltas()),
    "uuid": (serializers.UUIDField, st.uuids() | st.text(max_size=2)),
    "uuid_as_hex": (functools.partial(serializers.UUIDField, format="hex"), st.uuids()),
    "json": (serializers.JSONField, st.dictionaries(st.text(max_size=2), st.integers(), max_size=2) | st.just([1])),
    "json_binary": (functools.partial(serializers.JSONField, binary=True), st.lists(st.integers(), max_size=2)),
    "anything": (serializers.ReadOnlyField, st.integers() | st.text() | st.builds(Thing) | st.sets(st.integers())),
    "choice": (functools.partial(serializers.ChoiceField, choices=["a", "b"]), st.sampled_from(["a", "b", "c", ""])),
    "list": (
        lambda **options: serializers.ListField(child=serializers.IntegerField(), **options),
        st.lists(st.integers() | st.none(), max_size=3),
    ),
    "dict": (serializers.DictField, st.dictionaries(st.integers(), st.integers(), max_size=2)),
    "slug": (
        functools.partial(serializers.SlugRelatedField, slug_field="name", read_only=True),
        st.builds(Thing, name=st.text(max_size=2)),
    ),
    "string": (serializers.StringRelatedField, st.builds(Thing, name=st.just("x"))),
    "key": (
        functools.partial(serializers.PrimaryKeyRelatedField, read_only=True),
        st.builds(Thing, pk=st.integers() | st.none()),
    ),
    "keys": (
        functools.partial(serializers.PrimaryKeyRelatedField, many=True, read_only=True),
        st.lists(st.builds(Thing, pk=st.integers()), max_size=2),
    ),
}
if _BIG:
    _FIELDS["big"] = (_BIG, st.integers() | st.just("12"))
    _FIELDS["big_text"] = (functools.partial(_BIG, coerce_to_string=True), st.integers() | st.text())
_OPTIONS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {"required": False}, {"allow_null": True}, {"default": 3}, {"write_only": True}, {"read_only": True}]
)


@st.composite
def _fields_and_values(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Declared fields by name, and a value for most of them."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(sorted(_FIELDS)), min_size=1, max_size=6, unique=True)):
        make, strategy = _FIELDS[name]
        options: dict[str, Any] = dict(draw(_OPTIONS))
        arguments = getattr(make, "keywords", {})
        if "read_only" in arguments or make in (serializers.ReadOnlyField, serializers.StringRelatedField):
            options = {}
        source = draw(st.sampled_from([None, "other", "inner.deep"]))
        if source:
            options["source"] = source
        fields[name] = make(**options)
        value = draw(st.none() | strategy)
        if draw(st.integers(0, 7)):
            if source == "inner.deep":
                values["inner"] = draw(st.sampled_from([Thing(deep=value), {"deep": value}, None]))
            else:
                values[source or name] = value
    return fields, values


@st.composite
def _serializers(draw: st.DrawFn) -> tuple[type[serializers.Serializer[Any]], Any]:
    """A class, with nested ones and methods, and an object or a mapping for it."""
    fields, values = draw(_fields_and_values())
    inner_fields, inner_values = draw(_fields_and_values())
    inner = type("Inner", (serializers.Serializer,), inner_fields)
    nesting = draw(st.sampled_from(["none", "one", "many", "method"]))
    if nesting == "one":
        fields["nested"] = inner()
        values["nested"] = draw(st.sampled_from([Thing(**inner_values), inner_values, None]))
    if nesting == "many":
        fields["nested"] = inner(many=True)
        values["nested"] = [Thing(**inner_values), inner_values]
    if nesting == "method":
        fields["shown"] = serializers.SerializerMethodField()
        fields["get_shown"] = lambda self, thing: [type(thing).__name__, type(self).__name__]
    cls = type("Outer", (serializers.Serializer,), fields)
    return cls, draw(st.sampled_from([Thing(**values), values]))


@examples(max_examples=150, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(_serializers())
def test_any_serializer_represents_as_with_drf(case: tuple[type[serializers.Serializer[Any]], Any]) -> None:
    cls, thing = case
    ours, stock = both(lambda: cls(thing).data)
    assert ours == stock
    ours, stock = both(lambda: cls([thing, thing], many=True).data)
    assert ours == stock


def _tricky(**fields: Any) -> type[serializers.Serializer[Any]]:
    return type("TrickySerializer", (serializers.Serializer,), fields)


CASES: dict[str, tuple[type[serializers.Serializer[Any]], Any]] = {
    "subclasses of the usual types": (
        _tricky(number=serializers.IntegerField(), text=serializers.CharField()),
        Tricky(),
    ),
    "a missing related object": (_tricky(gone=serializers.CharField()), Tricky()),
    "a property that fails with AttributeError": (_tricky(broken=serializers.CharField()), Tricky()),
    "the same when it is not required": (_tricky(broken=serializers.CharField(required=False)), Tricky()),
    "a property with a bug": (_tricky(failing=serializers.CharField()), Tricky()),
    "a method as a source": (_tricky(method=serializers.IntegerField()), Tricky()),
    "a method with a bug": (_tricky(broken_method=serializers.IntegerField()), Tricky()),
    "a method with an argument": (_tricky(with_argument=serializers.ReadOnlyField()), Tricky()),
    "a partial function": (_tricky(partial=serializers.IntegerField()), Tricky()),
    "a built-in function": (_tricky(builtin=serializers.DateField()), Tricky()),
    "a built-in function on the way": (_tricky(x=serializers.CharField(source="builtin.year")), Tricky()),
    "a name that is no identifier": (
        _tricky(**{"x-y": serializers.IntegerField(), "class": serializers.CharField()}),
        {"x-y": 1, "class": "c"},
    ),
    "a lazy object": (_tricky(constant=serializers.IntegerField()), SimpleLazyObject(Tricky)),
    "None among the objects": (_tricky(constant=serializers.IntegerField(required=False)), None),
    "a generator of nested objects": (
        _tricky(items=_tricky(name=serializers.CharField())(many=True)),
        Tricky(),
    ),
    "the object itself": (
        _tricky(itself=_tricky(constant=serializers.IntegerField())(source="*")),
        Tricky(),
    ),
    "a method field without its method": (_tricky(x=serializers.SerializerMethodField()), Tricky()),
    "a default that is a function": (
        _tricky(absent=serializers.CharField(default=lambda: "made")),
        Tricky(),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_tricky_object_is_represented_as_with_drf(case: str) -> None:
    cls, thing = CASES[case]
    for act in (lambda: cls(thing).data, lambda: cls([thing, Thing(constant=1), thing], many=True).data):
        ours, stock = both(act)
        assert ours == stock


class _Shouting(serializers.CharField):
    def to_representation(self, value: Any) -> str:
        return f"{value}!{self.context.get('mark', '')}"


class _Fetching(serializers.CharField):
    def get_attribute(self, instance: Any) -> Any:
        if instance.constant == 5:
            raise serializers.SkipField
        return f"fetched {instance.constant}"


class _Changed(serializers.Serializer[Any]):
    constant = serializers.IntegerField()
    method = serializers.IntegerField()

    def __init__(self, *args: Any, only: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only:
            self.fields = {only: self.fields[only]}  # type: ignore[assignment]


class _Linked(serializers.HyperlinkedIdentityField):
    def get_url(self, obj: Any, view_name: str, request: Any, format: Any) -> str | None:
        return f"/{view_name}/{obj.constant}" if obj.constant else None


class _LinkedByKey(_Linked):
    """Has the key of its object alone, where that is constant 1."""

    def use_pk_only_optimization(self) -> bool:
        return bool(self.view_name)


class _Extended(serializers.Serializer[Any]):
    constant = serializers.IntegerField()

    def to_representation(self, instance: Any) -> Any:
        return {**super().to_representation(instance), "more": type(instance).__name__}


class _Computed(serializers.Serializer[Any]):
    constant = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **self.context}


class _Reversed(serializers.ListSerializer[Any]):
    def to_representation(self, data: Any) -> Any:
        return super().to_representation(list(data)[::-1])


class _Listed(serializers.Serializer[Any]):
    constant = serializers.IntegerField()

    class Meta:
        list_serializer_class = _Reversed


class _Switched(serializers.Serializer[Any]):
    first = serializers.IntegerField()
    second = serializers.IntegerField()

    @property
    def _readable_fields(self) -> Iterator[Any]:  # type: ignore[override]
        yield self.fields["second"]


class _Chosen(serializers.Serializer[Any]):
    """Shows those of its fields that the context, or its parent, asks for, as NetBox's serializers do."""

    constant = serializers.IntegerField()
    text = serializers.CharField()

    def __init__(self, *args: Any, only: str = "", **kwargs: Any) -> None:
        self.only = only
        super().__init__(*args, **kwargs)

    @cached_property
    def fields(self) -> BindingDict:
        fields = super().fields
        for name in {*fields} - {self.only or self.context.get("only", "text")}:
            fields.pop(name)
        return fields


class _Anew(serializers.Serializer[Any]):
    """Has other fields whenever somebody asks."""

    constant = serializers.IntegerField()
    text = serializers.CharField()
    asked = 0

    @property
    def fields(self) -> BindingDict:
        self.asked += 1
        fields = BindingDict(self)
        fields.fields = {name: one for name, one in super().fields.items() if (name == "text") == bool(self.asked % 2)}
        return fields


def _chosen(cls: type[Any], **options: Any) -> list[Any]:
    """What a class shows that decides about its fields by itself: alone, and within another one."""
    outer = _tricky(x=cls(source="a", **options), y=cls(source="b", many=True, **options))
    things = [
        Thing(a=Tricky(), b=[Tricky(), Tricky()]),
        Thing(a=None, b=[]),
        Thing(a=Thing(constant=2, text=3), b=None),
    ]
    contexts: list[dict[str, Any]] = [{}, {"only": "constant"}, {"only": ""}]
    return [
        [cls([Tricky()], many=True, context=context).data, outer(things, many=True, context=context).data]
        for context in contexts
    ]


OVERRIDES: dict[str, Callable[[], Any]] = {
    "a field's to_representation": lambda: (
        _tricky(x=_Shouting(source="constant"))([Tricky()], many=True, context={"mark": "?"}).data
    ),
    "a field's get_attribute": lambda: (
        _tricky(x=_Fetching(), constant=serializers.IntegerField())([Tricky(), Thing(constant=1)], many=True).data
    ),
    "a hyperlink": lambda: [
        _tricky(x=cls(view_name=view))(
            [Tricky(), Thing(constant=0)], many=True, context={"request": HttpRequest()}
        ).data
        for cls in (_Linked, _LinkedByKey)
        for view in ("things", "")
    ],
    "fields chosen when it is made": lambda: [
        _Changed([Tricky()], many=True, only=only).data for only in ("constant", "method", "")
    ],
    "the serializer's to_representation": lambda: _Extended([Tricky(), Thing(constant=1)], many=True).data,
    "the same, nested": lambda: (
        _tricky(x=_Extended(source="*"), y=_Extended(many=True))(Thing(constant=1, y=[Tricky()])).data
    ),
    "get_fields": lambda: [
        _Computed(Tricky(), context=context).data for context in ({}, {"number": serializers.IntegerField()})
    ],
    "fields": lambda: _chosen(_Chosen),
    "fields that a parent chooses": lambda: _chosen(_Chosen, only="constant"),
    "fields that are others each time": lambda: _chosen(_Anew),
    "get_fields, nested": lambda: _chosen(_Computed),
    "the list's to_representation": lambda: _Listed([Thing(constant=1), Thing(constant=2)], many=True).data,
    "the same, nested again": lambda: (
        _tricky(y=_Listed(many=True))(Thing(y=[Thing(constant=1), Thing(constant=2)])).data
    ),
    "the readable fields": lambda: _Switched([Thing(first=1, second=2)], many=True).data,
    "a method on the instance": lambda: _patched().data,
}


def _patched() -> serializers.Serializer[Any]:
    serializer = _tricky(constant=serializers.IntegerField())([Tricky()], many=True)
    serializer.child.to_representation = lambda _instance: "patched"  # type: ignore[attr-defined]
    return serializer


@pytest.mark.parametrize("case", OVERRIDES)
def test_an_override_counts_as_with_drf(case: str) -> None:
    ours, stock = both(OVERRIDES[case])
    assert ours == stock


def test_a_field_that_is_removed_later_is_gone(lever: None) -> None:
    serializer = _Changed(Tricky())
    assert serializer.to_representation(Tricky()) == {"constant": 5, "method": 7}
    serializer.fields.pop("method")
    assert serializer.to_representation(Tricky()) == {"constant": 5}
    serializer.fields["constant"].write_only = True
    assert serializer.to_representation(Tricky()) == {}
    assert _Changed(Tricky()).data == {"constant": 5, "method": 7}


def test_the_current_timezone_counts(lever: None) -> None:
    cls = _tricky(at=serializers.DateTimeField())
    at = datetime.datetime(2026, 7, 1, tzinfo=UTC)
    assert cls({"at": at}).data == {"at": "2026-07-01T00:00:00Z"}
    with timezone.override(PARIS):
        assert cls({"at": at}).data == {"at": "2026-07-01T02:00:00+02:00"}


def test_settings_count_when_they_change(lever: None, settings: LazySettings) -> None:
    cls = _tricky(at=serializers.DateTimeField(), price=serializers.DecimalField(6, 2))
    thing = {"at": datetime.datetime(2026, 7, 1, tzinfo=UTC), "price": decimal.Decimal(1)}
    assert cls(thing).data == {"at": "2026-07-01T00:00:00Z", "price": "1.00"}
    settings.REST_FRAMEWORK = {"DATETIME_FORMAT": "%Y", "COERCE_DECIMAL_TO_STRING": False}
    assert cls(thing).data == {"at": "2026", "price": decimal.Decimal("1.00")}
    settings.USE_TZ = False
    settings.REST_FRAMEWORK = {}
    assert cls(thing).data["at"] == "2026-07-01T00:00:00"


def test_the_return_value_knows_its_serializer(lever: None) -> None:
    one, many = _Changed(Tricky()), _Changed([Tricky()], many=True)
    assert one.data.serializer is one
    assert many.data.serializer is many


def test_reading_builds_no_fields(lever: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cls = _tricky(constant=serializers.IntegerField(), text=serializers.CharField())
    assert cls([Thing(constant=5, text="t")], many=True).data
    monkeypatch.setattr(trees, "fields_of", lambda *_args: pytest.fail("fields were made"))
    assert vars(cls)["_compiled_serializers"]
    serializer = cls(instance=Thing(constant=5, text="t"))
    assert serializer.data == {"constant": 5, "text": "t"}
    assert "fields" not in vars(serializer)


def test_fields_to_choose_from_are_copied(lever: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _Chosen(Tricky()).data == {"text": "<b>"}
    one, other = (_Chosen(Tricky(), context={"only": "constant"}) for _ in range(2))
    assert one.data == other.data == {"constant": 5}
    assert one.fields["constant"] is not other.fields["constant"]
    monkeypatch.setattr(_Chosen, "_declared_fields", {})
    assert _Chosen(Tricky()).data == {}


def _around(function: Any) -> Any:
    """Stands for what a project or an APM puts around a method of DRF."""

    @functools.wraps(function)
    def patched(*args: Any, **kwargs: Any) -> Any:
        PATCHED.append(function.__qualname__)
        return function(*args, **kwargs)

    return patched


PATCHED: list[str] = []


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        *((cls, "to_representation") for cls in (serializers.IntegerField, serializers.CharField)),
        *((serializers.Field, name) for name in ("get_attribute", "bind")),
        *((serializers.Serializer, name) for name in ("get_fields", "_readable_fields")),
        *((drf_fields, name) for name in ("get_attribute", "is_simple_callable")),
    ],
    ids=str,
)
def test_a_patch_of_drf_is_called_whenever_it_comes(
    lever: None, owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cls = _tricky(constant=serializers.IntegerField(), text=serializers.CharField())
    thing = Thing(constant=5, text="t")
    expected = cls(instance=thing).data
    found = vars(owner)[name]
    PATCHED.clear()

    monkeypatch.setattr(owner, name, property(_around(found.fget)) if isinstance(found, property) else _around(found))
    assert cls(instance=thing).data == expected
    assert PATCHED
    assert [*premises.METHODS.objections()]

    monkeypatch.undo()
    PATCHED.clear()
    assert cls(instance=thing).data == expected
    assert not PATCHED
    assert [*premises.METHODS.objections()] == []


@pytest.mark.parametrize("name", ["to_internal_value", "run_validation"])
def test_a_patch_of_drf_is_called_for_input_whenever_it_comes(
    lever: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cls = _tricky(constant=serializers.CharField())
    assert cls(data={"constant": "a"}).is_valid()
    PATCHED.clear()

    monkeypatch.setattr(serializers.CharField, name, _around(vars(serializers.CharField)[name]))

    assert cls(data={"constant": "a"}).is_valid()
    assert PATCHED


@pytest.mark.parametrize(
    "name", ["build_field", "build_standard_field", "get_extra_kwargs", "set_value", "_read_only_defaults"]
)
def test_a_method_that_a_serializer_class_gets_later_is_called(
    lever: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Named(serializers.ModelSerializer[User]):
        class Meta:
            model = User
            fields = ("name",)

    assert Named(data={"name": "Ada"}).is_valid()
    PATCHED.clear()

    monkeypatch.setattr(Named, name, _around(getattr(Named, name)), raising=False)

    assert Named(data={"name": "Ada"}).is_valid()
    assert PATCHED
    monkeypatch.undo()
    PATCHED.clear()
    assert Named(data={"name": "Ada"}).is_valid()
    assert not PATCHED


@pytest.mark.parametrize("owner", [BaseValidator, MaxLengthValidator, ProhibitNullCharactersValidator], ids=str)
@pytest.mark.parametrize("before", [True, False])
def test_a_patch_of_a_validator_is_called_whenever_it_comes(
    owner: Any, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def patch() -> None:
        monkeypatch.setattr(owner, "__call__", _around(owner.__call__))

    cls = _tricky(constant=serializers.CharField(max_length=9))
    PATCHED.clear()
    if before:
        patch()
    with compiled():
        assert cls(data={"constant": "a"}).is_valid()
        if not before:
            assert not PATCHED
            patch()
            assert cls(data={"constant": "a"}).is_valid()
    assert PATCHED


@pytest.mark.parametrize("owner", [serializers.Field, serializers.CharField], ids=str)
@pytest.mark.parametrize("name", ["get_validators", "get_default", "bind", "validate_empty_values"])
def test_an_inherited_method_that_a_class_of_fields_gets_later_is_called(
    lever: None, owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cls = _tricky(constant=serializers.CharField(), given=serializers.CharField(default="d"))
    assert cls(data={"constant": "a"}).is_valid()
    PATCHED.clear()

    monkeypatch.setattr(owner, name, _around(getattr(owner, name)))

    assert cls(data={"constant": "a"}).is_valid()
    assert PATCHED


@pytest.mark.parametrize(
    "name",
    [
        *("get_attribute", "to_representation", "get_value", "run_validation", "validate_empty_values"),
        *("to_internal_value", "run_validators", "bind", "__init__", "__deepcopy__"),
    ],
)
def test_a_method_that_a_field_class_of_a_project_gets_later_is_called(
    lever: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Own(serializers.CharField):
        pass

    cls = _tricky(constant=Own())

    def both() -> None:
        assert cls(data={"constant": "a"}).is_valid()
        assert cls(instance=Thing(constant="b", text="t")).data == {"constant": "b"}

    for _ in range(2):
        both()
        PATCHED.clear()
        with monkeypatch.context() as patched:
            patched.setattr(Own, name, _around(getattr(Own, name)), raising=False)
            both()
            assert PATCHED
        PATCHED.clear()
        both()
        assert not PATCHED


def test_the_mapping_that_a_serializer_class_gets_later_counts(lever: None) -> None:
    class Named(serializers.ModelSerializer[User]):
        class Meta:
            model = User
            fields = ("name",)

    assert not Named(data={"name": ["Ada"]}).is_valid()

    Named.serializer_field_mapping = {**Named.serializer_field_mapping, models.CharField: AnyText}
    assert Named(data={"name": ["Ada"]}).is_valid()


class AnyText(serializers.CharField):
    def to_internal_value(self, data: Any) -> Any:
        return str(data)


def test_a_method_of_a_serializer_that_is_replaced_later_is_called(lever: None) -> None:
    cls = _tricky(constant=serializers.IntegerField())
    thing = Thing(constant=5, text="t")
    assert cls(instance=thing).data == {"constant": 5}

    cls.get_fields = lambda self: {"constant": serializers.CharField()}  # type: ignore[method-assign]

    assert cls(instance=thing).data == {"constant": "5"}
