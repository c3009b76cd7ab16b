"""The asynchronous reads of QuerySet, asked on the event loop; what cannot be is asked Django's way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db.models import query
from django.db.models.query import QuerySet

from perfcompare.levers._orm import querysets, rows
from perfcompare.levers._orm.full_results import load
from perfcompare.levers._orm.placeholders import PlaceholderError
from perfcompare.levers._orm.plans import Statement
from perfcompare.levers._orm.querysets import NARROWING, READING, AnyQuerySet
from perfcompare.levers._orm.related import Left
from perfcompare.levers._orm.single_results import counted, existing, got
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged
from perfcompare.levers.native_async.pools import pool_for
from perfcompare.levers.native_async.trust import goes
from perfcompare.levers.native_async.types import UnsupportedError


class Unasked:
    """What comes instead of a result when nothing was asked and Django must do it."""


UNASKED: Final = Unasked()


async def ask(alias: str, dialogue: Generator[Statement, Sequence[Any], Any]) -> Any:
    """The result of `dialogue`, whose statements go to the database `alias`; UNASKED when Django must ask."""
    pool = await pool_for(alias)
    if pool is None:
        return UNASKED
    try:
        statement = next(dialogue)
        while True:
            sql, parameters = statement.with_numbers()
            try:
                found = await pool.rows(sql, parameters)
            except (OverflowError, ValueError):  # asyncpg cannot make a value of what is there, and psycopg tells why
                return UNASKED
            statement = dialogue.send(found)
    except StopIteration as finished:
        return UNASKED if finished.value is None else finished.value
    except (UnsupportedError, PlaceholderError, SynchronousOnlyOperation):
        # The last comes from a compiler that wants to ask the server for its version.
        return UNASKED


_FETCHES: Final = Stock(QuerySet, *READING, "_fetch_all")
_GETS: Final = Stock(QuerySet, *READING, *NARROWING, "get")
_COUNTS: Final = Stock(QuerySet, *READING, "count")
_EXISTS: Final = Stock(QuerySet, *READING, "exists")
_ENDS: Final = Stock(
    QuerySet,
    *(*READING, *NARROWING, "first", "last", "ordered", "reverse", "__getitem__", "__iter__"),
    "_check_ordering_first_last_queryset_aggregation",
)
_GETS_OR_CREATES: Final = Stock(QuerySet, *READING, *NARROWING, "get", "get_or_create", "create")


async def fetch(queryset: AnyQuerySet, asked: Replacement) -> list[Any]:
    """The results of `queryset`, which keeps them, for the method that was `asked`; as `QuerySet._fetch_all`."""
    if queryset._result_cache is None and goes(queryset, _FETCHES):
        loaded = await ask(queryset.db, load(queryset))
        if loaded is not UNASKED:
            queryset._result_cache, left = loaded
            await _prefetch(left)
            queryset._prefetch_done = True
    if not _is_whole(queryset):
        next(asked.left)
        await sync_to_async(queryset._fetch_all)()
    return queryset._result_cache or []


def _is_whole(queryset: AnyQuerySet) -> bool:
    return queryset._result_cache is not None and (queryset._prefetch_done or not queryset._prefetch_related_lookups)


async def _prefetch(left: Left) -> None:
    for instances, lookups in left:
        await sync_to_async(query.prefetch_related_objects)(instances, *lookups)


def __aiter__(self: AnyQuerySet) -> AsyncIterator[Any]:
    async def results() -> AsyncIterator[Any]:
        if not _is_whole(self):
            next(ITERATE.calls)
        for one in await fetch(self, ITERATE):
            yield one

    return results()


async def aget(self: AnyQuerySet, *args: object, **kwargs: object) -> Any:
    """As `QuerySet.aget`."""
    next(GET.calls)
    answer: Any = await ask(self.db, got(self, args, kwargs)) if goes(self, _GETS) else UNASKED
    if answer is UNASKED:
        return await GET.original(self, *args, **kwargs)
    instance, left = answer
    await _prefetch(left)
    return instance


async def acount(self: AnyQuerySet) -> int:
    """As `QuerySet.acount`."""
    if self._result_cache is not None:
        return len(self._result_cache)
    next(COUNT.calls)
    answer: Any = await ask(self.db, counted(self)) if goes(self, _COUNTS) else UNASKED
    return await COUNT.original(self) if answer is UNASKED else answer  # type: ignore[no-any-return]


async def aexists(self: AnyQuerySet) -> bool:
    """As `QuerySet.aexists`."""
    if self._result_cache is not None:
        return bool(self._result_cache)
    next(EXISTS.calls)
    answer: Any = await ask(self.db, existing(self)) if goes(self, _EXISTS) else UNASKED
    return await EXISTS.original(self) if answer is UNASKED else answer  # type: ignore[no-any-return]


async def afirst(self: AnyQuerySet) -> Any:
    """As `QuerySet.afirst`."""
    next(FIRST.calls)
    if not goes(self, _ENDS):
        return await FIRST.original(self)
    if self.ordered:
        queryset = self
    else:
        self._check_ordering_first_last_queryset_aggregation(method="first")
        queryset = self.order_by("pk")
    return await _first(queryset[:1], FIRST)


async def alast(self: AnyQuerySet) -> Any:
    """As `QuerySet.alast`."""
    next(LAST.calls)
    if not goes(self, _ENDS):
        return await LAST.original(self)
    if self.ordered:
        queryset = self.reverse()
    else:
        self._check_ordering_first_last_queryset_aggregation(method="last")
        queryset = self.order_by("-pk")
    return await _first(queryset[:1], LAST)


async def _first(found: AnyQuerySet | list[Any], asked: Replacement) -> Any:
    """The one result of a slice, which is a list where the results were there before."""
    return next(iter(found if isinstance(found, list) else await fetch(found, asked)), None)


async def aget_or_create(
    self: AnyQuerySet, defaults: Mapping[str, Any] | None = None, **kwargs: object
) -> tuple[Any, bool]:
    """As `QuerySet.aget_or_create`; only the search is asked here."""
    next(GET_OR_CREATE.calls)
    if not goes(self, _GETS_OR_CREATES):
        return await GET_OR_CREATE.original(self, defaults, **kwargs)  # type: ignore[no-any-return]
    self._for_write = True
    with suppress(self.model.DoesNotExist):
        return await self.aget(**kwargs), False
    return await GET_OR_CREATE.original(self, defaults, **kwargs)  # type: ignore[no-any-return]


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each QuerySet class, and of each model whose instances are read."""
    ways = {"lists": _FETCHES, "aget()": _GETS, "acount()": _COUNTS, "aexists()": _EXISTS}
    ways |= {"afirst() and alast()": _ENDS, "aget_or_create()": _GETS_OR_CREATES}
    for what, stock in ways.items():
        yield from judged("QuerySet classes", querysets.classes(project), stock.objection, what=what)
    yield from rows.judgements(project, "reads")


ITERATE: Final = Replacement(QuerySet, "__aiter__", __aiter__, "04d92fe742c2")
GET: Final = Replacement(QuerySet, "aget", aget, "1e63b93ee77a")
COUNT: Final = Replacement(QuerySet, "acount", acount, "2043f695eff9")
EXISTS: Final = Replacement(QuerySet, "aexists", aexists, "a2fbdeb61566")
FIRST: Final = Replacement(QuerySet, "afirst", afirst, "ee861ba2ee3d")
LAST: Final = Replacement(QuerySet, "alast", alast, "c4e67155ae15")
GET_OR_CREATE: Final = Replacement(QuerySet, "aget_or_create", aget_or_create, "b78b0fd69205")
REPLACEMENTS: Final = (ITERATE, GET, COUNT, EXISTS, FIRST, LAST, GET_OR_CREATE)
