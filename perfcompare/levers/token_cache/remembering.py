"""Querysets of tokens that remember, and what makes them forget."""

from __future__ import annotations

import functools
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.signals import post_delete, post_save

from perfcompare.levers._replacing import Replacement
from perfcompare.levers.token_cache.memory import Memory

memory: Final = Memory()


class RemembersTokens(QuerySet[Any]):
    """A queryset whose `select_related("user").get(key=...)` may answer from memory."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """As Django's."""
        key = _key(self, args, kwargs)
        if key is None or connections[self.db].in_atomic_block:
            return super().get(*args, **kwargs)
        memory.poll()
        found = memory.find(key)
        if found is None:
            epoch = memory.epoch
            found = super().get(*args, **kwargs)
            memory.keep(key, found, epoch)
        return found

    async def aget(self, *args: Any, **kwargs: Any) -> Any:
        """As Django's; without a thread when the answer is remembered."""
        key = _key(self, args, kwargs)
        if key is None or connections[self.db].in_atomic_block:
            return await super().aget(*args, **kwargs)
        await memory.apoll()
        # Django's aget asks `get` in a thread, which remembers; another one may ask the database itself.
        found = memory.find(key)
        if found is None:
            epoch = memory.epoch
            found = await super().aget(*args, **kwargs)
            memory.keep(key, found, epoch)
        return found


def _key(queryset: QuerySet[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What to remember the answer under; None for any other question than the one of TokenAuthentication."""
    if args or kwargs.keys() != {"key"} or type(kwargs["key"]) is not str:
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
    return (queryset.db, kwargs["key"]) if is_plain else None


@functools.cache
def watched() -> tuple[type[Model], ...]:
    """The models whose writes make the process forget: tokens and users."""
    return apps.get_model("authtoken", "Token"), get_user_model()


def saved(created: bool, **signal: Any) -> None:
    """Forget, unless the row is new: nobody remembers what did not exist."""
    if not created:
        _written(**signal)


async def asaved(created: bool, **signal: Any) -> None:
    """`saved` for the lever native_async; only an UPDATE has anything to tell, and takes a thread for it."""
    if not created:
        await sync_to_async(_written)(**signal)


def _written(using: str | None = None, **_signal: Any) -> None:
    memory.forget()
    transaction.on_commit(memory.raise_generation, using=using)


def update(self: Any, **kwargs: Any) -> int:
    """As `QuerySet.update`."""
    changed: int = UPDATE.original(self, **kwargs)
    if issubclass(self.model, watched()):
        _written(using=self.db)
    return changed


def _replacements() -> tuple[Replacement, ...]:
    """Querysets that remember, for each manager of the token model, and the one write that sends no signal."""
    token: Any = watched()[0]
    return UPDATE, *(
        Replacement(manager, "_queryset_class", type("TokenQuerySet", (RemembersTokens, manager._queryset_class), {}))
        for manager in token._meta.local_managers
    )


UPDATE: Final = Replacement(QuerySet, "update", update, "1f9c170890e4", "1d43f0d83d5f", "f44c915b49fe")
REPLACEMENTS: Final = _replacements
"""A function, since the models are known when Django has started."""


def after_install() -> None:
    """Listen to every other write."""
    _expire()
    for model in watched():
        post_save.connect(saved, sender=model, dispatch_uid="token_cache")
        post_delete.connect(_written, sender=model, dispatch_uid="token_cache")


def after_uninstall() -> None:
    """Listen no longer."""
    _expire()
    for model in watched():
        post_save.disconnect(sender=model, dispatch_uid="token_cache")
        post_delete.disconnect(sender=model, dispatch_uid="token_cache")


def _expire() -> None:
    """Let the token model copy its managers anew."""
    token: Any = watched()[0]
    token._meta._expire_cache()
