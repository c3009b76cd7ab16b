"""The errors of the contract, as OpenAPI documents describe them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

EVERYWHERE: Final = (400, 429)
"""A foreign Host, and too many requests."""
_TEXT: Final = {"type": "string"}
ERROR: Final = {"type": "object", "properties": {"detail": _TEXT}, "required": ["detail"]}
INVALID: Final = {
    "type": "object",
    "properties": {
        "detail": _TEXT,
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT, "minItems": 1}},
    },
    "required": ["detail", "errors"],
}
_HEADERS: Final[dict[int, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string", "pattern": "^Token"}}},
    429: {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}},
}


def described(*statuses: int) -> dict[int, dict[str, Any]]:
    """The `responses` of an operation for these statuses, and for those that every operation can answer with."""
    return {status: _described(status) for status in sorted({*EVERYWHERE, *statuses})}


def _described(status: int) -> dict[str, Any]:
    schema = INVALID if status == 422 else ERROR
    headers = {"headers": _HEADERS[status]} if status in _HEADERS else {}
    return {
        "description": HTTPStatus(status).phrase,
        **headers,
        "content": {"application/json": {"schema": schema}},
    }
