"""Which input of a field is plainly good, as Python expressions.

An expression speaks of the input in a variable. What it does not vouch for is the field's own business: DRF's code runs
for it, and every error is DRF's. A field is described when nothing but `to_internal_value` is a project's own; that one
is then called as DRF calls it, once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core import validators
from rest_framework import fields
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from perfcompare.levers._drf import trust
from perfcompare.levers.compiled_serializers.specs import AnyField

SURROGATES: Final = re.compile("[\ud800-\udfff]")
_DIGITS: Final = 18
"""So many digits are an int at once; longer texts are DRF's business, which has limits for them."""
_METHODS: Final = ("validate_empty_values", "run_validators", "get_default", "validators", "root", "context", "fail")
_OWN: Final = ("to_internal_value", "run_validation", "get_value", "run_child_validation", *_METHODS)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Input that needs no word from DRF; `{v}` stands for the variable, `{f}` for the field."""

    guard: str
    """Whether the input is of the usual kind."""
    convert: str = "{v}"
    """What `to_internal_value` makes of it."""
    bad: str = ""
    """Whether a validator may object to the converted value; empty where there is nothing to object."""
    own: bool = False
    """Whether `convert` calls a project's code, so that the field is needed each time."""
    child: Any = None
    """The field of the items, for a list: its items are converted one by one."""


def plain_of(field: AnyField) -> Plain | None:
    """What is plainly good for `field`; None when only the field itself can say."""
    kind = type(field)
    if not _is_known(field) or not trust.is_own(kind, "__getattr__", "__getattribute__"):
        return None
    if kind.run_validation is fields.CharField.run_validation:
        return _text(field)
    if kind.run_validation is not fields.Field.run_validation:
        return None
    known = _KNOWN.get(kind.to_internal_value)
    if known is not None:
        return known(field)
    if trust.is_own(kind, "to_internal_value"):
        return None  # another one of DRF's, which may stand for a whole serializer
    guard = "{v} is not None and {v} is not EMPTY"
    return Plain(guard=guard, convert="{f}.to_internal_value({v})", bad=_objections(field, "NUMBERS"), own=True)


def _is_known(field: AnyField) -> bool:
    kind = type(field)
    own_value = kind.get_value in (fields.Field.get_value, fields.ListField.get_value)
    stock = all(getattr(kind, name, None) is getattr(fields.Field, name) for name in _METHODS)
    return own_value and stock and vars(field).keys().isdisjoint(_OWN)


def _text(field: Any) -> Plain:
    guard = "{v}.__class__ is str and {v}" + (".strip()" if field.trim_whitespace else "")
    bad = _objections(field, "TEXTS")
    if type(field).to_internal_value is not fields.CharField.to_internal_value:
        return Plain(guard=guard, convert="{f}.to_internal_value({v})", bad=bad, own=True)
    return Plain(guard=guard, convert="{v}.strip()" if field.trim_whitespace else "{v}", bad=bad)


def _integer(field: fields.IntegerField) -> Plain | None:
    stock = fields.IntegerField
    if field.re_decimal is not stock.re_decimal or field.MAX_STRING_LENGTH < _DIGITS:
        return None
    digits = f"{{v}}.__class__ is str and 0 < len({{v}}) <= {_DIGITS} and {{v}}.isascii() and {{v}}.isdigit()"
    number = f"{{v}}.__class__ is int and -{10**_DIGITS} < {{v}} < {10**_DIGITS}"
    return Plain(guard=f"({digits} or {number})", convert="int({v})", bad=_objections(field, "NUMBERS"))


def _float(field: fields.FloatField) -> Plain:
    # Neither an infinity nor NaN is zero when it is taken from itself.
    return Plain(guard="{v}.__class__ is float and {v} - {v} == 0.0", bad=_objections(field, "NUMBERS"))


def _boolean(field: fields.BooleanField) -> Plain | None:
    stock, kind = fields.BooleanField, type(field)
    same = field.TRUE_VALUES is stock.TRUE_VALUES and field.FALSE_VALUES is stock.FALSE_VALUES
    if not same or not trust.is_own(kind, "_lower_if_str"):
        return None
    return Plain(guard="({v} is True or {v} is False)", bad="True" if field.validators else "")


def _list(field: fields.ListField) -> Plain | None:
    if type(field).run_child_validation is not fields.ListField.run_child_validation:
        return None
    guard = "{v}.__class__ is list" + ("" if field.allow_empty else " and {v}")
    return Plain(guard=guard, bad=_objections(field, "LISTS"), child=field.child)


_KNOWN: Final[dict[Any, Callable[[Any], Plain | None]]] = {
    fields.IntegerField.to_internal_value: _integer,
    fields.FloatField.to_internal_value: _float,
    fields.BooleanField.to_internal_value: _boolean,
    fields.ListField.to_internal_value: _list,
}


def _objections(field: AnyField, usual: str) -> str:
    """Whether the validators of `field` are to be asked; values of other types than the `usual` ones always are."""
    tests = list(_tests(field.validators))
    if not tests:
        return ""
    if None in tests:
        return "True"
    return " or ".join([f"{{v}}.__class__ not in {usual}", *(test for test in tests if test)])


def _tests(found: list[Any]) -> Iterator[str | None]:
    for validator in found:
        make = TESTS.get(type(validator))
        yield make(validator) if make else None


def _limit(test: str) -> Callable[[Any], str | None]:
    def make(validator: validators.BaseValidator) -> str | None:
        limit = validator.limit_value
        return test.format(limit=limit) if type(limit) is int else None

    return make


TESTS: Final[dict[type, Callable[[Any], str | None]]] = {
    validators.MaxValueValidator: _limit("{{v}} > {limit}"),
    validators.MinValueValidator: _limit("{{v}} < {limit}"),
    validators.MaxLengthValidator: _limit("len({{v}}) > {limit}"),
    validators.MinLengthValidator: _limit("len({{v}}) < {limit}"),
    validators.ProhibitNullCharactersValidator: lambda _validator: "'\\0' in {v}",
    ProhibitSurrogateCharactersValidator: lambda _validator: "not {v}.isascii() and SURROGATES.search({v})",
}
"""What the validators of the library object to, as Python expressions."""
