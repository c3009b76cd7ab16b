"""Tests of others that end otherwise with levers: for each suite, patterns of test ids with their reasons."""

from __future__ import annotations

from typing import Final

EXCEPTIONS: Final[dict[str, dict[str, str]]] = {
    "cachalot": {
        r"cachalot\.tests\.settings\.SettingsTestCase\.test_(cache|database)_compatibility": (
            "It expects that all system checks together say nothing but what cachalot says. With cachalot the levers "
            "leave parts to stock, and a check says which, as it should."
        ),
    },
    "django_databases": {
        r"backends\.postgresql\.tests\.Tests\.test_(connect_pool(_set_to_true|_with_timezone)?|pooling_\w+)": (
            "It adds a pool to the settings of the database. Django refuses one beside CONN_MAX_AGE = None, a line of "
            "settings that database_connections asks for in processes that serve WSGI."
        ),
    },
    "django_queries": {
        r"queries\.tests\.Queries1Tests\.test_tickets_2076_7256": (
            "It looks into `Query.alias_map` after the evaluation. Django's compiler fills it; a query whose SQL is "
            "remembered is not compiled. The SQL and the rows are the same."
        ),
    },
    "drf": {
        r"tests/test_negotiation\.py::TestAcceptedMediaType::test_accept_tokens_cached_on_request": (
            "It counts how often an Accept header is parsed, once per request; lean_drf remembers what came out for "
            "all requests, so the header is parsed once in all."
        ),
    },
    "polymorphic": {
        r"src/polymorphic/tests/errata/test_errata\.py::TestErrata::test_system_checks": (
            "It counts the messages of all system checks. A check says which parts of levers are stock beside its "
            "models, as it should."
        ),
    },
}
