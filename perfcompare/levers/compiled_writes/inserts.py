"""The INSERT of one row by a remembered statement: what `QuerySet._insert` does for `Model.save()`.

The statement is that of Django's compiler. Its values come from the fields as they do there (`pre_save`,
`get_db_prep_save`), and are bound by the server, where the column says of which type each is.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Field, Model
from django.db.models.query import QuerySet
from django.db.models.sql.subqueries import InsertQuery

from perfcompare.levers._orm import database_path, plain
from perfcompare.levers._orm.database_wrapper import connection_of
from perfcompare.levers._orm.own_methods import own_method
from perfcompare.levers._orm.plans import Plan, Statement
from perfcompare.levers._orm.premises import Premises, has_one_key
from perfcompare.levers._orm.querysets import AnyQuerySet
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged, overriding, path_of
from perfcompare.levers.compiled_queries import direct

_MOST: Final = 1000
_PLAIN: Final = frozenset(
    {
        *(str, int, float, bool, type(None), decimal.Decimal, uuid.UUID),
        *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta),
    }
)
"""What a server takes for a parameter of the column's type; wrapped values (JSON, ranges) say their type themselves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Insertion:
    using: str
    plan: Plan
    passes: tuple[plain.Passes, ...]
    """For each field, which values it saves as they are."""
    converters: dict[int, Any]
    kept: tuple[Any, ...]
    """The fields, so that the numbers in the key are not given out anew."""
    premises: Premises

    def statement(self, parameters: tuple[Any, ...]) -> Statement:
        return Statement(using=self.using, plan=self.plan, parameters=parameters)


_insertions: Final[dict[tuple[Any, ...], _Insertion]] = {}


def insert(
    self: AnyQuerySet, objs: Sequence[Model], fields: Sequence[Field[Any, Any]], *args: object, **options: Any
) -> Any:
    """As `QuerySet._insert`: for each of `objs`, what the database returns for `returning_fields`."""
    next(INSERT.calls)
    if not args and len(objs) == 1 and options.keys() == _OPTIONS and options["returning_fields"]:
        using = options["using"]
        if using is not None and not options["raw"]:
            rows = _inserted(self, objs[0], fields, options["returning_fields"], using)
            if rows is not None:
                return rows
    return INSERT.original(self, objs, fields, *args, **options)


_OPTIONS: Final = {"returning_fields", "using", "raw"}
"""What Model._do_insert gives."""


def _inserted(
    queryset: AnyQuerySet,
    instance: Model,
    fields: Sequence[Field[Any, Any]],
    returning: Sequence[Field[Any, Any]],
    using: str,
) -> Any:
    """The rows that come back; None when Django must insert."""
    queryset._for_write = True
    connection = connection_of(using)
    if not database_path.inserts(connection):
        return None
    insertion = _insertion(queryset.model, instance, fields, returning, using)
    if insertion is None or not database_path.is_open(connection):
        return None
    values = [field.pre_save(instance, add=True) for field in fields]
    if not _PLAIN.issuperset(map(type, values)) and any(hasattr(value, "resolve_expression") for value in values):
        return None
    parameters = tuple(
        [
            value if passes(value) else field.get_db_prep_save(value, connection=connection)
            for field, value, passes in zip(fields, values, insertion.passes, strict=True)
        ]
    )
    kinds = {*map(type, parameters)}
    if not kinds <= _PLAIN or (
        float in kinds and any(type(one) is float and plain.is_negative_zero(one) for one in parameters)
    ):
        return None
    rows = direct.rows(insertion.statement(parameters), connection)
    if insertion.converters:
        return list(insertion.plan.compiler.apply_converters(rows, insertion.converters))
    return rows


def _insertion(
    model: type[Model],
    instance: Model,
    fields: Sequence[Field[Any, Any]],
    returning: Sequence[Field[Any, Any]],
    using: str,
) -> _Insertion | None:
    key = (using, model, *map(id, fields), None, *map(id, returning))
    found = _insertions.get(key)
    if found is None or not found.premises.hold():
        made = _compiled(model, instance, fields, returning, using)
        if made is None:
            _insertions.pop(key, None)
            return None
        if len(_insertions) >= _MOST:
            _insertions.clear()
        found = _insertions[key] = made
    return found


def _compiled(
    model: type[Model],
    instance: Model,
    fields: Sequence[Field[Any, Any]],
    returning: Sequence[Field[Any, Any]],
    using: str,
) -> _Insertion | None:
    query = InsertQuery(model)
    query.insert_values(fields, [instance], raw=True)  # raw: this must not call pre_save once more
    compiler: Any = query.get_compiler(using=using)
    if not compiler.connection.features.can_return_columns_from_insert or _unusual(model, fields) is not None:
        return None
    if any(hasattr(getattr(instance, field.attname), "resolve_expression") for field in fields):
        return None
    compiler.returning_fields = returning
    ((sql, parameters),) = compiler.as_sql()
    if len(parameters) != len(fields):
        return None
    query.objs = []
    plan = Plan(sql=sql, slots=len(fields), compiler=compiler, shaped=True)
    columns = [field.get_col(query.get_meta().db_table) for field in returning]
    kept = (tuple(fields), tuple(returning))
    passes = tuple(map(plain.passes, fields))
    converters = compiler.get_converters(columns)
    return _Insertion(
        using=using,
        plan=plan,
        passes=passes,
        kept=kept,
        converters=converters,
        premises=Premises((model, *model._meta.all_parents)),
    )


def _unusual(model: type[Model], fields: Iterable[Any]) -> str | None:
    """What about the columns of `model` is Django's business: the end of a sentence."""
    if not has_one_key(model):
        return f"{path_of(model)} has a composite primary key"
    for field in fields:
        if name := own_method(field):
            return f"{field} has a `{name}` of its own"
        if type(field).pre_save not in plain.PRE_SAVES:
            return overriding(type(field), "pre_save")
        if plain.has_placeholder(field):
            return f"{path_of(type(field))} has placeholders of its own"
    return None


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of new rows of each model."""
    yield from judged("models", project.models, lambda model: _unusual(model, model._meta.local_concrete_fields))


INSERT: Final = Replacement(QuerySet, "_insert", insert, "33503b714e58")
REPLACEMENTS: Final = (INSERT,)


def objections() -> Iterator[str]:
    """What is left to Django at this moment, and why."""
    yield from database_path.inserting_objections()
    yield from (f"off for {alias!r}: {said}." for alias, said in direct.watched())


def forget(**_signal: object) -> None:
    """Make all statements anew."""
    _insertions.clear()
