"""Querysets of tokens that remember, as long as everything between them and the database is Django's own."""

from __future__ import annotations

from collections.abc import Iterator
from copyreg import _reconstructor  # type: ignore[attr-defined]  # missing in the stubs
from itertools import chain
from typing import Any, Final, SupportsIndex

from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.db.models.signals import post_init, pre_init
from rest_framework.authentication import TokenAuthentication
from rest_framework.settings import api_settings

from perfcompare.levers._drf.project import in_transactions, views
from perfcompare.levers._orm import database_path, premises, querysets, sessions
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import (
    Judgement,
    Replacement,
    Tally,
    is_own_attribute,
    judged,
    origin_of,
    overriding,
    path_of,
)
from perfcompare.levers.token_cache import writes
from perfcompare.levers.token_cache.memory import UNSHARED
from perfcompare.levers.token_cache.writes import memory

_ASKS: Final = Stock(QuerySet, "get", "aget")
_models: Final[list[Any]] = []
_MAKING: Final[Any] = (pre_init, post_init)
_WHERE: Final = ("NAME", "HOST", "PORT", "USER")
_WHOSE: Final = ("options", "service", "assume_role")
"""OPTIONS of a connection that decide whose rows it sees."""


class RemembersTokens(QuerySet[Any]):
    """A queryset whose `select_related("user").get(key=...)` may answer from memory."""

    tally: Final = Tally()
    """Its questions, and those of them that the database answered."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """As Django's, which whoever reads it has."""
        return _reconstructor, (QuerySet, object, None), self.__getstate__()

    def get(self, *args: object, **kwargs: object) -> Any:
        """As Django's."""
        next(self.tally.calls)
        key = _key(self, args, kwargs)
        if key is None:
            next(self.tally.left)
            return super().get(*args, **kwargs)
        memory.poll()
        found = memory.find(key)
        if found is None:
            next(self.tally.left)
            epoch = memory.epoch
            found = super().get(*args, **kwargs)
            memory.keep(key, found, epoch)
        return found

    async def aget(self, *args: object, **kwargs: object) -> Any:
        """As Django's; without a thread when the answer is remembered."""
        next(self.tally.calls)
        key = _key(self, args, kwargs)
        if key is None:
            next(self.tally.left)
            return await super().aget(*args, **kwargs)
        await memory.apoll()
        # Django's aget asks `get` in a thread, which remembers; another one may ask the database itself.
        found = memory.find(key)
        if found is None:
            next(self.tally.left)
            epoch = memory.epoch
            found = await super().aget(*args, **kwargs)
            memory.keep(key, found, epoch)
        return found


RemembersTokens.__name__ = QuerySet.__name__  # it is part of what a queryset says about itself


def _key(queryset: QuerySet[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What to remember the answer under: all that it depends on.

    None for any other question than the one of TokenAuthentication, and where code of others takes part in the answer.
    """
    if args or kwargs.keys() != {"key"} or type(kwargs["key"]) is not str or database_path.has_routers():
        return None
    if UNSHARED.get() is not None or queryset.model._meta.concrete_model is not _models[0]:  # whose tables are watched
        return None
    query = queryset.query
    is_plain = (
        query.select_related == {"user": {}}
        and not query.where.children
        and not query.is_sliced
        and not query.combinator
        and not query.distinct
        and not query.annotations
        and not query.extra
        and not query.select_for_update
        and query.deferred_loading == (frozenset(), True)
        and queryset._iterable_class is ModelIterable
        and not queryset._prefetch_related_lookups  # type: ignore[attr-defined]
    )
    if not is_plain or not _is_stock(queryset):
        return None
    connection = connections[queryset.db]
    settings = connection.settings_dict
    if not (
        not connection.in_atomic_block
        and database_path.is_stock(connection)
        and database_path.opens(connection)
        and database_path.compiles(connection)
        and not connection.execute_wrappers
        and writes.objection(connection.alias) is None
    ):
        return None
    # The database of an alias is changed by some who keep one for each tenant.
    where = (*map(settings.get, _WHERE), *map(settings["OPTIONS"].get, _WHOSE))
    return queryset.model, connection.alias, where, kwargs["key"]


def _is_stock(queryset: QuerySet[Any]) -> bool:
    """Whether nothing but Django's own code would make the instances, and prepare the session that reads them."""
    models = (*_models, queryset.model)
    return (
        querysets.GETS.holds(type(queryset))
        and _ASKS.holds(QuerySet)
        and all(map(premises.MODEL.holds, models))
        and not any(signal.has_listeners(model) for signal in _MAKING for model in models)
        and not sessions.preparing()
    )


def objections() -> Iterator[str]:
    """What is read from the database each time, and why."""
    yield from database_path.objections()
    yield from in_transactions()
    yield from sessions.objections()
    if said := _ASKS.objection(QuerySet) or querysets.GETS.objection(RemembersTokens):
        yield f"off everywhere: {said}."
    if said := UNSHARED.get():
        yield f"off everywhere: {said}."
    for alias in connections:
        if said := writes.objection(alias):
            yield f"off for {alias!r}: {said}."
        if wrappers := connections[alias].execute_wrappers:
            yield f"off for {alias!r}: {', '.join(map(origin_of, wrappers))} wraps its statements."
    for model in _models:
        if said := premises.MODEL.objection(model):
            yield f"off everywhere: {said}."
        for receiver in dict.fromkeys(one for signal in _MAKING for one in chain(*signal._live_receivers(model))):
            yield f"off everywhere: {origin_of(receiver)} is told of each new {path_of(model)}."
    for manager in _own_managers():
        yield f"off for the manager {manager.name!r}: it has a QuerySet class of its own."


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each authenticator of the project that looks for a token."""
    given: list[Any] = [*api_settings.DEFAULT_AUTHENTICATION_CLASSES]
    given += (one for view in views(project) for one in view.authentication_classes)
    found = (one for one in dict.fromkeys(given) if issubclass(one, TokenAuthentication))
    yield from judged("authenticators", found, _objection)


def _objection(authenticator: type[TokenAuthentication]) -> str | None:
    """Why its tokens are read from the database each time: the end of a sentence."""
    asking: Any = authenticator.authenticate_credentials
    if not is_own_attribute(asking) and asking.__name__ not in asking.__code__.co_names:  # it does not ask DRF to
        return overriding(authenticator, "authenticate_credentials")
    model: Any = authenticator().get_model()
    queryset = model.objects.select_related("user")
    if not isinstance(queryset, RemembersTokens):
        return f"it asks {path_of(type(queryset))} of {path_of(model)}"
    if _key(queryset, (), {"key": ""}) is None:
        said = next(objections(), "the way to the database: not Django's own.")
        return said.partition(": ")[2].removesuffix(".")
    return None


def _replacements() -> tuple[Replacement, ...]:
    """Cursors that tell of writes, and querysets that remember, for each manager of the token model with Django's."""
    return (
        *writes.REPLACEMENTS,
        *(
            Replacement(manager, "_queryset_class", RemembersTokens)
            for manager in _managers()
            if manager._queryset_class is QuerySet
        ),
    )


def _managers() -> Any:
    token: Any = writes.models()[0]
    return token._meta.local_managers


def _own_managers() -> Iterator[Any]:
    return (one for one in _managers() if not issubclass(one._queryset_class, RemembersTokens))


REPLACEMENTS: Final = _replacements
"""A function, since the models are known when Django has started."""


def after_install() -> None:
    """Know the tables to look for."""
    _expire()
    _models[:] = writes.models()
    writes.watch()
    memory.forget()


def after_uninstall() -> None:
    """Look for them no longer."""
    _expire()
    writes.forget_tables()
    memory.forget()


def _expire() -> None:
    """Let the token model copy its managers anew."""
    token: Any = writes.models()[0]
    token._meta._expire_cache()
