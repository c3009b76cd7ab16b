"""The validators of a ModelSerializer whose model has no unique sets: none, without looking for them each time.

DRF looks for them in the model and the fields of each new serializer
(https://github.com/encode/django-rest-framework/blob/main/rest_framework/serializers.py). A model without unique
constraints of several columns and without `unique_for_date` and its like has none, whatever the fields are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db.models import Model
from rest_framework.serializers import ModelSerializer
from rest_framework.utils import model_meta

from perfcompare.levers._drf import trust
from perfcompare.levers._drf.project import model_serializers
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged, path_of

_LOOKING: Final = (
    *("get_unique_together_validators", "get_unique_together_constraints", "get_unique_for_date_validators"),
    "__getattribute__",
)


def get_validators(self: ModelSerializer[Any]) -> list[Any]:
    """As `ModelSerializer.get_validators`: a list that the caller may change."""
    next(GET.calls)
    if _objection(type(self), getattr(self, "Meta", None)) is None:
        return []
    found: list[Any] = GET.original(self)
    return found


def objection(cls: type[Any]) -> str | None:
    """Why a serializer of `cls` has to look for validators: the end of a sentence."""
    return _objection(cls, getattr(cls, "Meta", None))


def _objection(cls: type[Any], meta: object) -> str | None:
    model = getattr(meta, "model", None)
    if model is None:
        return "there is no model"
    if getattr(meta, "validators", None) is not None:
        return "`Meta.validators` is set"
    return trust.objection(cls, *_LOOKING) or (None if _has_no_sets(model) else f"{path_of(model)} has unique sets")


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each serializer of a model."""
    yield from judged("serializers of models", model_serializers(project), objection)


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
