"""Whether a new instance is made and saved by Django's code alone, so that this may happen on an event loop.

Stock Django makes and saves it in a thread, where a default, a setter, a field or a receiver of a project may ask the
database or wait.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
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
from perfcompare.levers._orm.own_methods import own_method
from perfcompare.levers._orm.premises import Premises, has_one_key
from perfcompare.levers._orm.querysets import MANAGES
from perfcompare.levers._orm.rows import are_heard
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._replacing import functions_of, origin_of, overriding, path_of

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

_known: Final[dict[Any, tuple[Premises, frozenset[str], str | None]]] = {}


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
    likely = issubclass(model, AbstractBaseUser)
    if (
        not (_SAVING[likely].holds(model) or _SAVING[not likely].holds(model))
        or not MANAGES.holds(type(manager))
        or not _INSERTING.holds(manager._queryset_class)
        or are_heard((model,))
    ):
        return None
    found = _known.get(model)
    if found is None or not found[0].hold():
        fields = model._meta.concrete_fields
        names = frozenset(name for field in fields for name in (field.name, field.attname))
        unusual = next(_unusual(model), None)
        found = _known[model] = (Premises((model,), {model: names}), names, unusual)
    return found[1] if found[2] is None else None


def objection(model: type[Model]) -> str | None:
    """Why a new instance of `model` is made in a thread: the end of a sentence."""
    if _columns(model) is not None:
        return None
    manager: Any = model._base_manager
    stock = _SAVING[1] if issubclass(model, AbstractBaseUser) else _SAVING[0]
    return (
        stock.objection(model)
        or MANAGES.objection(type(manager))
        or _INSERTING.objection(manager._queryset_class)
        or ("somebody listens to the making of instances" if are_heard((model,)) else None)
        or next(_unusual(model), None)
    )


def _unusual(model: type[Model]) -> Iterator[str]:
    """What else than its columns makes an instance, or what they are."""
    meta = model._meta
    if meta.parents:
        yield f"{path_of(model)} has a table of its parent beside its own"
    if meta.order_with_respect_to:
        yield f"{path_of(model)} has `order_with_respect_to`"
    if not has_one_key(model):
        yield f"{path_of(model)} has a composite primary key"
    for field in meta.local_concrete_fields:
        yield from _unusual_field(model, field)


def _unusual_field(model: type[Model], field: Field[Any, Any]) -> Iterator[str]:
    if type(field).pre_save not in plain.PRE_SAVES:
        yield overriding(type(field), "pre_save")
    if name := own_method(field):
        yield f"{field} has a `{name}` of its own"
    elif not own_code.is_own_field(field):
        yield f"{field} is a {path_of(type(field))}"
    if callable(field.default) and not _is_harmless(field.default):
        yield f"the default of {field} is a function of others"
    for name in dict.fromkeys((field.name, field.attname)):
        if type(inspect.getattr_static(model, name, None)) not in _DESCRIPTORS:
            yield f"{path_of(model)}.{name} is no plain column"


def _is_harmless(default: object) -> bool:
    """Whether a default is Python's or Django's own."""
    if not isinstance(default, (type, FunctionType, MethodType, BuiltinFunctionType)):
        return False  # such as a partial, which may call anything
    functions = functions_of(default)
    written = [origin_of(one) for one in functions] or [str(getattr(default, "__module__", None))]
    roots = {one.partition(".")[0] for one in written}
    return roots <= {"django", *sys.stdlib_module_names}
