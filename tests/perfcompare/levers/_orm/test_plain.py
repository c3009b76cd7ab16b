from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from perfcompare.levers._orm import plain


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


@pytest.mark.parametrize("kind", [models.CharField, models.EmailField, models.TextField, models.URLField])
def test_texts_are_given_as_they_are(kind: Any) -> None:
    assert plain.types_of(kind) == {str, type(None)}


@pytest.mark.parametrize("kind", [_Loud, _Converting, _Saving, _Preparing, models.IntegerField, models.JSONField])
def test_a_field_with_a_way_of_its_own_prepares_everything(kind: Any) -> None:
    assert plain.types_of(kind) == frozenset()


@pytest.mark.parametrize("value", [mark_safe("x"), gettext_lazy("x")])
def test_texts_of_another_type_are_prepared(value: Any) -> None:
    assert type(value) not in plain.types_of(models.CharField)
