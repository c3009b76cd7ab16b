"""get(), count() and exists() as dialogues, like `full_results`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.lookups import Lookup
from django.db.models.query import MAX_GET_RESULTS
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query

from perfcompare.levers._orm import database_path, deferred
from perfcompare.levers._orm.database_wrapper import on_loop, sample_of, wrapper_of
from perfcompare.levers._orm.deferred import query_of, shape_of_queryset
from perfcompare.levers._orm.full_results import load, prefetch
from perfcompare.levers._orm.own_code import are_plain, is_own_query
from perfcompare.levers._orm.plain import Compared
from perfcompare.levers._orm.plans import Plan, Statement, compiled, parameters_of, plans
from perfcompare.levers._orm.premises import Premises, models_of
from perfcompare.levers._orm.querysets import AnyQuerySet, is_known
from perfcompare.levers._orm.related import Left
from perfcompare.levers._orm.shapes import VALUES, is_compared_by, shape_of
from perfcompare.levers._replacing import MISSING

Got = Generator[Statement, Sequence[Any], tuple[Any, Left] | None]
"""One instance and what Django must still prefetch for it; None when Django itself must ask."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Getter:
    """A plan for get() with certain arguments: how each becomes the lookup that Django would have made of it."""

    plan: Plan
    premises: Premises
    lookups: tuple[tuple[str, Compared, type[Lookup], Any], ...]
    """The argument's name, which values of it have known parameters, the lookup's class and its column."""

    def parameters(self, kwargs: Mapping[str, Any], connection: BaseDatabaseWrapper) -> tuple[Any, ...] | None:
        """Those of the arguments, as Django prepares them; None when a value changes the SQL."""
        found = []
        for name, compared, kind, column in self.lookups:
            if not is_compared_by(kind, column):
                return None
            found.append(compared.parameter(kwargs[name]))
        if MISSING in found:
            made = [kind(column, kwargs[name]) for name, _compared, kind, column in self.lookups]
            return parameters_of(made, connection)
        return tuple(found)


_getters: Final[dict[tuple[Any, ...], _Getter | None]] = {}


def forget() -> None:
    """Make all plans anew."""
    _getters.clear()
    deferred.forget()


def got(queryset: AnyQuerySet, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Got:
    """The one result of `queryset.get(*args, **kwargs)`; raises what get() raises."""
    if queryset.query.combinator:
        return None
    named = _named(args, kwargs)
    statement = _remembered_get(queryset, named) if plans.remember and named else None
    if statement is None:
        if not on_loop() or not are_plain(args, kwargs):
            return None
        loaded = yield from load(_narrowed(queryset, args, kwargs))
        if loaded is None:
            return None
        results, left = loaded
    else:
        results = statement.plan.results((yield statement), queryset)
        left = []
        if queryset._prefetch_related_lookups and len(results) == 1:
            left = yield from prefetch(results, queryset._prefetch_related_lookups)
    if len(results) != 1:
        _refuse(queryset, len(results))
    return results[0], left


def _named(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The arguments by name; None when they are more than that. A foreign key asks with one condition in a Q."""
    if not args:
        return kwargs
    if kwargs or len(args) != 1 or type(args[0]) is not Q or args[0].negated or len(args[0].children) != 1:
        return None
    (condition,) = args[0].children
    return dict([condition]) if type(condition) is tuple else None


def _narrowed(queryset: AnyQuerySet, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> AnyQuerySet:
    """The QuerySet that `QuerySet.get` evaluates."""
    clone = queryset.filter(*args, **kwargs)
    if queryset.query.can_filter() and not queryset.query.distinct_fields:
        clone = clone.order_by()
    clone.query.set_limits(high=MAX_GET_RESULTS)
    return clone


def _refuse(queryset: AnyQuerySet, number: int) -> NoReturn:
    model = queryset.model
    if not number:
        raise model.DoesNotExist(f"{model._meta.object_name} matching query does not exist.")
    many = number if number < MAX_GET_RESULTS else f"more than {MAX_GET_RESULTS - 1}"
    raise model.MultipleObjectsReturned(
        f"get() returned more than one {model._meta.object_name} -- it returned {many}!"
    )


def _remembered_get(queryset: AnyQuerySet, kwargs: Mapping[str, Any]) -> Statement | None:
    """What get() asks, without making a QuerySet for it."""
    query = queryset.query
    types = tuple([type(value) for value in kwargs.values()])
    if query.low_mark or query.high_mark is not None or bool in types or not VALUES.issuperset(types):
        return None
    using = queryset.db
    looping = on_loop()
    connection = wrapper_of(using)
    shaped = shape_of(query) if is_known(queryset, connection) else None
    if shaped is None:
        return None
    lookups = shaped[1]
    key = (using, queryset._iterable_class, queryset._fields, tuple(kwargs), types, shaped[0])
    getter = _getters.get(key)
    if (getter is None and key not in _getters) or (getter is not None and not getter.premises.hold()):
        if len(_getters) >= 1000:
            _getters.clear()
        getter = _getters[key] = _getter(queryset, kwargs, using, len(lookups))
    if getter is None or (looping and not getter.plan.fits_a_loop):
        return None
    before = parameters_of(lookups, connection) if lookups else ()
    parameters = getter.parameters(kwargs, connection)
    if before is None or parameters is None:
        return None
    parameters = before + parameters
    return Statement(
        using=using,
        plan=getter.plan,
        parameters=parameters,
        limit=MAX_GET_RESULTS,
        connection=None if looping else connection,
    )


def _getter(queryset: AnyQuerySet, kwargs: Mapping[str, Any], using: str, before: int) -> _Getter | None:
    narrowed = _narrowed(queryset, (), kwargs)
    shaped = shape_of(narrowed.query)
    # Q() sorts its arguments, and filter() adds what they say behind what the query has.
    names = sorted(kwargs)
    if shaped is None or len(shaped[1]) != before + len(names):
        return None
    lookups = shaped[1][before:]
    if not all(_made_of(name, lookup) for name, lookup in zip(names, lookups, strict=True)):
        return None
    try:
        plan, parameters = compiled(narrowed, using, shaped=True)
    except EmptyResultSet:
        return None
    if (
        plan is None
        or plan.premises is None
        or not plan.premises.hold()
        or parameters_of(shaped[1], wrapper_of(using)) != parameters
    ):
        return None
    connection = sample_of(using)
    kept = tuple(
        (name, Compared(lookup, connection), type(lookup), lookup.lhs)
        for name, lookup in zip(names, lookups, strict=True)
    )
    return _Getter(plan=plan, premises=plan.premises, lookups=kept)


def _made_of(name: str, lookup: Lookup) -> bool:
    """Whether `lookup` is what filter() makes of the argument `name`: a column of the model, perhaps with a lookup."""
    field_name, _, kind = name.partition("__")
    target = lookup.lhs.target
    try:
        field = target.model._meta.pk if field_name == "pk" else target.model._meta.get_field(field_name)
    except FieldDoesNotExist:
        return False
    return field is target and (kind or "exact") == lookup.lookup_name


class _Captured(Exception):
    def __init__(self, compiler: SQLCompiler) -> None:
        super().__init__()
        self.compiler = compiler


class _CountingQuery(Query):
    """A query whose compiler is handed out when it is about to be run."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        compiler = super().get_compiler(*args, **kwargs)

        def captured(*_args: object, **_options: object) -> NoReturn:
            raise _Captured(compiler)

        compiler.execute_sql = captured
        return compiler


def counted(queryset: AnyQuerySet) -> Generator[Statement, Sequence[Any], int | None]:
    """The number of rows of `queryset`; None when Django itself must ask."""
    query, using = query_of(queryset), queryset.db
    if type(query) is not Query or query.is_sliced or query.distinct or query.annotations or query.combinator:
        return None
    if query.group_by is not None or query.extra or query.extra_tables or query.select_for_update:
        return None
    try:
        statement = _statement("count", _count, queryset, using)
    except EmptyResultSet:
        return 0
    if statement is None:
        return None
    rows = yield statement
    return rows[0][0] or 0


def existing(queryset: AnyQuerySet) -> Generator[Statement, Sequence[Any], bool | None]:
    """Whether `queryset` has a row; None when Django itself must ask."""
    query, using = query_of(queryset), queryset.db
    if query.combinator or query.select_for_update or query.is_sliced or query.extra or type(query) is not Query:
        return None
    try:
        statement = _statement("exists", _existence, queryset, using)
    except EmptyResultSet:
        return False
    return None if statement is None else bool((yield statement))


_Make = Callable[[Query, str], "Statement | None"]


def _statement(kind: str, make: _Make, queryset: AnyQuerySet, using: str) -> Statement | None:
    """What `make` makes of its query, or remembers of this kind; None when Django itself must ask."""
    looping = on_loop()
    statement = _remembered(kind, make, queryset, using) if plans.remember else None
    if statement is None and looping and is_own_query(queryset.query):
        statement = make(queryset.query, using)
    return None if statement is None or (looping and not statement.plan.own) else statement


def _remembered(kind: str, make: _Make, queryset: AnyQuerySet, using: str) -> Statement | None:
    connection = wrapper_of(using)
    known = shape_of_queryset(queryset) if database_path.compiles(connection) else None
    if known is None:
        return None
    shape, lookups = known
    parameters = parameters_of(lookups, connection) if lookups else ()
    if parameters is None:
        return None
    key = (using, kind, shape)
    plan = plans.kept(key)
    if plan is None and key not in plans.of:
        first = make(queryset.query, using)
        same = first is not None and first.parameters == parameters
        plan = plans.keep(key, replace(first.plan, shaped=True) if first is not None and same else None)
    return None if plan is None else Statement(using=using, plan=plan, parameters=parameters, limit=plan.limit)


def _count(query: Query, using: str) -> Statement:
    counting = query.clone()
    counting.__class__ = _CountingQuery
    try:
        counting.get_count(using)
    except _Captured as captured:
        return _single(captured.compiler, using, own=is_own_query(query))
    raise EmptyResultSet


_ONE: Final = "SELECT %s AS "


def _existence(query: Query, using: str) -> Statement | None:
    statement = _single(query.exists().get_compiler(using=using), using, own=is_own_query(query))
    plan = statement.plan
    if not plan.sql.startswith(_ONE) or statement.parameters[0] != 1:
        return None
    # exists() selects the parameter 1, whose type a server cannot know from the statement.
    plan = replace(plan, sql=plan.sql.replace("%s", "1", 1), slots=plan.slots - 1, limit=1)
    return Statement(using=using, plan=plan, parameters=statement.parameters[1:], limit=1)


def _single(compiler: SQLCompiler, using: str, *, own: bool) -> Statement:
    sql, parameters = compiler.as_sql(with_limits=False)
    premises = Premises(models_of(compiler.query))
    compiler.connection = sample_of(using)  # that of a thread would stay open after it
    plan = Plan(sql=sql, slots=len(parameters), compiler=compiler, premises=premises, own=own)
    return Statement(using=using, plan=plan, parameters=tuple(parameters))
