"""Django's tests of users, permissions and sessions."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("auth_tests", "messages_tests", "sessions_tests", "signed_cookies_tests", "sites_framework", "sites_tests"),
    expects=("compiled_queries", "compiled_writes", "inline_middleware"),
)
