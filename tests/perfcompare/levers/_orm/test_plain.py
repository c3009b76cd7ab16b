from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, models
from django.db.models import Lookup
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from perfcompare.levers._orm import plain
from perfcompare.levers._replacing import MISSING
from users.models import Post, Seeding, User


class _Loud(models.CharField):  # type: ignore[type-arg]
    def get_prep_value(self, value: Any) -> Any:
        return str(value).upper()


class _Converting(models.CharField):  # type: ignore[type-arg]
    def to_python(self, value: Any) -> Any:
        return str(value).strip()


class _Saving(models.TextField):  # type: ignore[type-arg]
    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return None


class _Preparing(models.BooleanField):  # type: ignore[type-arg]
    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return not value


_FIELDS = [
    getattr(models, name)
    for name in dir(models)
    if isinstance(getattr(models, name), type) and issubclass(getattr(models, name), models.Field)
]


@pytest.mark.parametrize("kind", [one for one in _FIELDS if plain.types_of(one)])
@pytest.mark.parametrize("value", ["", "x", " O'Neil ", None, True, False])
def test_django_changes_none_of_these(kind: Any, value: Any) -> None:
    if type(value) in plain.types_of(kind):
        field = kind()
        assert field.get_db_prep_save(value, connection) is value
        assert field.get_db_prep_value(field.get_prep_value(value), connection, prepared=True) is value


_NOON: Final = datetime(2026, 11, 28, 12, fold=1)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/Paris"), timezone(timedelta(hours=-7))], ids=str)
def test_a_time_with_a_zone_is_saved_as_it_is(zone: tzinfo) -> None:
    moment = _NOON.replace(tzinfo=zone)
    assert plain.passes(models.DateTimeField())(moment)
    assert models.DateTimeField().get_db_prep_save(moment, connection) is moment


@pytest.mark.parametrize("value", [_NOON, _NOON.date(), type("Own", (datetime,), {})(2026, 1, 1, tzinfo=UTC)])
def test_any_other_time_is_prepared(value: object) -> None:
    assert not plain.passes(models.DateTimeField())(value)


@pytest.mark.parametrize("field", [models.DateField(), models.TimeField(), models.CharField()])
def test_a_column_of_something_else_takes_no_times(field: models.Field[Any, Any]) -> None:
    assert not plain.passes(field)(_NOON.replace(tzinfo=UTC))


@pytest.mark.parametrize("kind", [models.CharField, models.EmailField, models.TextField, models.URLField])
def test_texts_are_given_as_they_are(kind: Any) -> None:
    assert plain.types_of(kind) == {str, type(None)}


@pytest.mark.parametrize("kind", [_Loud, _Converting, _Saving, _Preparing, models.IntegerField, models.JSONField])
def test_a_field_with_a_way_of_its_own_prepares_everything(kind: Any) -> None:
    assert plain.types_of(kind) == frozenset()


@pytest.mark.parametrize("value", [mark_safe("x"), gettext_lazy("x")])
def test_texts_of_another_type_are_prepared(value: Any) -> None:
    assert type(value) not in plain.types_of(models.CharField)


_ASKED = [
    *((User, "id", value) for value in (7, 0, -5, 2**63 - 1, 2**63, -(2**63) - 1, True, 7.0, Decimal(7))),
    *((User, "id", value) for value in ("7", "007", " 7", "+7", "-7", "1_0", "\u0667", "9223372036854775807")),
    *((User, "id", mark_safe("7")), (User, "email", "7")),
    *((User, "email", value) for value in ("a@b.example", "", 7, mark_safe("x"), gettext_lazy("x"))),
    *((User, "is_active", True), (Post, "author", 7), (Post, "author_id", 7), (Post, "title", "x")),
    *((User, "name__iexact", "x"), (User, "id__gt", 7), (Seeding, "count", 7)),
]


def _lookup(model: Any, name: str, value: object) -> Any:
    return model.objects.filter(**{name: value}).query.where.children[0]


@pytest.mark.parametrize(("model", "name", "value"), _ASKED, ids=str)
def test_a_known_parameter_is_what_django_prepares(model: Any, name: str, value: Any) -> None:
    lookup = _lookup(model, name, value)
    known = plain.Compared(lookup, connection).parameter(value)
    if known is not MISSING:
        sql, (prepared,) = type(lookup)(lookup.lhs, value).process_rhs(None, connection)
        assert sql == "%s"
        assert (type(prepared), prepared) == (type(known), known)


def test_keys_and_texts_are_known_without_django() -> None:
    ids = plain.Compared(_lookup(User, "id", 7), connection)
    assert ids.parameter(8) == 8
    assert ids.parameter("8") == 8
    assert plain.Compared(_lookup(User, "email", "x"), connection).parameter("y") == "y"


@pytest.mark.parametrize("value", [2**63, str(2**63), "9" * 5000, "", "x", " 7", "-7", "1_0", "\u0667", "7.0", None])
def test_a_key_that_is_no_plain_number_is_for_django(value: object) -> None:
    assert plain.Compared(_lookup(User, "id", 7), connection).parameter(value) is MISSING


@pytest.mark.parametrize(
    ("owner", "method"),
    [
        *((Lookup, "__init__"), (Lookup, "process_rhs"), (models.BigAutoField, "get_db_prep_value")),
        *((models.IntegerField, "get_prep_value"), (type(connection.ops), "integer_field_range")),
    ],
)
def test_a_patched_preparation_is_asked(owner: type[Any], method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = plain.Compared(_lookup(User, "id", 7), connection)
    assert compared.parameter(7) == 7
    monkeypatch.setattr(owner, method, lambda *args: None)
    assert compared.parameter(7) is MISSING
    monkeypatch.undo()
    assert compared.parameter(7) == 7


@pytest.mark.parametrize("name", ["get_placeholder", "get_placeholder_sql"])
def test_a_field_with_a_placeholder_of_its_own_is_told_by_either_name(name: str) -> None:
    field: Any = models.CharField()
    assert not plain.has_placeholder(field)
    setattr(field, name, lambda *_: "%s")
    assert plain.has_placeholder(field)
