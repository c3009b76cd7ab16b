from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import models
from django.db.models.lookups import Exact
from django.test.utils import register_lookup
from rest_framework import serializers, validators
from rest_framework.validators import UniqueValidator

from perfcompare.levers.compiled_writes.install import INSTALLATION
from users.models import User

_USERS: Any = User._default_manager

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled")]


class _UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("name", "email")


@pytest.fixture(autouse=True)
def _taken() -> None:
    INSTALLATION.uninstall("inserts")
    User.objects.create_user("taken@example.com", "T")


def _errors(data: dict[str, Any], instance: User | None = None) -> Any:
    serializer = _UserSerializer(instance, data=data)
    serializer.is_valid()
    return {name: [(str(one), one.code) for one in errors] for name, errors in serializer.errors.items()}


def _both(data: dict[str, Any], instance: User | None = None) -> tuple[Any, Any]:
    own = _errors(data, instance)
    INSTALLATION.uninstall("unique")
    stock = _errors(data, instance)
    INSTALLATION.install("unique")
    return own, stock


@pytest.mark.parametrize("email", ["taken@example.com", "free@example.com", "TAKEN@example.com", "no address", "", 5])
def test_errors_are_drfs(email: Any) -> None:
    own, stock = _both({"name": "A", "email": email})

    assert own == stock


def test_it_goes_the_short_way_once_compiled(short_ways: list[str]) -> None:
    assert _errors({"name": "A", "email": "taken@example.com"})["email"][0][1] == "unique"
    assert _errors({"name": "A", "email": "free@example.com"}) == {}
    assert len(short_ways) == 2
    assert short_ways[0] is short_ways[1]


class _Never(Exact):
    """No row has it."""

    def as_sql(self, *_args: Any) -> tuple[str, Any]:
        return "1 = 0", []


def test_a_lookup_that_is_registered_later_decides(short_ways: list[str]) -> None:
    data = {"name": "A", "email": "taken@example.com"}
    assert _errors(data)["email"][0][1] == "unique"
    with register_lookup(models.EmailField, _Never, lookup_name="exact"):
        assert _errors(data) == {}
    assert _errors(data)["email"][0][1] == "unique"
    assert len(short_ways) == 1


@pytest.mark.parametrize("name", ["qs_exists", "qs_filter"])
def test_a_function_of_drf_that_is_replaced_later_is_called(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"name": "A", "email": "taken@example.com"}
    assert _errors(data)["email"][0][1] == "unique"
    monkeypatch.setattr(validators, name, lambda *_args, **_named: User.objects.none() if name == "qs_filter" else None)
    assert _errors(data) == {}


def test_a_method_of_one_manager_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    manager: Any = User._default_manager
    data = {"name": "A", "email": "taken@example.com"}
    assert _errors(data)["email"][0][1] == "unique"
    monkeypatch.setitem(vars(manager), "filter", lambda **_named: User.objects.none())
    assert _errors(data) == {}


def test_an_existing_object_is_left_out_by_drf(short_ways: list[str]) -> None:
    user = User.objects.get()

    assert _errors({"name": "A", "email": "taken@example.com"}, user) == {}
    assert short_ways == []


class _Validated:
    """A field as a validator sees it."""

    def __init__(self, name: str) -> None:
        self.source_attrs = [name]
        self.parent = None


def _refuses(validator: Any, value: Any, name: str) -> bool:
    try:
        validator(value, _Validated(name))
    except serializers.ValidationError:
        return True
    return False


@pytest.mark.parametrize("lookup", ["exact", "iexact", "startswith", "contains", "gt", "in"])
@pytest.mark.parametrize("value", ["taken@example.com", "TAKEN@EXAMPLE.COM", "t", "%", "_aken@example.com", "zzz"])
def test_lookups_find_what_drf_finds(lookup: str, value: str) -> None:
    validator: Any = UniqueValidator(_USERS, lookup=lookup)
    own = _refuses(validator, value, "email")
    again = _refuses(validator, value, "email")

    assert own == again == _refuses_by_drf(validator, value, "email")


@pytest.mark.parametrize("value", [1, "1", "x", 2**70, True, None, uuid.UUID(int=1), 1.5, b"1"])
def test_values_of_other_types_are_as_with_drf(value: Any) -> None:
    validator: Any = UniqueValidator(_USERS)

    assert _refuses(validator, value, "id") == _refuses_by_drf(validator, value, "id")


def _refuses_by_drf(validator: Any, value: Any, name: str) -> bool:
    INSTALLATION.uninstall("unique")
    try:
        return _refuses(validator, value, name)
    finally:
        INSTALLATION.install("unique")


class _NobodyManager(models.Manager[User]):
    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().none()


def test_a_manager_of_its_own_way_is_asked(short_ways: list[str]) -> None:
    manager: Any = _NobodyManager()
    manager.model = User

    assert not _refuses(UniqueValidator(manager), "taken@example.com", "email")
    assert short_ways == []


def test_a_subclass_with_a_way_of_its_own_is_asked(short_ways: list[str]) -> None:
    class Folding(UniqueValidator):
        def filter_queryset(self, value: Any, queryset: Any, field_name: str) -> Any:
            return super().filter_queryset(value.lower(), queryset, field_name)

    assert _refuses(Folding(_USERS), "TAKEN@example.com", "email")
    assert short_ways == []


def test_a_queryset_is_asked_by_drf(short_ways: list[str]) -> None:
    validator: Any = UniqueValidator(User.objects.exclude(email="taken@example.com"))

    assert not _refuses(validator, "taken@example.com", "email")
    assert short_ways == []


def test_a_value_that_can_be_nobodys_does_not_close_the_short_way(short_ways: list[str]) -> None:
    validator: Any = UniqueValidator(_USERS)

    assert not _refuses(validator, 2**70, "id")
    assert _refuses(validator, User.objects.get().pk, "id")
    assert len(short_ways) == 1
