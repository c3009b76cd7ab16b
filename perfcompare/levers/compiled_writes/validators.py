"""The validators of a ModelSerializer whose model has no unique sets: none, without looking for them each time.

DRF looks for them in the model and the fields of each new serializer
(https://github.com/encode/django-rest-framework/blob/main/rest_framework/serializers.py). A model without unique
constraints of several columns and without `unique_for_date` and its like has none, whatever the fields are.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db.models import Model
from rest_framework.serializers import ModelSerializer
from rest_framework.utils import model_meta

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import Replacement

_LOOKING: Final = (
    *("get_unique_together_validators", "get_unique_together_constraints", "get_unique_for_date_validators"),
    "__getattribute__",
)


def get_validators(self: ModelSerializer[Any]) -> list[Any]:
    """As `ModelSerializer.get_validators`: a list that the caller may change."""
    meta = getattr(self, "Meta", None)
    model = getattr(meta, "model", None)
    if (
        model is not None
        and getattr(meta, "validators", None) is None
        and trust.is_own(type(self), *_LOOKING)
        and _has_no_sets(model)
    ):
        return []
    found: list[Any] = GET.original(self)
    return found


def _has_no_sets(model: type[Model]) -> bool:
    if any(one._meta.unique_together or one._meta.constraints for one in (model, *model._meta.parents)):
        return False
    fields = model._meta.concrete_fields  # another tuple as soon as a field is added
    known = _without_dates.get(model)
    if known is None or known[0] is not fields:
        known = _without_dates[model] = (fields, _has_no_dates(model))
    return known[1]


def _has_no_dates(model: type[Model]) -> bool:
    fields: Any = model_meta.get_field_info(model).fields_and_pk.values()
    return not any(one.unique_for_date or one.unique_for_month or one.unique_for_year for one in fields)


_without_dates: Final[WeakKeyDictionary[type[Any], tuple[Any, bool]]] = WeakKeyDictionary()
"""What `_has_no_dates` said of a model with these fields."""


GET: Final = Replacement(ModelSerializer, "get_validators", get_validators, "608f72ea57bb")
REPLACEMENTS: Final = (GET,)
