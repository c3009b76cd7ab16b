"""Tests of others that end otherwise with levers: for each suite, patterns of test ids with their reasons."""

from __future__ import annotations

from typing import Final

EXCEPTIONS: Final[dict[str, dict[str, str]]] = {
    "drf": {
        r"tests/test_negotiation\.py::TestAcceptedMediaType::test_accept_tokens_cached_on_request": (
            "It counts how often an Accept header is parsed, once per request; lean_drf remembers what came out for "
            "all requests, so the header is parsed once in all."
        ),
    },
}
