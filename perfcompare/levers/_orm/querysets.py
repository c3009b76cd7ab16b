"""Which QuerySets are asked in a shorter way: those whose class changes nothing that this way goes past.

A method that a subclass overrides and that Django would call is a reason to let Django call it. See `stock`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Self

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import query
from django.db.models.base import ModelState
from django.db.models.manager import BaseManager
from django.db.models.query import QuerySet
from django.db.models.sql.query import Query

from perfcompare.levers._orm import database_path
from perfcompare.levers._orm.stock import Proof, Stock
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Unpatched, judged, path_of

if TYPE_CHECKING:

    class AnyQuerySet(QuerySet[Any]):
        """A QuerySet with the private parts that its stubs leave out."""

        _compiled_plan: object
        _deferred_filter: tuple[bool, tuple[Any, ...], dict[str, Any]] | None
        _fields: tuple[Any, ...] | None
        _for_write: bool
        _known_related_objects: dict[Any, Any]
        _prefetch_done: bool
        _prefetch_related_lookups: tuple[Any, ...]

        def _add_hints(self, **hints: object) -> None: ...
        def _chain(self) -> Self: ...
        def _check_ordering_first_last_queryset_aggregation(self, method: str) -> None: ...

else:
    AnyQuerySet = QuerySet

READING: Final = ("_prefetch_related_objects", "db", "query", "__getattribute__")
"""What the reading of rows goes past."""
NARROWING: Final = (
    *("filter", "_filter_or_exclude", "_filter_or_exclude_inplace", "_chain", "_clone", "order_by"),
    *("_not_support_combined_queries", "__len__", "_fetch_all"),
)
"""What get() goes past."""
FETCHES: Final = Stock(QuerySet, *READING)
"""`_fetch_all`."""
GETS: Final = Stock(QuerySet, *READING, *NARROWING)
"""`get`."""
COUNTS: Final = Stock(QuerySet, "db", "query", "__getattribute__")
"""`count` and `exists`."""
RELATES: Final = Stock(
    QuerySet, *READING, *NARROWING, "__init__", "_add_hints", "using", "_next_is_sticky", "__iter__", "_iterator"
)
"""Of related objects, for which Django makes a QuerySet for each instance."""
FILTERS: Final = Stock(Query, "add_q", "_add_q", "build_filter", "build_lookup", "chain", "clone")
"""What adds a condition to a query, whose class is Django's: for conditions that are written without it."""
MANAGES: Final = Stock(BaseManager, "get_queryset", "all", "db_manager", "__getattribute__")
"""The manager that these QuerySets come from."""
_ITERABLES: Final[dict[type[Any], Proof]] = {
    cls: Stock(cls, "__init__", "__iter__").of(cls)
    for cls in (
        *(query.ModelIterable, query.ValuesIterable, query.ValuesListIterable, query.FlatValuesListIterable),
        query.NamedValuesListIterable,
    )
}


_ROWS: Final = Unpatched(
    {query: "get_related_populators", query.RelatedPopulator: "__init__ populate", ModelState: "fields_cache"}
)
"""What fills the instances that select_related joins, and where they are kept."""
_FETCHING: Final = getattr(query, "DEFAULT_FETCH_MODE", None)
"""How what was left out of a row is fetched; since Django 6.1 a QuerySet may choose other ways."""


def fetches_as_usual(queryset_or_state: QuerySet[Any] | ModelState) -> bool:
    """Whether a QuerySet, or the state of an instance, has not chosen another way to fetch what a row lacks."""
    chosen = queryset_or_state.__dict__
    return chosen.get("_fetch_mode", chosen.get("fetch_mode", _FETCHING)) is _FETCHING


def is_known(queryset: AnyQuerySet, connection: BaseDatabaseWrapper) -> bool:
    """Whether Django's own code asks on `connection` for the rows of `queryset` and makes its results of them."""
    iterating = _iterating(queryset)
    return iterating is not None and database_path.compiles(connection, iterating, _ROWS)


def _iterating(queryset: AnyQuerySet) -> Proof | None:
    """That what makes the results is Django's own; None where it cannot be."""
    fields = queryset._fields
    if fields is not None and (type(fields) is not tuple or not set(map(type, fields)) <= {str}):
        return None
    return _ITERABLES.get(queryset._iterable_class) if fetches_as_usual(queryset) else None


def _objection_to_rows(manager: BaseManager[Any]) -> str | None:
    """Why the queries of `manager` have no plan."""
    made: Any = manager.get_queryset()
    if type(made.query) is not Query:
        return f"its queries are a {path_of(type(made.query))}"
    iterating = _iterating(made)
    return None if iterating is not None and iterating.holds() else f"{path_of(made._iterable_class)} makes its results"


def objections() -> Iterator[str]:
    """What of Django's own classes is left to Django, and why."""
    said = (FILTERS.objection(Query), *(proof.objection() for proof in _ITERABLES.values()))
    yield from (f"off where this is used: {one}." for one in said if one)
    yield from _ROWS.objections()


def classes(project: Project) -> tuple[type[QuerySet[Any]], ...]:
    """Django's own QuerySet, which somebody may have patched, and those of a project."""
    return (QuerySet, *project.subclasses(QuerySet))


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each QuerySet class, and of what is prefetched through each manager."""
    for what, stock in (("lists", FETCHES), ("get()", GETS), ("count()", COUNTS), ("prefetching", RELATES)):
        yield from judged("QuerySet classes", classes(project), stock.objection, what=what)
    managers = [manager for model in project.models for manager in model._meta.managers]
    yield from judged("managers", managers, _objection_to_rows, what="queries", name=str)
    yield from judged("managers", managers, lambda one: MANAGES.objection(type(one)), what="prefetching", name=str)
