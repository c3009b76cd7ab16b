"""The synchronous reads of QuerySet, by remembered plans; what has none is asked Django's way."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, Final

from django.db import connections
from django.db.models import query
from django.db.models.query import QuerySet

from perfcompare.levers._orm import database_path, querysets, related, single_results, written
from perfcompare.levers._orm import rows as builders
from perfcompare.levers._orm.database_wrapper import connection_of
from perfcompare.levers._orm.full_results import load
from perfcompare.levers._orm.plans import Statement, plans
from perfcompare.levers._orm.querysets import COUNTS, FETCHES, GETS, AnyQuerySet
from perfcompare.levers._orm.single_results import counted, existing, got
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged
from perfcompare.levers.compiled_queries import direct, lists, times


def ask(dialogue: Generator[Statement, Sequence[Any], Any]) -> Any:
    """The result of `dialogue`; None when Django must ask."""
    try:
        statement = next(dialogue)
        while True:
            statement = dialogue.send(rows(statement))
    except StopIteration as finished:
        return finished.value


def rows(statement: Statement) -> list[Any]:
    """The rows of one statement, on Django's connection."""
    connection = statement.connection or connection_of(statement.using)
    if statement.plan.shaped and database_path.is_open(connection):
        return direct.rows(statement, connection)
    return direct.rows_by_django(statement, connection)


def _fetch_all(self: AnyQuerySet) -> None:
    if self._result_cache is None:
        next(FETCH_ALL.calls)
        loaded = ask(load(self)) if not database_path.has_routers() and FETCHES.holds(type(self)) else None
        if loaded is None:
            FETCH_ALL.original(self)
            return
        self._result_cache, left = loaded
        _prefetch(left)
        self._prefetch_done = True
    elif self._prefetch_related_lookups and not self._prefetch_done:
        next(FETCH_ALL.calls)
        FETCH_ALL.original(self)


def get(self: AnyQuerySet, *args: object, **kwargs: object) -> Any:
    """As `QuerySet.get`."""
    next(GET.calls)
    answer = ask(got(self, args, kwargs)) if not database_path.has_routers() and GETS.holds(type(self)) else None
    if answer is None:
        return GET.original(self, *args, **kwargs)
    instance, left = answer
    _prefetch(left)
    return instance


def count(self: AnyQuerySet) -> int:
    """As `QuerySet.count`."""
    if self._result_cache is not None:
        return len(self._result_cache)
    next(COUNT.calls)
    number = ask(counted(self)) if not database_path.has_routers() and COUNTS.holds(type(self)) else None
    return COUNT.original(self) if number is None else number  # type: ignore[no-any-return]


def exists(self: AnyQuerySet) -> bool:
    """As `QuerySet.exists`. Where others see the statement, it has to be Django's, which selects a parameter."""
    if self._result_cache is not None:
        return bool(self._result_cache)
    next(EXISTS.calls)
    asks = not database_path.has_routers() and COUNTS.holds(type(self))
    found = ask(existing(self)) if asks and database_path.is_open(connection_of(self.db)) else None
    return EXISTS.original(self) if found is None else found  # type: ignore[no-any-return]


def _prefetch(left: Sequence[tuple[list[Any], list[Any]]]) -> None:
    for instances, lookups in left:
        query.prefetch_related_objects(instances, *lookups)  # as it is there now


FETCH_ALL: Final = Replacement(QuerySet, "_fetch_all", _fetch_all, "cd8c3c5b80ab")
GET: Final = Replacement(QuerySet, "get", get, "8689b092b624")
COUNT: Final = Replacement(QuerySet, "count", count, "63dcb3eb93d2")
EXISTS: Final = Replacement(QuerySet, "exists", exists, "470a49a8efd0")
REPLACEMENTS: Final = (FETCH_ALL, GET, COUNT, EXISTS)


def objections() -> Iterator[str]:
    """What is left to Django at this moment, and why."""
    yield from map(_by_cursor, database_path.objections())
    yield from querysets.objections()
    yield from related.PREFETCHING.objections()
    yield from (f"off for exists() on {alias!r}: {said}." for alias, said in direct.watched())


def _by_cursor(said: str) -> str:
    """That sentence, where plans are used all the same and only their statements are sent by Django."""
    for alias in connections:
        about = f"off for {alias!r}: "
        if said.startswith(about) and database_path.compiles(connections[alias]):
            return f"off for {alias!r} but for plans, which Django's cursor asks: {said[len(about) :]}"
    return said


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each QuerySet class, manager and model."""
    yield from querysets.judgements(project)
    yield from judged("models", project.models, written.objection, what="queries")
    yield from builders.judgements(project, "instances")


def forget(**_signal: object) -> None:
    """Make all plans anew."""
    plans.of.clear()
    single_results.forget()


def after_install() -> None:
    """Remember plans; read times and write numbers quickly on connections that are opened from now on."""
    plans.remember = True
    times.connect()
    lists.connect()


def after_uninstall() -> None:
    """Remember no plans."""
    plans.remember = False
