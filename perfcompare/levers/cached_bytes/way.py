"""Whether all that a stock back end passes on its way to Redis is its own: the clients here go past it.

Sentry, OpenTelemetry, ddtrace and New Relic put functions around those of redis-py, and a project around its cache's.
While one is there, the cache is stock's.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.utils.module_loading import import_string

from perfcompare.levers._replacing import LIBRARIES, Unpatched, functions_of

_CLIENTS: Final = {
    "django.core.cache.backends.redis.RedisCache": (
        "django.core.cache.backends.redis.RedisCacheClient",
        "django.core.cache.backends.redis.RedisSerializer",
    ),
    "django_redis.cache.RedisCache": (
        "django_redis.client.DefaultClient",
        "django_redis.serializers.pickle.PickleSerializer",
        "django_redis.compressors.identity.IdentityCompressor",
        "django_redis.pool.ConnectionFactory",
    ),
}
_COMMANDS: Final = (
    "execute_command _execute_command parse_response _send_command_parse_response pipeline"
    " get set mget mset delete exists persist expire pexpire incr incrby flushdb"
)
_POOL: Final = "get_connection make_connection release"
_NAMES: Final = {
    "DefaultClient": "get set add touch get_many set_many delete delete_many has_key incr _incr clear encode decode"
    " make_key connect get_client get_client_with_index",
    "ConnectionFactory": "connect get_connection get_or_create_connection_pool get_connection_pool",
}
"""Of classes that cannot be watched (`_replacing.watch`), where each name costs a comparison."""


@cache
def way_of(path: str) -> Unpatched:
    """What the back end with that dotted path passes."""
    known = {one: _NAMES.get(one.__name__) or _functions(one) for one in map(import_string, (path, *_CLIENTS[path]))}
    return Unpatched({**known, **_driver()})


def _driver() -> dict[Any, str]:
    try:
        import redis
        from redis.connection import Connection, UnixDomainSocketConnection
    except ImportError:  # and stock does not work
        return {}
    connections = {one: _functions(one) for one in (Connection, UnixDomainSocketConnection)}
    return {redis.Redis: _COMMANDS, redis.ConnectionPool: _POOL, redis: "Redis ConnectionPool", **connections}


def _functions(cls: type[Any]) -> str:
    """The names of all functions of a class of a library, and of those that it inherits from."""
    bases = (one for one in cls.__mro__ if f"{one.__module__}.".startswith(LIBRARIES))
    return " ".join(dict.fromkeys(name for one in bases for name, value in vars(one).items() if functions_of(value)))
