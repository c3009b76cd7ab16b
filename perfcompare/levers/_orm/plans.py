"""A plan: the SQL of a QuerySet and how its results are built, made once and used with new parameters.

The SQL and the parameters are those of Django's own compiler, without the limits, which every driver writes its own
way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, Model
from django.db.models.sql.compiler import SQLCompiler

from perfcompare.levers._orm import database_path
from perfcompare.levers._orm.database_wrapper import on_loop, sample_of, wrapper_of
from perfcompare.levers._orm.deferred import query_of, shape_of_queryset
from perfcompare.levers._orm.own_code import is_own_query
from perfcompare.levers._orm.placeholders import numbered
from perfcompare.levers._orm.premises import Premises, has_one_key, models_of
from perfcompare.levers._orm.querysets import AnyQuerySet, is_known
from perfcompare.levers._orm.replay import replayed
from perfcompare.levers._orm.rows import Builder, are_quiet, builder, made_by, makes_by_itself
from perfcompare.levers._orm.shapes import RELATIONS, Shape
from perfcompare.levers._orm.written import is_written_alike

MAX_PLANS: Final = 2000
"""So many shapes are remembered; a program that makes endless new ones starts again from none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """What is known of all queries of a shape on one database; of a query without a shape, of this one."""

    sql: str
    """Django's, with `%s` for each parameter and without LIMIT and OFFSET."""
    slots: int
    """How many parameters it takes."""
    compiler: SQLCompiler
    """Django's, after it compiled; it also keeps the query alive that the numbers in the shape come from."""
    builder: Builder | None = None
    """None where Django itself must build the results, and where there are none to build."""
    shaped: bool = False
    """Whether every parameter is compared with a column: then its type is known without the value."""
    premises: Premises | None = None
    """Of a plan that is kept."""
    own: bool = False
    """Whether Django's code alone prepares the parameters and makes the results."""
    made: tuple[type[Model], ...] = ()
    """The models that it makes instances of."""
    limit: int | None = None
    """In rows, of a kind of question that always has it."""

    @property
    def fits_a_loop(self) -> bool:
        """Whether no code of others would run on an event loop that Django runs in a thread."""
        return self.own and are_quiet(self.made)

    @cached_property
    def numbered(self) -> tuple[str, str, str, str]:
        """The SQL for drivers with numbered parameters: without limits, with a limit, an offset, both (limit first).

        Raises PlaceholderError for a placeholder that these do not have.
        """
        sql = numbered(self.sql)
        one, two = f"${self.slots + 1}", f"${self.slots + 2}"
        return sql, f"{sql} LIMIT {one}", f"{sql} OFFSET {one}", f"{sql} LIMIT {one} OFFSET {two}"

    def results(self, rows: Sequence[Any], queryset: AnyQuerySet) -> list[Any]:
        """What `queryset` yields for `rows`."""
        known = queryset._known_related_objects
        if self.builder is None or not self.builder.quiet or (known and not all(map(_is_plain_relation, known))):
            return replayed(queryset, self.compiler, rows)
        asked = wrapper_of(self.compiler.using or DEFAULT_DB_ALIAS) if self.builder.converts else None
        found = self.builder.build(rows, asked)
        if known and self.builder.models:
            for field, owners in known.items():
                _give_owners(found, field, owners)
        return found


@dataclass(kw_only=True, slots=True)  # a frozen one takes five times as long to make
class Statement:
    """One question to the database `using`; `limit` and `offset` in rows, None without."""

    using: str
    plan: Plan
    parameters: tuple[Any, ...]
    limit: int | None = None
    offset: int | None = None
    connection: BaseDatabaseWrapper | None = None
    """That of this thread, where it was looked up for the statement."""

    def with_numbers(self) -> tuple[str, tuple[Any, ...]]:
        """SQL and parameters with `$1` for the first; limits are parameters too, so that any page is one statement."""
        plain, limited, skipped, both = self.plan.numbered
        if self.limit is None:
            return (plain, self.parameters) if self.offset is None else (skipped, (*self.parameters, self.offset))
        if self.offset is None:
            return limited, (*self.parameters, self.limit)
        return both, (*self.parameters, self.limit, self.offset)

    def with_bound_limits(self) -> tuple[str, tuple[Any, ...]]:
        """SQL and parameters with `%s` for each, limits too."""
        sql, parameters = self.plan.sql, self.parameters
        if self.limit is not None:
            sql, parameters = f"{sql} LIMIT %s", (*parameters, self.limit)
        if self.offset is not None:
            sql, parameters = f"{sql} OFFSET %s", (*parameters, self.offset)
        return sql, parameters

    def with_percents(self) -> str:
        """The SQL as Django writes it."""
        if self.limit is None and self.offset is None:
            return self.plan.sql
        low = self.offset or 0
        high = None if self.limit is None else low + self.limit
        return f"{self.plan.sql} {wrapper_of(self.using).ops.limit_offset_sql(low, high)}"


def _is_plain_relation(field: object) -> bool:
    return isinstance(field, ForeignKey) and type(field) in RELATIONS and [*field.from_fields] == ["self"]


def _give_owners(instances: Sequence[Any], field: ForeignKey[Any, Any], owners: Mapping[Any, Any]) -> None:
    """As `ModelIterable` does, for those of a related manager."""
    name, attname, is_cached = field.name, field.attname, field.is_cached
    for one in instances:
        if not is_cached(one):
            owner = owners.get(getattr(one, attname))
            if owner is not None:
                setattr(one, name, owner)


class Plans:
    """The remembered plans; none are until the lever `compiled_queries` switches it on."""

    def __init__(self) -> None:
        self.remember = False
        self.of: dict[Shape, Plan | None] = {}

    def kept(self, key: Shape) -> Plan | None:
        """The plan for `key` while its premises hold; None without one, or where there can be none."""
        plan = self.of.get(key)
        if plan is not None and plan.premises is not None and not plan.premises.hold():
            del self.of[key]
            return None
        return plan

    def keep(self, key: Shape, plan: Plan | None) -> Plan | None:
        """Remember what there is, or is not, for `key`: none whose premises do not hold."""
        if len(self.of) >= MAX_PLANS:
            self.of.clear()
        if plan is not None and plan.premises is not None and not plan.premises.hold():
            plan = None
        self.of[key] = plan
        return plan


plans: Final = Plans()


def statement_for(queryset: AnyQuerySet) -> Statement | None:
    """What to ask for the rows of `queryset`; None when only Django itself can ask it.

    Where a thread may wait only a plan that is remembered is worth it; on an event loop so is any other, as long as it
    is Django's own. Raises EmptyResultSet when Django knows without asking that there are none.
    """
    query, using = query_of(queryset), queryset.db
    looping = on_loop()
    wrapper = wrapper_of(using)
    if query.combinator or query.select_for_update or query.explain_info or not is_known(queryset, wrapper):
        return None
    low, high = query.low_mark, query.high_mark
    if high is not None and high <= low:
        raise EmptyResultSet
    # Whoever made the QuerySet may have compiled it once for all its slices.
    found = (
        queryset.__dict__.get("_compiled_plan") or (plans.remember and _remembered(queryset, using, wrapper)) or None
    )
    if found is None and looping and is_own_query(queryset.query):
        found = compiled(queryset, using)
    plan, parameters = found or (None, ())
    if plan is None or (looping and not plan.fits_a_loop):
        return None
    limit = None if high is None else high - low
    connection = None if looping else wrapper
    return Statement(
        using=using, plan=plan, parameters=parameters, limit=limit, offset=low or None, connection=connection
    )


def _remembered(queryset: AnyQuerySet, using: str, wrapper: BaseDatabaseWrapper) -> tuple[Plan, tuple[Any, ...]] | None:
    known = shape_of_queryset(queryset)
    if known is None:
        return None
    shape, lookups = known
    parameters = parameters_of(lookups, wrapper) if lookups else ()
    if parameters is None:
        return None
    key = (using, queryset._iterable_class, queryset._fields, shape)
    plan = plans.kept(key)
    if plan is None and key not in plans.of:
        plan, from_django = compiled(queryset, using, shaped=True)
        plan = plans.keep(key, plan if from_django == parameters else None)
    return None if plan is None else (plan, parameters)


def parameters_of(lookups: Sequence[Any], connection: BaseDatabaseWrapper) -> tuple[Any, ...] | None:
    """The parameters of these lookups, by Django's own preparation; None when a value changes the SQL."""
    found: list[Any] = []
    for lookup in lookups:
        try:
            sql, parameters = lookup.process_rhs(None, connection)
        except (EmptyResultSet, FullResultSet):
            return None
        if not _is_known(sql, len(parameters), lookup.rhs):
            return None
        found += parameters
    return tuple(found)


def _is_known(sql: str, number: int, value: object) -> bool:
    """Whether a value is one parameter, or each of a list, whose length is part of the shape."""
    if sql == "%s":
        return number == 1
    if not isinstance(value, list | tuple | set | frozenset):
        return False
    return number == len(value) and sql == f"({', '.join(['%s'] * number)})"


def compiled(queryset: AnyQuerySet, using: str, *, shaped: bool = False) -> tuple[Plan | None, tuple[Any, ...]]:
    """A plan from Django's compiler, and the parameters; no plan when its rows are no plain rows."""
    compiler = queryset.query.clone().get_compiler(using=using)
    sql, parameters = compiler.as_sql(with_limits=False)
    models = tuple(dict.fromkeys(models_of(compiler.query)))
    if (
        not database_path.compiles(compiler.connection)
        or compiler.has_extra_select
        or not sql
        or not all(map(has_one_key, models))
        or (shaped and not is_written_alike(compiler))
    ):
        return None, ()
    made = made_by(compiler, queryset._iterable_class)
    compiler.connection = sample_of(using)  # that of a thread would stay open after it
    plan = Plan(
        sql=sql,
        slots=len(parameters),
        compiler=compiler,
        builder=builder(compiler, queryset._iterable_class),
        shaped=shaped,
        premises=Premises(models, made) if shaped else None,
        own=makes_by_itself(compiler, queryset._iterable_class) and is_own_query(compiler.query),
        made=tuple(made),
    )
    return plan, tuple(parameters)
