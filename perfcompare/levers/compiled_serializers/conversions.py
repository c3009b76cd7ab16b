"""What becomes of a fetched value, as a Python expression, and what that needs beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from perfcompare.levers.compiled_serializers.getters import Fetch
from perfcompare.levers.compiled_serializers.specs import DECIDED, GENERIC, Branch, Leaf, Spec


def expression_of(part: Leaf | Branch, index: int, fetch: Fetch) -> str:
    """The representation of the value in `v<index>`."""
    if isinstance(part, Branch):
        return _guarded(part.name, index, f"n{index}({_argument(part, index)}, p{index})", fetch)
    if part.kind == "call":
        return _guarded(part.name, index, f"f{index}.to_representation(v{index})", fetch)
    if part.kind == DECIDED:
        return _guarded(part.name, index, f"f{index}(v{index})", fetch)
    return _EXPRESSIONS[part.kind](part, f"v{index}", f"settle(o, p, {part.name!r}, v{index})", index)


def needs_of(spec: Spec, fetches: Sequence[Fetch]) -> list[str]:
    """What the expressions need once per call."""
    lines = [line for index, part in enumerate(spec) for line in _needs(part, index, fetches[index])]
    fields = any("fs[" in line for line in lines)
    serializer = fields or any(isinstance(part, Leaf) and part.kind == "method" for part in spec)
    return [*["s = p.serializer"] * serializer, *["fs = s.fields"] * fields, *lines]


def _needs(part: Leaf | Branch, index: int, fetch: Fetch) -> list[str]:
    if isinstance(part, Branch):
        return [f"p{index} = Place(parent=p, name={part.name!r}, many={part.many})"]
    if fetch.is_generic or part.kind in ("call", GENERIC):
        return [f"f{index} = fs[{part.name!r}]"]
    if part.kind == DECIDED:
        return [f"f{index} = decided(fs[{part.name!r}], {part.options[0]})"]
    if part.kind == "date_time":
        zone = f"k{index}[1]" if part.options[0] else "current_timezone()"
        return [f"z{index} = {zone}", f"u{index} = is_utc(z{index})"]
    if part.kind == "decimal":
        return [f"x{index} = decimal_context(k{index}[1])"]
    return []


def _argument(part: Branch, index: int) -> str:
    return f"v{index} if v{index}.__class__ is list else items(v{index})" if part.many else f"v{index}"


def _guarded(name: str, index: int, expression: str, fetch: Fetch) -> str:
    if fetch.may_be_function:
        expression = f"settle(o, p, {name!r}, v{index}) if isinstance(v{index}, CALLABLES) else {expression}"
    return f"None if v{index} is None else {expression}"


def _unchanged(test: str) -> Callable[[Leaf, str, str, int], str]:
    return lambda _leaf, v, otherwise, _index: f"{v} if {test.format(v=v)} or {v} is None else {otherwise}"


def _date_time(leaf: Leaf, v: str, _otherwise: str, index: int) -> str:
    usual = f"u{index} and {v}.__class__ is datetime and {v}.tzinfo is UTC"
    return f"{v}.isoformat()[:-6] + 'Z' if {usual} else date_time(o, p, {leaf.name!r}, {v}, z{index})"


def _decimal(_leaf: Leaf, v: str, otherwise: str, index: int) -> str:
    rounded = f"{v}.quantize(k{index}[0], rounding=k{index}[2], context=x{index})"
    return f"format({rounded}, 'f') if {v}.__class__ is Decimal else {otherwise}"


def _method(leaf: Leaf, _v: str, _otherwise: str, _index: int) -> str:
    return f"getattr(s, {leaf.options[0]!r})(o)"


_EXPRESSIONS: Final[dict[str, Callable[[Leaf, str, str, int], str]]] = {
    "integer": _unchanged("{v}.__class__ is int"),
    "float": _unchanged("{v}.__class__ is float"),
    "text": _unchanged("{v}.__class__ is str"),
    "boolean": _unchanged("{v} is True or {v} is False"),
    "as_it_is": _unchanged("{v}.__class__ in PLAIN"),
    "key": _unchanged("{v}.__class__ in PLAIN"),
    "number_as_text": lambda _leaf, v, otherwise, _index: f"str({v}) if {v}.__class__ is int else {otherwise}",
    "uuid": lambda _leaf, v, otherwise, _index: f"str({v}) if {v}.__class__ is UUID else {otherwise}",
    "date": lambda _leaf, v, otherwise, _index: f"{v}.isoformat() if {v}.__class__ is date else {otherwise}",
    "date_time": _date_time,
    "decimal": _decimal,
    "method": _method,
}

NEED_NOTHING: Final = frozenset(_EXPRESSIONS) - {"date_time", "decimal", "method"}
"""Kinds of fields whose expressions need nothing beforehand."""
