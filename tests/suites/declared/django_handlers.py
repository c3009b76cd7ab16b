"""Django's tests of its handlers, with ours in their place."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("asgi", "wsgi", "handlers", "servers", "builtin_server", "httpwrappers"),
    checked=True,
    handlers=True,
    expects=("lean_asgi", "lean_wsgi"),
)
