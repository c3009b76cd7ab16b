"""request_started and request_finished, dispatched at the cost of the receivers that are really connected.

Django connects five receivers of its own (django/db/__init__.py, core/cache/__init__.py, core/handlers/base.py). What
they do is known, so a handler can do it itself where and when there is something to do; every other receiver is called
as Django calls it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from weakref import ReferenceType

from django.core import cache, signals
from django.core.cache import CacheHandler, caches, close_caches
from django.core.handlers.base import reset_urlconf
from django.db import close_old_connections, reset_queries
from django.dispatch import Signal, dispatcher
from django.urls import base as urls

from perfcompare.levers._handling.local_data import LocalData, Put
from perfcompare.levers._handling.settings import ROOT_URLCONF, Watched
from perfcompare.levers._replacing import Unpatched

Receiver = Callable[..., Any]

_together: Final[Any] = getattr(dispatcher, "_run_parallel", asyncio.gather)
"""Since Django 6.1 asynchronous receivers share the context of the request."""


class _Connected(Protocol):
    """The parts of a Signal that its stubs leave out."""

    receivers: list[tuple[Any, ...]]
    _dead_receivers: bool

    def _live_receivers(self, sender: object) -> tuple[list[Receiver], list[Receiver]]: ...


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is connected to a signal now."""

    own: tuple[Receiver, ...]
    """Those of Django's own receivers that are connected, in order."""
    others: bool
    """Whether anything else is."""
    # Which of Django's own are connected, since to find one takes as long as what it does.
    resets_queries: bool = False
    closes_connections: bool = False
    closes_caches: bool = False
    resets_urlconf: bool = False


class Lifecycle:
    """One of the two signals, as a handler sees it."""

    def __init__(self, signal: Signal, own: frozenset[Receiver]) -> None:
        self.signal = signal
        self._own = own
        self._connected: _Connected = signal  # type: ignore[assignment]  # private parts, see the protocol
        self._seen: list[tuple[Any, ...]] = []
        self._plan = Plan(own=(), others=False)

    def plan(self) -> Plan:
        """What is connected; compared with the last answer, since tests and libraries connect at any time."""
        connected = self._connected
        if connected.receivers != self._seen or connected._dead_receivers:
            self._seen = list(connected.receivers)
            found = [_target(entry[1]) for entry in self._seen]
            own = tuple(receiver for receiver in found if receiver in self._own)
            self._plan = Plan(
                own=own,
                others=any(receiver is not None and receiver not in self._own for receiver in found),
                resets_queries=reset_queries in own,
                closes_connections=close_old_connections in own,
                closes_caches=close_caches in own,
                resets_urlconf=reset_urlconf in own,
            )
        return self._plan

    def needs_thread(self, sender: object) -> bool:
        """Whether a synchronous receiver that is not Django's own is connected for `sender`."""
        synchronous, _ = self._connected._live_receivers(sender)
        return any(receiver not in self._own for receiver in synchronous)

    async def asend_asynchronous(self, sender: object, **named: object) -> None:
        """Call the asynchronous receivers, all at once as Django does; an error of one is raised."""
        _, receivers = self._connected._live_receivers(sender)
        await _together(*(receiver(signal=self.signal, sender=sender, **named) for receiver in receivers))


def _target(reference: Receiver | ReferenceType[Receiver]) -> Receiver | None:
    receiver: Receiver | None = reference() if isinstance(reference, ReferenceType) else reference
    return receiver


started: Final = Lifecycle(signals.request_started, frozenset({reset_queries, close_old_connections}))
finished: Final = Lifecycle(signals.request_finished, frozenset({close_caches, close_old_connections, reset_urlconf}))

_WAY: Final = frozenset({"close_all", "all", "__iter__", "__getitem__"})
"""What `close_caches` passes."""
_CLOSING: Final = Unpatched({CacheHandler: " ".join(_WAY)})
_caches: Final = LocalData(caches._connections)  # type: ignore[attr-defined]  # private
_urlconf: Final = LocalData(urls._urlconfs)  # type: ignore[attr-defined]  # private
_prefix: Final = LocalData(urls._prefixes)  # type: ignore[attr-defined]  # private
_URLCONF: Final = Watched(lambda settings: Put({"value": settings.ROOT_URLCONF}))


def finish_context(plan: Plan) -> None:
    """Do what Django's own receivers of request_finished do for this context, where there is something to do."""
    if plan.closes_caches:
        _close_caches()
    if plan.resets_urlconf and not _urlconf.clear():
        reset_urlconf(sender=None)  # which does not look at it


def _close_caches() -> None:
    """As `close_caches`, without asking the store twice for each cache of the project."""
    made = _caches.get()
    if made is None or (made and not _are_closed_as_usual()):
        close_caches()
    elif made:
        for one in [made[alias] for alias in caches.settings if alias in made]:
            one.close()


def _are_closed_as_usual() -> bool:
    as_usual = cache.caches is caches and type(caches) is CacheHandler and _CLOSING.holds()
    return as_usual and vars(caches).keys().isdisjoint(_WAY)


def enter_script_prefix(script_name: str) -> None:
    """Make `reverse()` prepend `script_name` in this context, as `set_script_prefix` does."""
    prefix = script_name if script_name.endswith("/") else f"{script_name}/"
    data = _prefix.get()
    if data is None or data.get("value", "/") != prefix:
        urls.set_script_prefix(prefix)


def enter_urlconf() -> None:
    """Let `get_urlconf()` say ROOT_URLCONF in this context, as `set_urlconf` does."""
    if not _urlconf.put(_URLCONF.get()):
        urls.set_urlconf(ROOT_URLCONF.get())
