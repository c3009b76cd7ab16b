"""The back ends whose place this lever takes, and in what they differ from one another.

Django's own and django-redis answer some questions differently: a fraction of a second is over at once for the one and
a time for the other, and where one says what it has done the other says nothing.
"""

from __future__ import annotations

import enum
import math
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, CacheKeyWarning, memcache_key_warnings

from perfcompare.core import packages

Option = bytes | str | int

_DEFAULTS: Final[Mapping[str, frozenset[Any]]] = {
    "CLIENT_CLASS": frozenset({"django_redis.client.DefaultClient", "django_redis.client.default.DefaultClient"}),
    "SERIALIZER": frozenset({"django_redis.serializers.pickle.PickleSerializer"}),
    "COMPRESSOR": frozenset({"django_redis.compressors.identity.IdentityCompressor"}),
    "PARSER_CLASS": frozenset({"redis.connection.HiredisParser", "redis.connection._HiredisParser"}),
    "REPLICA_READ_ONLY": frozenset({True, False}),  # there is no replica
    "IGNORE_EXCEPTIONS": frozenset({True, False}),
    "CLOSE_CONNECTION": frozenset({False}),
}
"""Options of django-redis, and their values that change nothing here."""
_LIMITS: Final = frozenset({"MAX_ENTRIES", "CULL_FREQUENCY"})
"""Options that every back end takes, and these do not look at."""


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How one of them behaves."""

    path: str
    """The dotted path of its class."""
    names: Mapping[str, str]
    """Its OPTIONS that say how to connect, by the names that `address` has for them."""
    tells: bool
    """Whether `set` and `delete_many` say what they did (django-redis), or `set_many` and `clear` (Django)."""
    expiry: Callable[[float], tuple[Option, ...]]
    """How SET is told of a time-out in seconds; empty when that is over."""
    warns: bool
    """Whether keys that memcached would refuse make a warning."""
    found: type[dict[Any, Any]] = dict
    """What `get_many` answers with."""
    none_deleted: int | None = None
    """What `delete_many` answers when it is given no key."""

    def takes(self, value: object, timeout: float | None) -> bool:
        """Whether it is known how a value is stored and for how long; django-redis refuses integers of other classes,
        or not, as its parser does."""
        return is_plain(timeout) and not (self.tells and _is_odd(value))

    def key_seen(self, key: str) -> None:
        """Warn of `key` as memcached's rules would have it."""
        for warning in memcache_key_warnings(key):
            warnings.warn(warning, CacheKeyWarning, stacklevel=4)

    def objection(self, options: Mapping[str, Any]) -> str | None:
        """Which of the OPTIONS is not known: the end of a sentence."""
        return next(self._objections(options), None)

    def _objections(self, options: Mapping[str, Any]) -> Iterator[str]:
        defaults = _DEFAULTS if self.tells else {}
        for name, value in options.items():
            if name in self.names or name in _LIMITS:
                continue
            try:
                known = value in defaults.get(name, ())
            except TypeError:  # not hashable
                known = False
            if not known:
                yield f"it does not know {name} = {value!r} in OPTIONS"
        if self.tells:
            for name in ("CONNECTION_FACTORY", "CLOSE_CONNECTION"):
                if getattr(settings, f"DJANGO_REDIS_{name}", None):
                    yield f"it does not know the setting DJANGO_REDIS_{name}"


def _is_odd(value: object) -> bool:
    return isinstance(value, int) and type(value) not in (int, bool) and not isinstance(value, enum.Enum)


def is_plain(timeout: float | None) -> bool:
    """Whether a time-out is a number, or one of the two that stand for none."""
    kind = type(timeout)
    return timeout is None or timeout is DEFAULT_TIMEOUT or kind is int or (kind is float and math.isfinite(timeout))


def _in_seconds(timeout_s: float) -> tuple[Option, ...]:
    seconds = int(timeout_s)
    return ("EX", seconds) if seconds > 0 else ()


def _in_milliseconds(timeout_s: float) -> tuple[Option, ...]:
    milliseconds = int(timeout_s * 1000)
    return ("PX", milliseconds) if milliseconds > 0 else ()


DJANGO: Final = Manners(
    path="django.core.cache.backends.redis.RedisCache",
    names={
        "db": "DB",
        "username": "USERNAME",
        "password": "PASSWORD",
        "socket_timeout": "SOCKET_TIMEOUT",
        "socket_connect_timeout": "SOCKET_CONNECT_TIMEOUT",
    },
    tells=False,
    expiry=_in_seconds,
    warns=True,
)
_SERIES: Final = int((packages.version("django-redis") or "7").partition(".")[0])
DJANGO_REDIS: Final = Manners(
    path="django_redis.cache.RedisCache",
    names={name: name for name in ("USERNAME", "PASSWORD", "SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT")},
    tells=True,
    expiry=_in_milliseconds,
    warns=False,
    found=dict if _SERIES >= 7 else OrderedDict,
    none_deleted=0 if _SERIES >= 6 else None,
)
BY_PATH: Final = {one.path: one for one in (DJANGO, DJANGO_REDIS)}


def stock_path(params: Mapping[str, Any]) -> str:
    """The back end that STOCK names; without it, OPTIONS in capital letters are django-redis's."""
    named = params.get("STOCK")
    if named is not None:
        return str(named)
    names = set(params.get("OPTIONS", {})) - _LIMITS
    return (DJANGO_REDIS if any(name.isupper() for name in names) else DJANGO).path
