"""How values are stored: integers as text, JSON dictionaries as finished JSON in a pickle, all else as a pickle.

A pickle is a program; this one says "call json.loads with these bytes"
(https://docs.python.org/3/library/pickletools.html). Whoever unpickles it gets a plain dictionary, and whoever knows
its first bytes finds the JSON without unpickling. Before that it mentions, and drops, a checksum of the key and the
bytes: JSON is taken as it is only when it is whole and was stored here under that key. Any other value is unpickled,
and where that fails the error is the one that stock raises.
"""

from __future__ import annotations

import json
import math
import pickle
import struct
import zlib
from typing import Any, Final, Self, SupportsIndex

import orjson

from perfcompare.levers._handling.settings import Watched
from perfcompare.levers._memo import Memo
from perfcompare.levers.cached_bytes.settings import options

_START: Final = b"\x80\x03C\x04"
_PREFIX: Final = b"0cjson\nloads\nB"
_SUFFIX: Final = b"\x85R."
_CHECKED: Final = len(_START) + 4
_HEADER: Final = _CHECKED + len(_PREFIX) + 4
_SUM_AND_LENGTH: Final = struct.Struct(f"<4xI{len(_PREFIX)}sI")
_MAX_JSON: Final = 2**32 - 1
_SCALARS: Final = frozenset({str, int, bool, type(None)})
_LONGEST_KNOWN: Final = 65_536
_known: Final = Memo()
"""By its key, what was found to be whole: the same bytes come again and again, and to compare them is cheaper."""


def encode(value: object, key: str) -> bytes:
    """What is stored for `value` under `key`; errors are those of pickle."""
    if type(value) is int:
        return b"%d" % value
    if isinstance(value, dict) and (finished := _finished(value)) is not None:
        length = struct.pack("<I", len(finished))
        return b"".join((_START, struct.pack("<I", _sum(key, finished)), _PREFIX, length, finished, _SUFFIX))
    return pickle.dumps(value, pickle.DEFAULT_PROTOCOL)


def decode(stored: bytes, key: str) -> Any:
    """The value that was stored under `key`, by this module or by a stock back end with its defaults."""
    if stored.startswith(_START) and (finished := _whole(stored, key)) is not None:
        mapping: dict[str, Any] = _MAPPING.get()(finished)
        return mapping
    try:
        return int(stored)
    except ValueError:
        return pickle.loads(stored)  # noqa: S301 - as Django's caches do; who can write to Redis is trusted


def _whole(stored: bytes, key: str) -> bytes | None:
    """The JSON in `stored`; None when it is not all there, or was not stored here under `key`."""
    known = _known.get(key, stored)
    if known is not None:
        return known
    if len(stored) < _HEADER + len(_SUFFIX):
        return None
    checksum, prefix, length = _SUM_AND_LENGTH.unpack_from(stored)
    finished = stored[_HEADER : -len(_SUFFIX)]
    if prefix != _PREFIX or length != len(finished) or not stored.endswith(_SUFFIX):
        return None
    if checksum != _sum(key, finished):
        return None
    if len(stored) <= _LONGEST_KNOWN:
        _known.put(key, stored, finished)
    return finished


def _sum(key: str, finished: bytes) -> int:
    return zlib.crc32(finished, zlib.crc32(key.encode("utf-8", "surrogatepass")))


def _finished(value: dict[Any, Any]) -> bytes | None:
    if isinstance(value, FinishedMapping):
        return value.__finished_json__()
    try:
        if not _is_json(value, set()):
            # As a reader would get it: subclasses may turn into plain lists and dictionaries on their way.
            value = pickle.loads(pickle.dumps(value))  # noqa: S301 - just made
            if not _is_json(value, set()):
                return None
        finished = orjson.dumps(value)
    except (TypeError, RecursionError):  # integers above 64 bits, lone surrogates, too deep
        return None
    return finished if len(finished) <= _MAX_JSON else None


def _is_json(value: Any, seen: set[int]) -> bool:
    """Whether JSON gives the same value; one that is there twice, or in itself, is the same object when unpickled."""
    kind = type(value)
    if kind is dict or kind is list:
        if id(value) in seen:
            return False
        seen.add(id(value))
        if kind is list:
            return all(_is_json(one, seen) for one in value)
        return all(type(name) is str and _is_json(one, seen) for name, one in value.items())
    return kind in _SCALARS or (kind is float and math.isfinite(value))


class _Unread:
    """The only key of a mapping that is not decoded yet: C code that looks past the methods fails on it."""


_UNREAD: Final[Any] = _Unread()


class FinishedMapping(dict[str, Any]):
    """A dictionary that is decoded from its JSON at its first use; a fresh one for every reader, free to be changed."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        dict.__setitem__(self, _UNREAD, None)
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

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return (dict, (dict(self),)) if self._raw is None else (json.loads, (self._raw,))

    def copy(self) -> dict[str, Any]:
        """A plain dictionary."""
        return dict(self._read())

    def __copy__(self) -> dict[str, Any]:
        return self.copy()


def _reading(name: str) -> Any:
    method = getattr(dict, name)

    def call(self: FinishedMapping, *args: Any, **kwargs: object) -> Any:
        # A comparison in C looks into the other one without asking it.
        for one in args:
            if one.__class__ is FinishedMapping:
                one._read()
        return method(self._read(), *args, **kwargs)

    call.__name__, call.__doc__ = name, method.__doc__
    return call


for _name in (
    "__getitem__", "__setitem__", "__delitem__", "__iter__", "__reversed__", "__len__", "__contains__", "__eq__",
    "__ne__", "__or__", "__ror__", "__ior__", "__repr__", "keys", "values", "items", "get", "pop", "popitem",
    "setdefault", "update", "clear",
):  # fmt: skip
    setattr(FinishedMapping, _name, _reading(_name))

_MAPPING: Final = Watched(lambda _settings: FinishedMapping if options().finished_json else orjson.loads)
"""What makes a dictionary of its JSON."""
