"""Signals of a model that is written on the event loop: no thread for receivers that have an asynchronous twin.

A twin is an asynchronous function that does what a synchronous receiver does, and is called in its place with the same
arguments. The option `receivers` names both by their dotted paths; Django itself goes on calling the synchronous one.
When a twin is called the row is committed: it has no transaction to wait for with `on_commit`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.signals import ModelSignal
from django.utils.module_loading import import_string

from perfcompare.levers.native_async.settings import limits

_twins: Final[dict[Any, Callable[..., Awaitable[Any]]]] = {}


async def send(signal: ModelSignal, sender: type[models.Model], **arguments: object) -> None:
    """Send `signal` as Django does: to the synchronous receivers in their order, then to the asynchronous ones at once.

    Twins are awaited one after another. As soon as one receiver lacks a twin, all synchronous ones run as they are, in
    one thread, where they may ask the database. An error of a receiver is raised, and ends the sending.
    """
    if sender._meta.auto_created:
        return
    synchronous, asynchronous = signal._live_receivers(sender)
    twins = [_twins.get(receiver) for receiver in synchronous]
    if None in twins:
        await (signal.asend if asynchronous else sync_to_async(signal.send))(sender, **arguments)
        return
    for twin in twins:
        await twin(signal=signal, sender=sender, **arguments)  # type: ignore[misc]  # none of them is None
    if asynchronous:
        await asyncio.gather(*(receiver(signal=signal, sender=sender, **arguments) for receiver in asynchronous))


def install() -> None:
    """Take the twins from the settings; ImproperlyConfigured for a path that leads nowhere or to the wrong kind."""
    _twins.clear()
    for receiver, twin in limits().receivers.items():
        _twins[_found(receiver, asynchronous=False)] = _found(twin, asynchronous=True)


def _found(path: str, *, asynchronous: bool) -> Any:
    try:
        function = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(
            f"`receivers` of native_async names {path!r}, which cannot be imported: {error}"
        ) from error
    if not callable(function) or iscoroutinefunction(function) is not asynchronous:
        kind = "an asynchronous" if asynchronous else "a synchronous"
        raise ImproperlyConfigured(
            f"`receivers` of native_async names {path!r}, which is not {kind} function. It leads from each synchronous "
            "receiver to the asynchronous function that is called in its place."
        )
    return function
