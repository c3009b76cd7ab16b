from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from perfcompare.levers._orm.plain import passes


class Word(str):
    pass


class Shouting(models.CharField):  # type: ignore[type-arg]
    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value).upper()


FIELDS: list[models.Field[Any, Any]] = [
    models.CharField(max_length=9),
    models.EmailField(),
    models.SlugField(),
    models.TextField(),
    models.BooleanField(),
    models.BooleanField(null=True),
    models.DateTimeField(),
    models.DateField(),
    models.IntegerField(),
    models.BigAutoField(primary_key=True),
    models.FloatField(),
    models.DecimalField(max_digits=9, decimal_places=2),
    models.JSONField(),
    models.UUIDField(),
    models.GenericIPAddressField(),
    models.FileField(),
    Shouting(max_length=9),
]
NOW = timezone.now()
VALUES: list[Any] = [
    None, "", "text", "a\0b", Word("x"), gettext_lazy("text"), True, False, 0, 1, 2**70, 1.5, b"x", [], {"a": 1},
    NOW, NOW.date(), NOW.astimezone(datetime.timezone(datetime.timedelta(hours=3))),
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_a_value_that_passes_is_what_django_prepares(field: models.Field[Any, Any]) -> None:
    passing = [value for value in VALUES if passes(field)(value)]

    assert [field.get_db_prep_save(value, connection) for value in passing] == passing
    assert [type(field.get_db_prep_save(value, connection)) for value in passing] == [type(one) for one in passing]


def test_usual_values_pass() -> None:
    text, yes, moment = (
        passes(field) for field in (models.EmailField(), models.BooleanField(), models.DateTimeField())
    )

    assert (text("a@b.example"), yes(True), moment(NOW)) == (True, True, True)


def test_what_django_would_change_does_not_pass() -> None:
    text, yes, moment = (passes(field) for field in (models.CharField(), models.BooleanField(), models.DateTimeField()))

    assert not any([text(5), text(gettext_lazy("x")), yes(1), yes("t"), moment(NOW.replace(tzinfo=None)), moment("x")])


@pytest.mark.parametrize("field", [Shouting(), models.JSONField(), models.IntegerField()], ids=lambda one: type(one))
def test_a_field_that_prepares_values_its_own_way_is_asked(field: Any) -> None:
    assert not any(map(passes(field), VALUES))
