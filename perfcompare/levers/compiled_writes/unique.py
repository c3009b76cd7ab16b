"""DRF's UniqueValidator for a new object, by one remembered statement for each column.

It asks as `rest_framework.validators.UniqueValidator.__call__` does, with the lookup that Django made of the same
arguments; what is no value for the column is, as there, not taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import DataError
from django.db.models.manager import BaseManager, Manager
from django.db.models.query import QuerySet
from rest_framework import validators
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field
from rest_framework.validators import UniqueValidator

from perfcompare.levers._drf import trust
from perfcompare.levers._orm import database_path
from perfcompare.levers._orm.database_wrapper import connection_of
from perfcompare.levers._orm.plain import Compared
from perfcompare.levers._orm.plans import Plan, Statement, parameters_of
from perfcompare.levers._orm.premises import Premises, models_of
from perfcompare.levers._orm.querysets import MANAGES
from perfcompare.levers._orm.shapes import VALUES, is_compared_by, shape_of
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import MISSING, Judgement, Replacement, Unpatched, judged, overriding
from perfcompare.levers.compiled_queries import direct

_MOST: Final = 1000
_ASKING: Final = Stock(
    QuerySet,
    *("__init__", "filter", "exists", "_filter_or_exclude", "_filter_or_exclude_inplace", "_chain", "_clone"),
    *("query", "db", "__getattribute__"),
)
_FUNCTIONS: Final = Unpatched({validators: "qs_exists qs_filter"})
_OF_ONE: Final = frozenset({"get_queryset", "all", "filter", "db_manager"})
"""What a manager must not have of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Check:
    plan: Plan
    lookup: Any
    column: Any
    compared: Compared

    def holds(self) -> bool:
        """Whether nothing that it was made of has changed."""
        premises = self.plan.premises
        return premises is not None and premises.hold() and is_compared_by(self.lookup, self.column)


_checks: Final[dict[tuple[Any, ...], _Check | None]] = {}


def call(self: UniqueValidator, value: object, serializer_field: Field[Any, Any, Any, Any]) -> None:
    """As `UniqueValidator.__call__`: ValidationError when there is an object with that `value`."""
    next(CALL.calls)
    taken = _is_taken(self, value, serializer_field)
    if taken is None:
        CALL.original(self, value, serializer_field)
    elif taken:
        raise ValidationError(self.message, code="unique")


def _is_taken(validator: UniqueValidator, value: object, serializer_field: Field[Any, Any, Any, Any]) -> bool | None:
    """Whether it is; None when DRF must ask."""
    manager: Any = validator.queryset
    kind: Any = type(manager)
    if (
        getattr(serializer_field.parent, "instance", None) is not None
        or type(value) not in VALUES
        or type(value) is bool
        or not trust.is_own(type(validator), "filter_queryset", "exclude_current_instance")
        or not isinstance(manager, BaseManager)
        or manager._hints  # type: ignore[attr-defined]  # private
        or not _OF_ONE.isdisjoint(manager.__dict__)
        or not _FUNCTIONS.holds()
        or not _is_plain(kind)
    ):
        return None
    return _asked(manager, serializer_field.source_attrs[-1], validator.lookup, value)


def _is_plain(manager: type[Any]) -> bool:
    """Whether a manager of that class asks for all objects, by Django's own QuerySet methods."""
    return MANAGES.holds(manager) and _filters(manager) and _ASKING.holds(manager._queryset_class)


def _filters(manager: type[Any]) -> bool:
    filtering: Any = manager.filter
    return type(filtering) is FunctionType and filtering.__code__ is Manager.filter.__code__


def _objection(manager: BaseManager[Any]) -> str | None:
    """Why `manager` is not asked here: the end of a sentence."""
    kind: Any = type(manager)
    if own := sorted(_OF_ONE & manager.__dict__.keys()):
        return f"it has a `{own[0]}` of its own"
    if _is_plain(kind):
        return None
    filtering = None if _filters(kind) else overriding(kind, "filter")
    return MANAGES.objection(kind) or filtering or _ASKING.objection(kind._queryset_class)


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each manager that a UniqueValidator of DRF's own would ask."""
    managers = (
        model._default_manager
        for model in project.models
        if any(one.unique and not one.primary_key for one in model._meta.concrete_fields)
    )
    yield from judged("managers of models with unique columns", managers, _objection, name=str)


def _asked(manager: Any, field_name: str, lookup: str, value: object) -> bool | None:
    if database_path.has_routers():
        return None
    using = manager.db
    connection = connection_of(using)
    if not database_path.compiles(connection):
        return None
    key = (using, type(manager), manager.model, field_name, lookup, type(value))
    check = _checks.get(key)
    if (check is None and key not in _checks) or (check is not None and not check.holds()):
        if len(_checks) >= _MOST:
            _checks.clear()
        try:
            check = _checks[key] = _compiled(manager, {f"{field_name}__{lookup}": value}, using)
        except EmptyResultSet:  # this value can be nobody's, which says nothing about the next
            return None
    if check is None or not database_path.is_open(connection):
        return None
    try:
        plain = check.compared.parameter(value)
        parameters = (
            (plain,) if plain is not MISSING else parameters_of([check.lookup(check.column, value)], connection)
        )
        if parameters is None:
            return None
        return bool(direct.rows(_statement(check, using, parameters), connection))
    except (TypeError, ValueError, DataError):
        return False


def _statement(check: _Check, using: str, parameters: tuple[Any, ...]) -> Statement:
    return Statement(using=using, plan=check.plan, parameters=parameters)


def _compiled(manager: Any, asked: dict[str, Any], using: str) -> _Check | None:
    try:
        narrowed = manager.filter(**asked)
    except (TypeError, ValueError, DataError):
        return None
    shaped = shape_of(narrowed.query)
    if shaped is None or len(shaped[1]) != 1:
        return None
    compiler = narrowed.query.exists().get_compiler(using=using)
    sql, parameters = compiler.as_sql()
    # exists() selects the parameter 1, whose type a server cannot know from the statement.
    if not sql.startswith("SELECT %s AS ") or parameters[:1] != (1,) or len(parameters) != 2:
        return None
    (lookup,) = shaped[1]
    # Whether the column is still compared by it is asked by its own name, which need not be the one given.
    if not next(iter(asked)).endswith(f"__{lookup.lookup_name}"):
        return None
    if parameters_of([type(lookup)(lookup.lhs, next(iter(asked.values())))], connection_of(using)) != parameters[1:]:
        return None
    premises = Premises(models_of(compiler.query))
    if not premises.hold():
        return None
    plan = Plan(sql=sql.replace("%s", "1", 1), slots=1, compiler=compiler, shaped=True, premises=premises)
    compared = Compared(lookup, connection_of(using))
    return _Check(plan=plan, lookup=type(lookup), column=lookup.lhs, compared=compared)


CALL: Final = Replacement(UniqueValidator, "__call__", call, "d116f4e5de58", "bbc43e253641")
REPLACEMENTS: Final = (CALL,)


def objections() -> Iterator[str]:
    """What is left to DRF at this moment, and why."""
    yield from database_path.objections()
    yield from (f"off for {alias!r}: {said}." for alias, said in direct.watched())
    yield from _FUNCTIONS.objections()


def forget(**_signal: object) -> None:
    """Make all statements anew."""
    _checks.clear()
