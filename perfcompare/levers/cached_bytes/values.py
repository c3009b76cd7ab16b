"""How values are stored: integers as text, JSON dictionaries as finished JSON in a pickle, all else as a pickle.

A pickle is a program; this one says "call json.loads with these bytes"
(https://docs.python.org/3/library/pickletools.html). Whoever unpickles it gets a plain dictionary, and whoever knows
its first bytes finds the JSON without unpickling.
"""

from __future__ import annotations

import enum
import json
import math
import pickle
import struct
from typing import Any, Final, Self, cast

import orjson

_PREFIX: Final = b"\x80\x03cjson\nloads\nB"
_SUFFIX: Final = b"\x85R."
_HEADER: Final = len(_PREFIX) + 4
_MAX_JSON: Final = 2**32 - 1
_SCALARS: Final = frozenset({str, int, bool, type(None)})


def encode(value: Any) -> bytes:
    """What is stored for `value`; errors are those of pickle."""
    if isinstance(value, int) and not isinstance(value, bool | enum.Enum):
        return b"%d" % value
    if isinstance(value, dict) and (finished := _finished(value)) is not None:
        return _PREFIX + struct.pack("<I", len(finished)) + finished + _SUFFIX
    return pickle.dumps(value, pickle.DEFAULT_PROTOCOL)


def decode(stored: bytes) -> Any:
    """The value that was stored, by this module or by django-redis with its defaults."""
    if stored.startswith(_PREFIX):
        return FinishedMapping(stored[_HEADER : -len(_SUFFIX)])
    try:
        return int(stored)
    except ValueError:
        return pickle.loads(stored)  # noqa: S301 - as Django's caches do; who can write to Redis is trusted


def _finished(value: dict[Any, Any]) -> bytes | None:
    if isinstance(value, FinishedMapping):
        return value.__finished_json__()
    if not _is_json(value):
        # As a reader would get it: subclasses may turn into plain lists and dictionaries on their way.
        value = pickle.loads(pickle.dumps(value))  # noqa: S301 - just made
        if not _is_json(value):
            return None
    try:
        finished = orjson.dumps(value)
    except TypeError:  # integers above 64 bits, lone surrogates
        return None
    return finished if len(finished) <= _MAX_JSON else None


def _is_json(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return all(type(key) is str and _is_json(one) for key, one in value.items())
    if kind is list:
        return all(map(_is_json, value))
    return kind in _SCALARS or (kind is float and math.isfinite(value))


class _Unread:
    """The only key of a mapping that is not decoded yet: C code that looks past the methods fails on it."""


_UNREAD: Final = _Unread()


class FinishedMapping(dict[str, Any]):
    """A dictionary that is decoded from its JSON at its first use; a fresh one for every reader, free to be changed."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        dict.__setitem__(self, cast("str", _UNREAD), None)
        self._raw: bytes | None = raw

    def __finished_json__(self) -> bytes:
        """The JSON; that of the store as long as nobody has looked inside."""
        return orjson.dumps(dict(self)) if self._raw is None else self._raw

    def _read(self) -> Self:
        raw = self._raw
        if raw is not None:
            # Whoever has read it may change what is in it, so the bytes go.
            self._raw = None
            dict.clear(self)
            dict.update(self, orjson.loads(raw))
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return (dict, (dict(self),)) if self._raw is None else (json.loads, (self._raw,))

    def copy(self) -> dict[str, Any]:
        """A plain dictionary."""
        return dict(self._read())

    def __copy__(self) -> dict[str, Any]:
        return self.copy()


def _reading(name: str) -> Any:
    method = getattr(dict, name)

    def call(self: FinishedMapping, *args: Any, **kwargs: Any) -> Any:
        return method(self._read(), *args, **kwargs)

    call.__name__, call.__doc__ = name, method.__doc__
    return call


for _name in (
    "__getitem__", "__setitem__", "__delitem__", "__iter__", "__reversed__", "__len__", "__contains__", "__eq__",
    "__ne__", "__or__", "__ror__", "__ior__", "__repr__", "keys", "values", "items", "get", "pop", "popitem",
    "setdefault", "update", "clear",
):  # fmt: skip
    setattr(FinishedMapping, _name, _reading(_name))
