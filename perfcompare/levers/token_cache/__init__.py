"""Token cache: who a token belongs to is remembered for a short while, for DRF's `rest_framework.authtoken`.

What it changes: `Token.objects.select_related("user").get(key=...)` and its `aget`, which is what DRF's
TokenAuthentication asks, answer from the process's memory when the same key was asked for lately. Views, authenticators
and Ninja's security classes stay as they are. Each caller gets fresh copies of the token and its user. This is a change
of what a request does, and results made with it say "cached token look-up".

What is never remembered: a key that was not found, a look-up inside a transaction, a user with mutable values; anything
at all where code of others takes part in the answer or decides about its rows (a database wrapper or router of others,
a receiver of connection_created, a `SET search_path` or `SET ROLE`, models or managers that make instances or querysets
in their own way, signals at an instance's making). Nor is a model that inherits from Token with a table of its own, or
anything while the default cache is one that processes do not share (LocMemCache, DummyCache) or that asks the database
(DatabaseCache). An answer belongs to its model, its database alias and the database behind that.

How stale can it be:
- not at all in the process that writes: every statement that Django's cursor sends is looked at for the tables of
  tokens and users, and of what the database may delete users with (`DO_NOTHING`, `DB_CASCADE`), raw SQL too;
- in other processes up to `poll_s` (1 s): a write changes a mark in the default cache, and each process looks at it
  that often; the cache must be one that processes share;
- up to `ttl_s` (30 s) after a write past Django (another program, a trigger, a function), or one that found the cache
  away. A write by a cursor of psycopg's own, on Django's connection, ends the remembering for that database.

What it costs: memory for up to `max_entries` (10,000) users. Any write to a user that exists, `last_login` too, makes
every process forget all tokens. When not to use it: where a revoked token must stop working everywhere at once.

Sources: https://www.django-rest-framework.org/api-guide/authentication/#tokenauthentication;
the mark is namespace versioning: https://github.com/memcached/memcached/wiki/ProgrammingTricks#namespacing.
"""

from __future__ import annotations

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import DJANGO, DRF, PYTHON

LEVER = Lever(
    label="cached token look-up",
    changes="remembers for up to 30 s whose a token is; forgets at once what this process writes, within a second what"
    " others write",
    costs="a revoked token may work for another second in other processes, 30 s after a write past Django",
    source="https://www.django-rest-framework.org/api-guide/authentication/#tokenauthentication",
    lines=('INSTALLED_APPS += ["perfcompare.levers.token_cache"]',),
    tested=(PYTHON, DJANGO, DRF),
    settings=with_app("perfcompare.levers.token_cache"),
    options="perfcompare.levers.token_cache.settings.Options",
)
