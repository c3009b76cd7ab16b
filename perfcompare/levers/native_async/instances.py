"""Whether a new instance is made and saved by Django's code alone, so that this may happen on an event loop.

Stock Django makes and saves it in a thread, where a default, a setter, a field or a receiver of a project may ask the
database or wait.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Field, Model, QuerySet
from django.db.models.fields.related_descriptors import (
    ForeignKeyDeferredAttribute,
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
)
from django.db.models.query_utils import DeferredAttribute

from perfcompare.levers._orm import own_code, plain
from perfcompare.levers._orm.premises import Premises, has_one_key
from perfcompare.levers._orm.querysets import MANAGES
from perfcompare.levers._orm.rows import are_heard
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._replacing import functions_of, origin_of

_STEPS: Final = (
    *("__new__", "__init__", "__setattr__", "__getattribute__", "save", "asave", "save_base", "_save_parents"),
    *("_save_table", "_do_insert", "_get_pk_val", "_is_pk_set", "_prepare_related_fields_for_save"),
)
_SAVING: Final = (Stock(Model, *_STEPS), Stock(AbstractBaseUser, *_STEPS))
_INSERTING: Final = Stock(QuerySet, "__init__", "_insert", "db", "__getattribute__")
_DESCRIPTORS: Final = (
    *(DeferredAttribute, ForeignKeyDeferredAttribute),
    *(ForwardManyToOneDescriptor, ForwardOneToOneDescriptor),
)

_known: Final[dict[Any, tuple[Premises, plain.Kinds, frozenset[str] | None]]] = {}


def is_plainly_made(model: type[Model], values: Mapping[str, Any]) -> bool:
    """Whether making an instance of `values` and saving it is nothing but one INSERT between two signals."""
    names = _columns(model)
    return (
        names is not None
        and names.issuperset(values)
        and all(own_code.is_plain(value) or issubclass(type(value), Model) for value in values.values())
    )


def _columns(model: type[Model]) -> frozenset[str] | None:
    """The names under which the columns of `model` are given; None for one that must be made in a thread."""
    manager: Any = model._base_manager
    if (
        not any(stock.holds(model) for stock in _SAVING)
        or not MANAGES.holds(type(manager))
        or not _INSERTING.holds(manager._queryset_class)
        or are_heard((model,))
    ):
        return None
    found = _known.get(model)
    if found is None or not found[0].hold() or not found[1].hold():
        fields = model._meta.concrete_fields
        names = frozenset(name for field in fields for name in (field.name, field.attname))
        found = _known[model] = (Premises((model,), (model,)), plain.Kinds(fields), names if _is_plain(model) else None)
    return found[2]


def _is_plain(model: type[Model]) -> bool:
    meta = model._meta
    return (
        not meta.parents
        and not meta.order_with_respect_to
        and has_one_key(model)
        and all(_is_plain_field(model, field) for field in meta.local_concrete_fields)
    )


def _is_plain_field(model: type[Model], field: Field[Any, Any]) -> bool:
    names = {field.name, field.attname}
    return (
        type(field).pre_save in plain.PRE_SAVES
        and own_code.is_own_field(field)
        and (not callable(field.default) or _is_harmless(field.default))
        and all(type(inspect.getattr_static(model, name, None)) in _DESCRIPTORS for name in names)
    )


def _is_harmless(default: object) -> bool:
    """Whether a default is Python's or Django's own."""
    if not isinstance(default, (type, FunctionType, MethodType, BuiltinFunctionType)):
        return False  # such as a partial, which may call anything
    functions = functions_of(getattr(default, "__func__", default))
    written = [origin_of(one) for one in functions] or [str(getattr(default, "__module__", None))]
    roots = {one.partition(".")[0] for one in written}
    return roots <= {"django", *sys.stdlib_module_names}
