"""A request, a reply, and a description of the right reply. Every contract is written with these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
JSON: Final[Mapping[str, str]] = MappingProxyType({"content-type": "application/json"})


def merged(*headers: Mapping[str, str]) -> dict[str, str]:
    """All of these headers. A later one replaces an earlier one of the same name, whose case does not count."""
    return dict({name.lower(): (name, value) for one in headers for name, value in one.items()}.values())


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request. `path` is relative to the stack's prefix and holds the query string."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    body: bytes | None = None
    chunked: bool = False
    """Send the body in chunks, without declaring its length."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer as it came over the wire; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Anything:
    """Equal to every value that is present."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "<anything>"


ANYTHING: Final = _Anything()


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The right reply to a request.

    `json` is the whole body as parsed JSON; `ANYTHING` stands for a value that the contract does not fix. `fields` are
    exactly the keys of the `errors` object of a 422. `headers` must be present and hold each of the given comma
    separated words.
    """

    status: int = 200
    json: object = ANYTHING
    fields: frozenset[str] | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def difference(self, reply: Reply) -> str | None:
        """A sentence that says what is wrong with `reply`; None when it is right."""
        if reply.status != self.status:
            return f"status {reply.status} instead of {self.status}: {_excerpt(reply.body)}"
        return self._headers_difference(reply) or self._body_difference(reply)

    def _headers_difference(self, reply: Reply) -> str | None:
        if not reply.headers.get("content-type", "").startswith("application/json"):
            return f"content type {reply.headers.get('content-type')!r} instead of application/json"
        for name, wanted in self.headers.items():
            words = {word.strip().lower() for word in reply.headers.get(name, "").split(",")}
            if not {word.strip().lower() for word in wanted.split(",")} <= words:
                return f"header {name}: {reply.headers.get(name)!r} lacks {wanted!r}"
        return None

    def _body_difference(self, reply: Reply) -> str | None:
        try:
            value = json.loads(reply.body)
        except ValueError as error:
            return f"the body is not JSON ({error}): {_excerpt(reply.body)}"
        if self.status >= 400 and not (isinstance(value, dict) and isinstance(value.get("detail"), str)):
            return f"an error without a `detail` text: {_excerpt(reply.body)}"
        if self.fields is not None:
            return _fields_difference(value, self.fields)
        return json_difference(self.json, value)


def json_difference(wanted: object, got: object, where: str = "$") -> str | None:
    """The first place where two JSON values differ, as a sentence; None when they are equal.

    Booleans are not numbers here, and 1 is not 1.0: `==` would hide what a client sees.
    """
    if wanted is ANYTHING:
        return None
    if type(wanted) is not type(got):
        return f"{where}: {_short(got)} instead of {_short(wanted)}"
    if isinstance(wanted, dict) and isinstance(got, dict):
        return _object_difference(wanted, got, where)
    if isinstance(wanted, list) and isinstance(got, list):
        return _array_difference(wanted, got, where)
    return None if wanted == got else f"{where}: {_short(got)} instead of {_short(wanted)}"


def _object_difference(wanted: dict[str, object], got: dict[str, object], where: str) -> str | None:
    if wanted.keys() != got.keys():
        return f"{where}: keys {sorted(got)} instead of {sorted(wanted)}"
    differences = (json_difference(wanted[key], got[key], f"{where}.{key}") for key in wanted)
    return next((found for found in differences if found), None)


def _array_difference(wanted: list[object], got: list[object], where: str) -> str | None:
    if len(wanted) != len(got):
        return f"{where}: {len(got)} elements instead of {len(wanted)}"
    differences = (
        json_difference(one, other, f"{where}[{index}]")
        for index, (one, other) in enumerate(zip(wanted, got, strict=True))
    )
    return next((found for found in differences if found), None)


def _fields_difference(value: dict[str, Any], fields: frozenset[str]) -> str | None:
    errors = value.get("errors")
    if not isinstance(errors, dict) or errors.keys() != fields:
        return f"errors for {_short(errors)} instead of for the fields {sorted(fields)}"
    if not all(
        isinstance(texts, list) and texts and all(isinstance(t, str) for t in texts) for texts in errors.values()
    ):
        return f"errors must hold a list of sentences for each field: {_short(errors)}"
    return None


def _excerpt(body: bytes) -> str:
    return _short(body.decode(errors="replace"))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
