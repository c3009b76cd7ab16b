"""One number that makes every cached page of users stale at once (namespace versioning).

The number is part of the key of each cached page. A write raises it, so nobody asks for the old pages again, and they
run out by themselves; no list of pages is kept
(https://github.com/memcached/memcached/wiki/ProgrammingTricks#namespacing; the cache is Django's default one,
https://docs.djangoproject.com/en/5.2/topics/cache/).

Why no stale page survives a write: a reader takes the number *before* it asks the database, and a writer raises it
*after* its transaction is committed. A reader that saw old rows therefore holds an old number and stores its page
where nobody looks any more; a reader that holds the new number asked the database after the commit. Between commit
and raise a reader may still be given the old page, as it would have been just before the commit.

Two limits: a raise that finds the cache away is lost, so a page from before may be served until it runs out; and the
cache must not evict the number (it never expires by itself), or old numbers would be given out anew.

In Redis the number is a plain integer under `:1:users:generation` (Django's key function): other programs may INCR it.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save

KEY: Final = "users:generation"

_log = logging.getLogger("users.cache")


def current() -> int:
    """The number to put into a page's key, read before the page's rows are; 0 when it is unset or the cache is away."""
    try:
        return int(cache.get(KEY) or 0)
    except Exception as error:  # each cache back end has its own errors; a page without a cache is the contract
        _log.warning("Cannot read the generation of users: %s", error)
        return 0


async def acurrent() -> int:
    """`current()` for use on an event loop."""
    try:
        return int(await cache.aget(KEY) or 0)
    except Exception as error:
        _log.warning("Cannot read the generation of users: %s", error)
        return 0


def bump() -> None:
    """Make all cached pages stale. Call it after the commit; writes that send no signals must call it themselves."""
    try:
        _increase()
    except Exception as error:
        _log.warning("Cannot raise the generation of users: %s", error)


async def abump(**_signal: Any) -> None:
    """`bump()` for use on an event loop; what `bump_after_commit` does for a row that is committed already."""
    try:
        await _aincrease()
    except Exception as error:
        _log.warning("Cannot raise the generation of users: %s", error)


def bump_after_commit(**_signal: Any) -> None:
    """`bump()` once the transaction under way is committed, at once without one; a receiver of model signals."""
    transaction.on_commit(bump)


def connect() -> None:
    """Let every saved or deleted user bump. A cached page shows users alone, not what hangs on them."""
    for signal in (post_save, post_delete):
        signal.connect(bump_after_commit, sender="users.User", dispatch_uid="users.generation")


def _increase() -> None:
    try:
        cache.incr(KEY)
    except ValueError:  # unset: the first to add it wins, and whoever comes second counts on from there
        if not cache.add(KEY, 1, timeout=None):
            cache.incr(KEY)


async def _aincrease() -> None:
    try:
        await cache.aincr(KEY)
    except ValueError:
        if not await cache.aadd(KEY, 1, timeout=None):
            await cache.aincr(KEY)
