"""Pydantic models for recorded JSON, as source: one class for each kind of object in it."""

from __future__ import annotations

import datetime
import keyword
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, TypeAdapter, ValidationError

_SCALARS: Final = {bool: "bool", int: "int", float: "float", str: "str"}
_TEXTS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "datetime.datetime": TypeAdapter(datetime.datetime),
    "datetime.date": TypeAdapter(datetime.date),
    "UUID": TypeAdapter(UUID),
}
"""What a text may be in truth."""


class Models:
    """Classes of one module; `source` has those on which others depend first."""

    def __init__(self) -> None:
        self.source: list[str] = []
        self._names: set[str] = set()

    def annotation(self, values: Sequence[Any], name: str) -> str:
        """The type of these values, which stand in the same place. What no class describes is `Any`."""
        present = [value for value in values if value is not None]
        found = self._of_present(present, name)
        return found if len(present) == len(values) or found == "Any" else f"{found} | None"

    def _of_present(self, values: Sequence[Any], name: str) -> str:
        kinds = {type(value) for value in values}
        if len(kinds) != 1:
            return "Any"
        kind = kinds.pop()
        if kind is list:
            return f"list[{self.annotation([one for value in values for one in value], name)}]"
        if kind is str:
            return next((found for found in _TEXTS if all(_is(found, value) for value in values)), "str")
        return self._of_objects(values, name) if kind is dict else _SCALARS[kind]

    def _of_objects(self, values: Sequence[dict[str, Any]], name: str) -> str:
        keys = values[0].keys()
        if not keys or any(value.keys() != keys for value in values) or not all(map(_is_field, keys)):
            return "dict[str, Any]"
        fields = [f"    {key}: {self.annotation([one[key] for one in values], f'{name}{_camel(key)}')}" for key in keys]
        while name in self._names:
            name += "_"
        self._names.add(name)
        self.source.append("\n".join([f"class {name}(BaseModel):", *fields]))
        return name


def class_name(handler: str) -> str:
    """`ProductListAnswer` for `product_list`; no other name in a module ends so."""
    return f"{_camel(handler)}Answer"


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words.split("_"))


def _is(kind: str, text: str) -> bool:
    """Whether Pydantic would write it so."""
    try:
        return bool(_TEXTS[kind].dump_python(_TEXTS[kind].validate_strings(text), mode="json") == text)
    except ValidationError:
        return False


def _is_field(key: str) -> bool:
    free = not hasattr(BaseModel, key) and not key.startswith(("_", "model_"))
    # a field hides what its class's annotations mean by the same name
    return key.isidentifier() and key.isascii() and not keyword.iskeyword(key) and free and key not in _TAKEN


_TAKEN: Final = frozenset({*_SCALARS.values(), "list", "dict", "Any", "UUID", "datetime"})
