"""Cached bytes: a Redis cache back end with one lean client per process, whose dictionaries can be finished JSON.

What it changes
- One client for the process, for synchronous and asynchronous code. On an event loop all requests share one connection:
  commands of the same iteration of the loop leave in one write, replies come back in order (hiredis parses them), and
  nothing hops to a thread. Threads take connections from a pool and give them back.
- A dictionary of JSON values is stored as JSON, wrapped so that `pickle.loads` gives the dictionary: a process with
  plain django-redis on the same Redis reads and writes the same keys.
- With the option `finished_json` such a dictionary is decoded at its first use only, and until then carries the bytes:
  `__finished_json__()` gives them to a renderer that knows the protocol (lean_ninja, orjson_rendering), which writes
  them as they are.
- `get_or_set` computes an expired key once per process however many ask at the same time; who waits, which is for 5 s
  at most and never in a transaction, then reads the stored value as always (`coalescing.coalesced` shares one call of
  any function).
- With Redis away and IGNORE_EXCEPTIONS set, everything goes on without it, with one warning per minute in the log.

Keys are Django's (KEY_PREFIX, VERSION, KEY_FUNCTION), integers are plain, so other programs can INCR them. STOCK names
the back end that was there before, Django's RedisCache or django-redis: results, time-outs and errors are those of that
one, and what django-redis adds to the cache API (`ttl`, `lock`, `delete_pattern`) is its own. While somebody has put
functions of theirs around those of the back end or of redis-py, as Sentry does, it does all the work. It stays in
place, with a sentence in the log and in `manage.py perfcompare levers`, where the settings say anything else than one redis://
or unix:// URL and the usual OPTIONS: TLS, replicas, Sentinel, compressors, serializers, clients of one's own.

What it costs: redis-py asks again when a connection breaks, and this lever does not. With `finished_json`, C code that
reads a dictionary's memory without asking the dictionary finds nothing in one that is not decoded yet: orjson raises a
TypeError, and pydantic misses the fields; take `dict(value)`, or `orjson.dumps(value, default=dict,
option=OPT_PASSTHROUGH_SUBCLASS)`.

Sources: https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP),
https://redis.io/docs/latest/develop/use/pipelining/, https://pkg.go.dev/golang.org/x/sync/singleflight (coalescing).
"""

from __future__ import annotations

from typing import Any, Final

from perfcompare.core.lever import Lever, Settings
from perfcompare.levers._versions import DJANGO, DJANGO_REDIS, HIREDIS, ORJSON, PYTHON

BACKEND: Final = "perfcompare.levers.cached_bytes.backend.cached_bytes"
_REPLACED: Final = frozenset({"django_redis.cache.RedisCache", "django.core.cache.backends.redis.RedisCache"})


def _settings(settings: Settings) -> None:
    settings["CACHES"] = {alias: _replaced(cache) for alias, cache in settings["CACHES"].items()}


def _replaced(cache: dict[str, Any]) -> dict[str, Any]:
    stock = cache["BACKEND"]
    return {**cache, "BACKEND": BACKEND, "STOCK": stock} if stock in _REPLACED else cache


LEVER = Lever(
    label="cached bytes",
    changes="one lean Redis client per process for threads and event loop; cached dictionaries are JSON, which with"
    " the option `finished_json` renderers write as it is; an expired key is computed once per process",
    costs="with `finished_json`, C code that reads a cached dictionary past its methods finds nothing; TLS, replicas,"
    " Sentinel and compression are left to the stock back end",
    source="https://redis.io/docs/latest/develop/use/pipelining/",
    lines=(f'CACHES["default"].update(STOCK=CACHES["default"]["BACKEND"], BACKEND="{BACKEND}")',),
    tested=(PYTHON, DJANGO, DJANGO_REDIS, HIREDIS, ORJSON),
    settings=_settings,
    options="perfcompare.levers.cached_bytes.settings.Options",
    packages=("hiredis", "orjson"),
)
