"""acreate() on the event loop: one INSERT, with the signals before and after it.

The steps are those of `Model.save`, `save_base` and `_save_table` with force_insert
(https://github.com/django/django/blob/stable/5.2.x/django/db/models/base.py). A model that changes any of them, or has
parents, is saved by Django.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db.models.query import QuerySet
from django.db.models.signals import post_save, pre_save

from perfcompare.levers._orm import database_path
from perfcompare.levers._orm.database_wrapper import wrapper_of
from perfcompare.levers._orm.placeholders import PlaceholderError
from perfcompare.levers._orm.querysets import READING, AnyQuerySet
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._replacing import Replacement
from perfcompare.levers.native_async.inserts import Form, form
from perfcompare.levers.native_async.instances import is_plainly_made
from perfcompare.levers.native_async.pool import Pool
from perfcompare.levers.native_async.pools import pool_for
from perfcompare.levers.native_async.receivers import send
from perfcompare.levers.native_async.trust import goes
from perfcompare.levers.native_async.types import UnsupportedError

_CREATES: Final = Stock(QuerySet, *READING, "create")

_log = logging.getLogger(__name__)
_unfinished: Final[set[asyncio.Future[None]]] = set()
"""An event loop alone does not keep its tasks alive."""


async def acreate(self: AnyQuerySet, **kwargs: object) -> Any:
    """As `QuerySet.acreate`."""
    next(CREATE.calls)
    model = self.model
    if not (goes(self, _CREATES) and is_plainly_made(model, kwargs)):
        return await CREATE.original(self, **kwargs)
    self._for_write = True
    using = self.db
    if await _pool_for(using) is None:
        return await CREATE.original(self, **kwargs)
    instance = model(**kwargs)
    if getattr(instance, "_password", None) is not None:
        next(CREATE.left)
        await sync_to_async(instance.save)(force_insert=True, using=using)
    else:
        await _to_its_end(_insert(instance, using))
    return instance


async def _pool_for(using: str) -> Pool | None:
    return await pool_for(using) if database_path.inserts(wrapper_of(using)) else None


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for `work`, which goes on when the waiting is cancelled.

    A client that leaves cancels its view. Django's thread would not notice, and the row would have its receivers.
    """
    task = asyncio.ensure_future(work)
    _unfinished.add(task)
    task.add_done_callback(_unfinished.discard)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_tell)
        raise


def _tell(task: asyncio.Future[None]) -> None:
    """Log what nobody waits for any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.warning("A row whose client had left was not written: %s", error, exc_info=error)


async def _insert(instance: Any, using: str) -> None:
    model: Any = type(instance)
    meta = model._meta.concrete_model._meta
    instance._prepare_related_fields_for_save(operation_name="save")
    await send(pre_save, model, instance=instance, raw=False, using=using, update_fields=None)
    if not instance._is_pk_set(meta):
        setattr(instance, meta.pk.attname, meta.pk.get_pk_value_on_save(instance))
    # A receiver may have changed the session that the row is written in, or the way there.
    await _write(instance, form(model, known=instance._is_pk_set(meta)), using, await _pool_for(using))
    instance._state.db = using
    instance._state.adding = False
    await send(post_save, model, instance=instance, created=True, update_fields=None, raw=False, using=using)


async def _write(instance: Any, written: Form, using: str, pool: Pool | None) -> None:
    rows: list[Any] | None = None
    with suppress(UnsupportedError, PlaceholderError):
        if pool is not None:
            statement = written.insertion(instance, using)
            rows = await pool.rows(statement.sql, statement.parameters)
    if rows is not None:  # what fails from here on has been written, and is not written again
        if rows:
            written.take_back(instance, rows[0], using)
        return
    next(CREATE.left)
    insert = sync_to_async(instance._do_insert)
    rows = await insert(written.model._base_manager, using, written.fields, written.returning, False)
    for field, value in zip(written.returning, rows[0] if rows else (), strict=False):
        setattr(instance, field.attname, value)


CREATE: Final = Replacement(QuerySet, "acreate", acreate, "531a90f08f04")
REPLACEMENTS: Final = (CREATE,)
