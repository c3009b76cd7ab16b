"""JSON Schemas of inputs and answers (https://json-schema.org), which the contract's OpenAPI document is made of."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.core.scenario import Parameter, Schema

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "integer"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}


def integer(name: str, *, lowest: int, highest: int, default: int) -> Parameter:
    """A parameter of the query string that may be left out."""
    schema = {"type": "integer", "minimum": lowest, "maximum": highest, "default": default}
    return Parameter(name=name, schema=schema)


def array(items: Schema, **more: Any) -> Schema:
    """An array of `items`."""
    return {"type": "array", "items": items, **more}


def fields(**properties: Schema) -> Schema:
    """An object with exactly these fields."""
    described: dict[str, Any] = {"type": "object", "properties": properties, "required": list(properties)}
    return {**described, "additionalProperties": False}


SUMMARY: Final = fields(id=NUMBER, name=TEXT, email=TEXT)
"""A user without addresses and metadata."""
