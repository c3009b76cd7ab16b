"""How the value of a field is fetched from an object of a known class, as lines of Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from perfcompare.levers.compiled_serializers import attributes
from perfcompare.levers.compiled_serializers.specs import GENERIC, Branch, Leaf


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """What puts the value of a field into the variable `v`.

    AttributeError and KeyError come out as they are; ObjectDoesNotExist becomes None, as with DRF.
    """

    lines: tuple[str, ...] = ()
    reads_dict: bool = False
    """Whether it needs `d`, the object's `__dict__`."""
    is_generic: bool = False
    """Whether only the field itself can fetch."""
    may_be_function: bool = False
    """Whether the value may be a function, which DRF would call."""
    keeps_apart: bool = False
    """Whether no relative of the object is taken (see `_orm.relatives`)."""


_NOTHING: Final = Fetch()
_GENERIC: Final = Fetch(is_generic=True)


def fetch_of(part: Leaf | Branch, cls: type, variable: str) -> Fetch:
    """How the value of `part` gets from an object of `cls` into `variable`."""
    if isinstance(part, Leaf) and part.kind == "method":
        return _NOTHING
    if isinstance(part, Leaf) and part.kind in (GENERIC, "key"):
        key = attributes.key_column(cls, part.source[0]) if part.kind == "key" else None
        return _column(key, variable) if key else _GENERIC
    if len(part.source) == 1 and (known := _known(part, cls, part.source[0], variable)):
        return known
    found = attributes.expression(cls, part.source)
    lines = ("try:", f"    {variable} = {found}", f"except ObjectDoesNotExist: {variable} = None")
    return Fetch(lines=lines if part.source else (f"{variable} = o",), may_be_function=bool(part.source))


def _known(part: Leaf | Branch, cls: type, name: str, variable: str) -> Fetch | None:
    """Where a model keeps what it has loaded."""
    if isinstance(part, Leaf):
        column = attributes.column(cls, name)
        return _column(column, variable) if column else None
    attribute = attributes.expression(cls, part.source)
    if part.many and (key := attributes.prefetched(cls, name)):
        return _prefetched(key, attribute, variable)
    if not part.many and (key := attributes.cached_object(cls, name)):
        return _cached(key, attribute, variable)
    return None


def _column(name: str, variable: str) -> Fetch:
    return Fetch(lines=(f"{variable} = d[{name!r}]",), reads_dict=True, keeps_apart=True)


def _prefetched(key: str, attribute: str, variable: str) -> Fetch:
    lines = (
        f"{variable} = d.get('_prefetched_objects_cache')",
        f"{variable} = peeked({variable}, {key!r}) if {variable} else None",
        f"if {variable} is None: {variable} = {attribute}",
    )
    return Fetch(lines=lines, reads_dict=True, keeps_apart=True)


def _cached(key: str, attribute: str, variable: str) -> Fetch:
    lines = (
        f"{variable} = d['_state'].fields_cache.get({key!r})",
        f"if {variable} is None:",
        f"    try: {variable} = {attribute}",
        f"    except ObjectDoesNotExist: {variable} = None",
    )
    return Fetch(lines=lines, reads_dict=True)
