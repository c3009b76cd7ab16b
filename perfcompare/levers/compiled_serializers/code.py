"""Python source for a serializer and the class of the objects it represents.

Two functions come out: `one(o, p)` represents the object `o`, `many(objects, p)` a list of objects, for the serializer
whose place is `p`. When nothing in it runs a project's own code, values are fetched and put into one dict literal, and
an object that lacks one of them is left to DRF as a whole; otherwise the fields come one after another, as with DRF.
"""

from __future__ import annotations

import datetime
import decimal
import types
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.fields import BuiltinSignatureError, get_attribute

from perfcompare.levers._orm.prefetched import peeked
from perfcompare.levers._orm.relatives import forget_owners
from perfcompare.levers.compiled_serializers import attributes, runtime
from perfcompare.levers.compiled_serializers.conversions import NEED_NOTHING, expression_of, needs_of
from perfcompare.levers.compiled_serializers.getters import Fetch, fetch_of
from perfcompare.levers.compiled_serializers.specs import DECIDED, GENERIC, Branch, Leaf, Spec

_NAMES: Final[Mapping[str, Any]] = {
    **{"ObjectDoesNotExist": ObjectDoesNotExist, "walk": get_attribute},
    **{"datetime": datetime.datetime, "date": datetime.date, "UUID": uuid.UUID, "Decimal": decimal.Decimal},
    **{name: getattr(runtime, name) for name in ("PLAIN", "UTC", "CALLABLES", "Place", "stock", "settle", "items")},
    **{name: getattr(runtime, name) for name in ("again", "generic", "current_timezone", "is_utc", "date_time")},
    "decimal_context": runtime.decimal_context,
    "peeked": peeked,
    "forget_owners": forget_owners,
    "ABSENT": (AttributeError, KeyError, BuiltinSignatureError),
}


RowCode = Callable[[list[Any]], list[Any]]


class UnusualError(Exception):
    """Raised for a value that is not of its field's usual type."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """The two functions for one class of objects."""

    one: Callable[[Any, runtime.Place], Any]
    many: Callable[[list[Any], runtime.Place], list[Any]]


def runs_own_code(spec: Spec) -> bool:
    """Whether representing by `spec` calls methods of a project's serializers or fields, whose order may matter."""
    return any(
        runs_own_code(part.fields) if isinstance(part, Branch) else part.kind in ("method", "call", DECIDED, GENERIC)
        for part in spec
    )


def code_for(
    spec: Spec, cls: type, many_of: Mapping[int, Any], other: Callable[..., Any], decided: Callable[..., Any]
) -> Code:
    """The functions for objects of `cls`; `many_of` has the node of each nested part, `other` is for other classes,
    and `decided` for nested serializers that decide about their fields by themselves."""
    if cls is types.NoneType:
        return Code(one=runtime.stock, many=lambda objects, place: [other(one, place) for one in objects])
    source = "\n".join(_source(spec, cls))
    constants: dict[str, Any] = {f"k{index}": part.options for index, part in enumerate(spec) if isinstance(part, Leaf)}
    names = {**_NAMES, **constants, "T": cls, "other": other, "decided": decided}
    names |= {f"n{index}": node.many if _is_many(spec[index]) else node.one for index, node in many_of.items()}
    exec(compile(source, f"<serializer of {cls.__name__}>", "exec"), names)  # noqa: S102 # made here, names are quoted
    return Code(one=names["one"], many=names["many"])


def row_code_for(spec: Spec, cls: type, columns: Sequence[str]) -> RowCode | None:
    """What represents rows with these columns of the model `cls`, of which there are no instances yet; None when only
    an instance has all that `spec` wants.

    It raises UnusualError for a value that is not of its field's usual type.
    """
    items = [_item(part, cls, columns) for part in spec]
    if None in items:
        return None
    row = "".join(f"v{place}, " for place in range(len(columns)))
    text = f"lambda rows: [{{{', '.join(filter(None, items))}}} for {row} in rows]"
    code: RowCode = eval(text, {**_NAMES, "settle": _unusual, "o": None, "p": None})  # noqa: S307 # names are quoted
    return code


def _item(part: Leaf | Branch, cls: type, columns: Sequence[str]) -> str | None:
    if isinstance(part, Branch) or part.kind not in NEED_NOTHING or len(part.source) != 1:
        return None
    column = attributes.column(cls, part.source[0])
    if column is None or column not in columns:
        return None
    return f"{part.name!r}: {expression_of(part, columns.index(column), Fetch())}"


def _unusual(*_: Any) -> Any:
    raise UnusualError


def _is_many(part: Leaf | Branch) -> bool:
    return isinstance(part, Branch) and part.many


def _source(spec: Spec, cls: type) -> list[str]:
    fetches = [fetch_of(part, cls, f"v{index}") for index, part in enumerate(spec)]
    needs = needs_of(spec, fetches)
    body = _in_order if runs_own_code(spec) or any(fetch.is_generic for fetch in fetches) else _at_once
    one = body(spec, fetches, "return stock(o, p)", "return {}")
    many = body(spec, fetches, "add(stock(o, p)); continue", "add({})")
    apart = attributes.is_plain_model(cls) and not all(fetch.keeps_apart for fetch in fetches)
    return [
        "def one(o, p):",
        *_indented([*needs, *one]),
        "def many(objects, p):",
        *_indented([*needs, "out = []", "add = out.append", "for o in objects:"]),
        *_indented(["if o.__class__ is not T:", "    add(other(o, p)); continue", *many], 8),
        *(["    o = d = None; forget_owners(objects)"] if apart else []),
        "    return out",
    ]


def _indented(lines: Iterable[str], spaces: int = 4) -> list[str]:
    return [" " * spaces + line for line in lines]


def _at_once(spec: Spec, fetches: list[Fetch], give_up: str, result: str) -> list[str]:
    lines = ["d = o.__dict__"] if any(fetch.reads_dict for fetch in fetches) else []
    for fetch in fetches:
        lines += fetch.lines
    literal = ", ".join(
        f"{part.name!r}: {expression_of(part, index, fetches[index])}" for index, part in enumerate(spec)
    )
    guarded = ["try:", *_indented(lines), f"except ABSENT: {give_up}"] if lines else []
    return [*guarded, result.replace("{}", f"{{{literal}}}")]


def _in_order(spec: Spec, fetches: list[Fetch], _give_up: str, result: str) -> list[str]:
    lines = ["r = {}"]
    if any(fetch.reads_dict for fetch in fetches):
        lines.append("d = getattr(o, '__dict__', None) or {}")
    for index, part in enumerate(spec):
        lines += _step(part, index, fetches[index])
    return [*lines, result.replace("{}", "r")]


def _step(part: Leaf | Branch, index: int, fetch: Fetch) -> list[str]:
    if fetch.is_generic:
        return [f"generic(o, f{index}, r)"]
    assignment = f"r[{part.name!r}] = {expression_of(part, index, fetch)}"
    if not fetch.lines:
        return [assignment]
    return [
        "try:",
        *_indented(fetch.lines),
        f"except ABSENT: again(o, p, {part.name!r}, r)",
        "else:",
        f"    {assignment}",
    ]
