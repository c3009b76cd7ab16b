"""Python source for the validation of one serializer's input.

The function that comes out, `accept(s, data)`, does for the serializer `s` and a dict what Serializer.to_internal_value
does: the same fields in the same order, `validate_<field>` methods, errors collected by field. Input that is plainly
good (see `plain`) is taken by code written out here; any other goes through the field's own `run_validation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import ValidationError
from rest_framework.fields import SkipField, empty, get_error_detail
from rest_framework.serializers import Serializer

from perfcompare.levers.compiled_serializers.clones import Make, is_unchanging
from perfcompare.levers.compiled_serializers.plain import SURROGATES, Plain, plain_of
from perfcompare.levers.compiled_serializers.specs import AnyField

EARLY: Final = "_compiled_serializers_early"
"""Where a serializer keeps the fields that were needed before anybody asked for all of them."""

_NAMES: Final[Mapping[str, Any]] = {
    **{"EMPTY": empty, "SkipField": SkipField, "SURROGATES": SURROGATES, "detail_of": get_error_detail},
    **{"ValidationError": ValidationError, "DjangoValidationError": DjangoValidationError},
    **{"NUMBERS": (int, float), "TEXTS": (str,), "LISTS": (list,)},
}

Accept = Callable[[Any, dict[Any, Any]], dict[str, Any]]


def field_of(serializer: Serializer[Any], name: str, make: Make) -> Any:
    """The field `name` of `serializer`, made by `make` when there is none yet; `Serializer.fields` will have it too."""
    state = vars(serializer)
    if "fields" in state:
        return state["fields"][name]
    early = state.setdefault(EARLY, {})
    found = early.get(name)
    if found is None:
        found = early[name] = make(serializer)
    return found


def accept_for(template: Mapping[str, Any], makers: Mapping[str, Make]) -> Accept:
    """The function for serializers whose fields are copies of `template`, made by `makers`."""
    writable = [(name, field) for name, field in template.items() if not field.read_only]
    names = {**_NAMES, "field_of": field_of}
    lines = ["def accept(s, data):", "    state, get, ret, errors = s.__dict__, data.get, {}, {}"]
    for index, (name, field) in enumerate(writable):
        names[f"make{index}"] = makers[name]
        names[f"default{index}"] = field.default
        lines += [f"    {line}" for line in _field(name, field, f"field_of(s, {name!r}, make{index})", index)]
    lines += ["    if errors: raise ValidationError(errors)", "    return ret"]
    exec("\n".join(lines), names)  # noqa: S102 - made of names of fields, as literals
    accept: Accept = names["accept"]
    return accept


def _field(name: str, field: AnyField, found: str, index: int) -> Iterator[str]:
    plain = plain_of(field)
    yield f"m = getattr(s, {f'validate_{name}'!r}, None)"
    if plain is None:
        yield f"f = {found}"
        yield "v = f.get_value(data)"
        yield "try:"
        yield "    v = f.run_validation(v)"
    else:
        yield f"v = get({name!r}, EMPTY)"
        yield "try:"
        yield from _indented(_checked(field, plain, found, index))
    yield "    if m is not None: v = m(v)"
    yield f"except ValidationError as error: errors[{name!r}] = error.detail"
    yield f"except DjangoValidationError as error: errors[{name!r}] = detail_of(error)"
    yield "except SkipField: pass"
    yield f"else: {_stored(list(field.source_attrs))}"


def _checked(field: AnyField, plain: Plain, found: str, index: int) -> Iterator[str]:
    # Code of the project that has asked for the fields may have changed them: then they are asked themselves.
    yield "if 'fields' in state:"
    yield f"    v = {found}.run_validation({found}.get_value(data))"
    missing = _missing(field, index)
    if missing:
        yield "elif v is EMPTY:"
        yield "    if getattr(s.root, 'partial', False): raise SkipField"
        yield f"    {missing}"
    yield f"elif {plain.guard.format(v='v')}:"
    yield from _indented(_listed(plain, found) if plain.child is not None else _converted(plain, found, "v"))
    yield "else:"
    yield f"    v = {found}.run_validation(v)"


def _missing(field: AnyField, index: int) -> str:
    """What happens without a value, where that needs no field: what `Field.validate_empty_values` and its like do."""
    if field.required:
        return ""
    if field.default is empty:
        return "raise SkipField"
    if field.default is list or field.default is dict:
        return f"v = default{index}()"
    return f"v = default{index}" if is_unchanging(field.default) and not callable(field.default) else ""


def _converted(plain: Plain, found: str, value: str) -> Iterator[str]:
    field = "f" if plain.own else found
    if plain.own and found != "f":
        yield f"f = {found}"
    if plain.convert != "{v}":
        yield f"{value} = {plain.convert.format(v=value, f=field)}"
    if plain.bad:
        yield f"if {plain.bad.format(v=value)}: {field}.run_validators({value})"


def _listed(plain: Plain, found: str) -> Iterator[str]:
    """The items one by one: ListField.run_child_validation."""
    child = f"{found}.child"
    item = plain_of(plain.child)
    yield "items, wrong = [], {}"
    if item is not None and item.own:
        yield f"f = {child}"
        child = "f"
    yield "for i, c in enumerate(v):"
    yield "    try:"
    if item is None or item.child is not None:
        yield f"        c = {child}.run_validation(c)"
    else:
        yield f"        if {item.guard.format(v='c')}:"
        yield from _indented(_converted(item, child, "c"), 3)
        yield f"        else: c = {child}.run_validation(c)"
    yield "        items.append(c)"
    yield "    except ValidationError as error: wrong[i] = error.detail"
    yield "    except DjangoValidationError as error: wrong[i] = detail_of(error)"
    yield "if wrong: raise ValidationError(wrong)"
    yield "v = items"
    if plain.bad:
        yield f"if {plain.bad.format(v='v')}: {found}.run_validators(v)"


def _stored(source: list[str]) -> str:
    return f"ret[{source[0]!r}] = v" if len(source) == 1 else f"s.set_value(ret, {source!r}, v)"


def _indented(lines: Iterator[str], levels: int = 1) -> Iterator[str]:
    any_line = False
    for line in lines:
        any_line = True
        yield "    " * levels + line
    if not any_line:
        yield "    " * levels + "pass"
