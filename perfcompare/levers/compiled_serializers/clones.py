"""Copies of a bound field, made from its state rather than by calling its class again.

DRF makes the fields of each new serializer by `copy.deepcopy`, which constructs every field anew from its arguments
(rest_framework.fields.Field.__deepcopy__). A copy of the finished state is equal, for fields whose construction depends
on nothing but the arguments.
"""

from __future__ import annotations

import copy
import datetime
import decimal
import enum
import re
import types
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.db.models import Field as ModelField
from django.db.models import Manager, QuerySet
from django.utils.functional import Promise
from rest_framework.fields import Field, FilePathField

from perfcompare.levers._drf import trust

Make = Callable[[Any], Any]
"""From the parent of a copy to the copy."""

_UNCHANGING: Final = (
    *(str, bytes, int, float, complex, bool, types.NoneType, decimal.Decimal, uuid.UUID, enum.Enum, re.Pattern),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, Promise, type),
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, ModelField, Manager),
)
_SHARED: Final = frozenset({"_args", "_kwargs"})
# What bind() and use leave on a field, as opposed to its arguments.
_LEFT_OUT: Final = frozenset({"parent", "fields", "_data"})


def cloner(field: Field[Any, Any, Any, Any]) -> Make | None:
    """What copies the bound `field` with all that hangs on it; None when only its class can make another."""
    kind = type(field)
    if isinstance(field, FilePathField) or not trust.is_own(
        kind, "__init__", "__new__", "__deepcopy__", "__setattr__", "bind"
    ):
        return None
    shared: dict[str, Any] = {}
    copies: list[tuple[str, Callable[[], Any]]] = []
    makers: list[tuple[str, Make]] = []
    for name, value in vars(field).items():
        if name in _LEFT_OUT:
            continue
        if name in _SHARED or is_unchanging(value):
            shared[name] = value
        elif isinstance(value, (list, dict)) and (name == "_validators" or _is_flat(value)):
            # DRF shares validators between copies too.
            copies.append((name, value.copy))
        elif (maker := _maker(value)) is not None:
            makers.append((name, maker))
        else:
            return None
    return _assembler(kind, shared, copies, makers)


def _assembler(
    kind: type, shared: dict[str, Any], copies: list[tuple[str, Callable[[], Any]]], makers: list[tuple[str, Make]]
) -> Make:
    new = object.__new__

    def clone(parent: object) -> Any:
        made: Any = new(kind)
        state = made.__dict__
        state.update(shared)
        state["parent"] = parent
        for name, make in copies:
            state[name] = make()
        for name, maker in makers:
            state[name] = maker(made)
        return made

    return clone


def _maker(value: object) -> Make | None:
    if isinstance(value, Field):
        return cloner(value)
    if isinstance(value, QuerySet):
        return lambda _parent: value.all()
    return lambda _parent: copy.deepcopy(value)


def is_unchanging(value: object) -> bool:
    """Whether copies of a field can share `value`."""
    if isinstance(value, tuple):
        return all(map(is_unchanging, value))
    return isinstance(value, _UNCHANGING)


def _is_flat(value: list[Any] | dict[Any, Any]) -> bool:
    return all(map(is_unchanging, value.values() if isinstance(value, dict) else value))
