"""The renderer: orjson for what it writes as DRF would, DRF's own renderer for the rest."""

from __future__ import annotations

import datetime
import decimal
import ipaddress
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import EnumMeta
from gc import get_referents, is_tracked
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from rest_framework import renderers
from rest_framework.utils import encoders
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from perfcompare.levers._memo import Memo, ends
from perfcompare.levers._replacing import Unpatched, installations, works
from perfcompare.levers.orjson_rendering import LEVER

try:
    import orjson
except ImportError:  # the lever is off, and a project may name it all the same
    orjson = None  # type: ignore[assignment]

_IS_STOCK: Final = not works("orjson_rendering", LEVER.tested, "renderer")
_RENDERED: Final = installations()["orjson_rendering"].tally
# Dates and times go through DRF's encoder, whose spelling differs; json looks at what is in a subclass in its own way.
_OPTIONS: Final = (
    orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
    if orjson
    else None
)
_ENCODER: Final = encoders.JSONEncoder
_STOCK: Final = Unpatched({_ENCODER: "default", renderers.JSONRenderer: "render get_indent"})
_SEPARATORS: Final = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))
_DIGITS: Final = bytes(48 if chr(one) in "0123456789-" else one if one == ord("e") else 120 for one in range(256))
"""A table that makes each digit, and the minus of an exponent, a zero."""
_MAY_BE_SMALL: Final = re.compile(rb"\.(?=0000)").search  # faster than `in`: points are rare
# Beyond these Python writes an exponent, and orjson writes another one or none.
_SMALLEST: Final = 1e-4
_LARGEST: Final = 1e16
_ENCODED: Final = (
    *(Promise, datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, uuid.UUID, QuerySet, bytes),
    *(set, frozenset, ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network),
)
"""What DRF's encoder can be asked for more than once; it may use up anything else that it reads."""
_CONTAINERS: Final = frozenset({dict, list, tuple})
_ATOMS: Final = frozenset({str, int, bool, type(None)})
"""What orjson writes as DRF does, and holds nothing."""
_PLAIN: Final = _CONTAINERS | _ATOMS
_DEEPEST: Final = 256
"""So many containers in each other orjson does not write."""


class JSONRenderer(renderers.JSONRenderer):
    """DRF's JSONRenderer, faster. A subclass that changes the encoder or the settings gets what it asks for."""

    def render(
        self, data: object, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """`data` as JSON; what DRF raises, for what has no JSON.

        Data whose class has `__finished_json__`, a method that returns bytes, is written as those bytes.
        """
        next(_RENDERED.calls)
        if self._is_compact(accepted_media_type, renderer_context):
            written = _finished(data) or _written(data)
            if written is not None:
                return written
        next(_RENDERED.left)
        return bytes(super().render(data, accepted_media_type, renderer_context))

    def _is_compact(self, media_type: str | None, context: Mapping[str, Any] | None) -> bool:
        """Whether DRF's own code would write without spaces, with Unicode as it is, with its own encoder."""
        return (
            not _IS_STOCK
            and self.compact
            and not self.ensure_ascii
            and self.encoder_class is _ENCODER
            and _STOCK.holds()
            and type(self).get_indent is renderers.JSONRenderer.get_indent
            and not (media_type and ";" in media_type)
            and not (context and context.get("indent") is not None)
        )


def objections() -> Iterator[str]:
    """What is left to DRF's renderer, and why: sentences."""
    if said := _STOCK.objection():
        yield f"off everywhere: {said}."
    for name, is_off in {"COMPACT_JSON": not JSONRenderer.compact, "UNICODE_JSON": JSONRenderer.ensure_ascii}.items():
        if is_off:
            yield f"off everywhere: REST_FRAMEWORK[{name!r}] is off."


def _finished(data: object) -> bytes | None:
    """The bytes that `data` carries; None when it carries none, or by now holds what its own way cannot write."""
    method = getattr(type(data), "__finished_json__", None)
    if method is None:
        return None
    try:
        finished: bytes = method(data)
    except TypeError:
        return None
    key = ends(finished)
    if (known := _known.get(key, finished)) is not None:
        return known
    if _may_have_odd_floats(finished):
        return None
    escaped = _escaped(finished)
    if len(finished) <= _LONGEST_KNOWN:
        _known.put(key, finished, escaped)
    return escaped


def _written(data: object) -> bytes | None:
    """`data` as orjson writes it; None when that is not what DRF would answer."""
    if data is None:
        return None
    plain = _unwrapped(data)
    try:
        written = orjson.dumps(plain, default=_default, option=_OPTIONS)
    except TypeError:  # orjson's JSONEncodeError: a key or number that DRF may well write
        return None
    if type(plain) is dict and _ATOMS.issuperset(map(type, plain.values())):
        return _escaped(written)
    if _is_plain(plain):
        return _escaped(written)
    if (b"null" in written or _may_have_odd_floats(written)) and not _is_spelt_alike(data):
        return None
    return None if is_tracked(plain) and _may_have_members(plain) else _escaped(written)


def _unwrapped(data: object) -> Any:
    """`data` without DRF's own classes around it, and around what it holds: pages are dictionaries of lists."""
    usual = _OF_DRF.get(type(data))
    plain: Any = data if usual is None else usual(data)
    if type(plain) is dict and not _OF_DRF.keys().isdisjoint(map(type, plain.values())):
        return {name: _OF_DRF.get(type(value), _same)(value) for name, value in plain.items()}
    return plain


def _same(value: object) -> object:
    return value


def _is_plain(value: object) -> bool:
    """Whether there is nothing in `value` that Python could spell in another way: no float, no member of an Enum.

    Python's collector finds what is in a container much faster than a loop does. `value` must have been written, so
    that it is no circle.
    """
    found = [value]
    while found:
        if not _PLAIN.issuperset(map(type, found)):
            return False
        found = get_referents(*found)
    return True


def _may_have_odd_floats(written: bytes) -> bool:
    """Whether a float in this JSON, or a text that looks like one, has another spelling in Python."""
    return _MAY_BE_SMALL(written) is not None or b"0e0" in written.translate(_DIGITS)


def _may_have_members(value: object) -> bool:
    """Whether a member of an Enum is in `value`: orjson writes what it stands for, DRF what it is made of, if anything.

    Python's collector tracks each member, and no dictionary that holds texts, numbers and the like alone. So most
    answers are known after a look at their outermost containers. What is in an object of another class, `_default`
    looks at.
    """
    found = [value]
    for _ in range(_DEEPEST):
        found = [*filter(is_tracked, found)]
        if not found:
            return False
        kinds = {*map(type, found)}
        if not kinds <= _CONTAINERS:
            if any(type(kind) is EnumMeta for kind in kinds):
                return True
            found = [one for one in found if type(one) in _CONTAINERS]
        found = get_referents(*found)
    return True


def _escaped(written: bytes) -> bytes:
    """JSON without the two characters that end lines in JavaScript, as DRF writes it."""
    # Of the two tests the first takes a fraction of the time, and most answers contain no such byte.
    if b"\xe2" in written and b"\xe2\x80" in written:
        for character, escaped in _SEPARATORS:
            written = written.replace(character, escaped)
    return written


_CONTAINED: Final[Mapping[type, Callable[[Any], Any]]] = {
    str: str.__str__,
    int: int.__pos__,
    float: float.__pos__,
    list: lambda value: _listed(value, list.__iter__),
    tuple: lambda value: _listed(value, tuple.__iter__),
    # json asks a dictionary for its items, and no other subclass for anything.
    dict: lambda value: _all_of(value.items()),
}


def _listed(value: Iterable[Any], usual: object) -> list[Any]:
    if type(value).__iter__ is not usual:
        raise TypeError("It may be read once only: DRF must be the one to do so.")
    return [*value]


def _all_of(items: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    pairs = [*items]
    made = dict(pairs)
    if len(made) != len(pairs):
        raise TypeError("The same key twice: only json writes both.")
    return made


_OF_DRF: Final[Mapping[type, Callable[[Any], Any]]] = {ReturnDict: dict, ReturnList: list}


def _default(value: object) -> Any:
    """What stands for a `value` that orjson does not know."""
    made = _made(value)
    if _may_have_members(made):
        raise TypeError("DRF decides what a member of an Enum is.")
    return made


def _made(value: object) -> Any:
    usual = _OF_DRF.get(type(value))
    if usual is not None:
        return usual(value)
    for kind, contained in _CONTAINED.items():
        if isinstance(value, kind):
            made = contained(value)
            if kind is float and not _is_spelt_alike(made):
                raise TypeError("DRF decides how to spell it.")
            return made
    if not isinstance(value, _ENCODED):
        raise TypeError("It may be read once only: DRF must be the one to do so.")
    encoded = _encoder.default(value)
    if not _is_spelt_alike(encoded):
        raise TypeError("DRF decides how to spell it.")
    return encoded


_encoder: Final = _ENCODER()
_known: Final = Memo()
"""Finished JSON, as it is written: a cache hands out the same bytes again and again."""
_LONGEST_KNOWN: Final = 65_536


def _is_spelt_alike(value: object) -> bool:
    """Whether orjson spells every float in `value` as Python does, which has NaN, infinity and other exponents."""
    if isinstance(value, float):
        return value == 0.0 or _SMALLEST <= abs(value) < _LARGEST
    if isinstance(value, dict):
        return all(map(_is_spelt_alike, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_spelt_alike, value))
    return True
