"""Which filters do nothing when the data have nothing for them.

It is found by trying: a copy of the filter makes its field, the field cleans what its widget finds in no data, and the
filter gets the result and an object that is no QuerySet. When it gives this object back, it has done nothing, and will
do nothing the next time. That is right as long as all that runs is the code of Django and django-filter, and looks at
nothing but what `_state` has. A class of others may set values that the library looks at, and no code that it runs.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import suppress
from types import FunctionType, NoneType
from typing import Any, Final

from django.db.models import QuerySet
from django.forms import Field, FileField, FilePathField, MultiWidget, Widget
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django_filters import filters
from django_filters.filters import Filter, FilterMethod

from perfcompare.levers._replacing import LIBRARIES, MISSING, Comparison, comparison, is_own_attribute, overriding

_MOST: Final = 1000
_seen: dict[tuple[Any, ...], tuple[Comparison, str | None]] = {}
_NO_QUERYSET: Final[Any] = object()

Attribute = tuple[Any, str, Any]

UNUSUAL: Final = (FileField, FilePathField)
"""Fields that look at more than a value."""
_ASKING: Final = (filters.AllValuesFilter, filters.AllValuesMultipleFilter, filters.LookupChoiceFilter)
"""These look at the model when they make their field."""


class _Empty:
    """A class that defines nothing."""


# `copy` notes the names of a class's slots in it, when it copies the first instance.
_OF_CLASSES: Final = frozenset({*vars(_Empty), "__annotations__", "__orig_bases__", "__parameters__", "__slotnames__"})
_HARMLESS: Final[Mapping[type[Any], frozenset[str]]] = {
    Filter: _OF_CLASSES
    | {"__init__", "field_class", "base_field_class", "get_method", "get_filter_predicate", "get_ordering_value"},
    Field: _OF_CLASSES | {"widget", "input_formats", "default_error_messages", "default_validators"},
    Widget: _OF_CLASSES | {"media", "template_name", "option_template_name", "input_type", "attrs", "get_context"},
    FilterMethod: _OF_CLASSES,
}
"""What a class of others may define: it has run before, is a value that is looked at, or needs a parameter to run."""
_RUNS: Final[Mapping[type[Any], tuple[str, ...]]] = {
    Filter: (
        *("filter", "field", "method", "label", "get_queryset", "get_request", "get_max_validator", "is_noop"),
        *("__getattribute__", "__getattr__", "__setattr__", "__deepcopy__", "__reduce_ex__"),
    ),
    Field: (
        *("__init__", "clean", "to_python", "validate", "run_validators", "compress", "_coerce", "_clean_bound_field"),
        *("get_bound_field", "_get_widget_class", "choices", "queryset", "_set_queryset", "_set_choices"),
        *("widget_attrs", "__getattribute__", "__getattr__", "__setattr__"),
    ),
    Widget: ("__init__", "value_from_datadict", "__getattribute__", "__getattr__", "__setattr__"),
    QuerySet: (
        *("all", "none", "_chain", "_clone", "_fetch_all", "__bool__", "__deepcopy__", "__init__"),
        *("__getattribute__", "__getattr__"),
    ),
    FilterMethod: ("__init__", "__call__"),
}
_VALUES: Final[Mapping[type[Any], tuple[str, ...]]] = {
    Filter: ("field_class",),
    Field: ("widget", "empty_values"),
    Widget: (),
    QuerySet: (),
    FilterMethod: (),
}
_ATTRIBUTES: Final = frozenset(
    {
        *(
            "field_name",
            "lookup_expr",
            "_label",
            "_method",
            "distinct",
            "exclude",
            "extra",
            "creation_counter",
            "model",
        ),
        *("parent", "queryset", "param_map", "lookup_choices", "choices", "filters", "conjoined", "empty_label"),
        *("null_value", "filter", "field_class", "always_filter"),
    }
)
"""Of a filter. One with another that its class has too is asked."""
_IGNORED: Final = frozenset(
    {
        *("choices", "label", "help_text", "to_field_name", "empty_label", "max_length", "min_length", "max_value"),
        *("min_value", "input_formats", "error_messages", "validators", "initial", "null_label"),
    }
)
"""Options of fields which matter for a value, or for a page, only."""
_PLAIN: Final = frozenset({bool, int, float, str, NoneType, FunctionType})


def is_silent(one: Filter) -> bool:
    """Whether `one` gives back the QuerySet that it gets, whichever that is, when the data have nothing for it."""
    try:
        state = _state(one)
    except TypeError:
        return False
    try:
        found, said = _seen[state]
        if found.same():
            return said is None
    except (KeyError, AttributeError):  # it is new, or something is gone
        pass
    return _looked(one, state) is None


def objection(one: Filter) -> str | None:
    """Why it is asked without a parameter as well: the end of a sentence."""
    try:
        return _looked(one, _state(one))
    except TypeError as error:
        return str(error)


def _state(one: Filter) -> tuple[Any, ...]:
    """All that the result of trying depends on. A TypeError says what it cannot be told of."""
    state = vars(one)
    if "_field" in state:  # somebody may have changed it
        raise TypeError("its field was made before")
    extra = state["extra"]
    null = state.get("null_value")
    return (
        *(_kind(type(one)), _kind(one.field_class), "field_class" in state, _value("null_value", null)),
        type(state.get("queryset")),
        *(type(state.get("filter")), *state, *extra),
        *[None if name in _IGNORED else _value(name, value) for name, value in extra.items()],
    )


def _kind(cls: object) -> object:
    """`cls`, or what it is made of when django-filter has made it for one filter, perhaps for one request."""
    if not isinstance(cls, type):
        return cls
    is_made = "<locals>" in cls.__qualname__ and cls.__module__.startswith("django_filters.")
    return cls.__bases__ if is_made else cls


def _value(name: str, value: object) -> object:
    if type(value) in _PLAIN or isinstance(value, type):
        return value
    if name == "queryset":
        return type(value)
    if name == "widget" and isinstance(value, Widget):
        return (type(value), *vars(value))
    raise TypeError(f"its option `{name}` is {value!r:.80}")


def _looked(one: Filter, state: tuple[Any, ...]) -> str | None:
    attributes: list[Attribute] = []
    said = _tried(one, attributes)
    if len(_seen) >= _MOST:
        _seen.clear()
    _seen[state] = comparison(attributes), said
    return said


def _tried(one: Filter, attributes: list[Attribute]) -> str | None:
    """What is said of it; `attributes` gets what that depends on."""
    state = vars(one)
    cls = type(one)
    if isinstance(one, _ASKING):
        return f"{cls.__name__} looks at the model"
    if other := next((name for name in state if name not in _ATTRIBUTES and hasattr(cls, name)), None):
        return f"it has a `{other}` of its own"
    queryset, method = state.get("queryset"), state.get("filter")
    field: Any = one.field_class
    if not isinstance(field, type) or not issubclass(field, Field) or issubclass(field, UNUSUAL):
        return f"its field is {field!r}"
    widget: Any = one.extra.get("widget") or field.widget
    if isinstance(widget, MultiWidget):
        return f"its widget is a {type(widget).__name__}"
    if queryset is not None and not isinstance(queryset, QuerySet):
        return "its queryset is asked for at each request"
    if method is not None and type(method) is not FilterMethod:
        return "it has a `filter` of its own"
    looked = [(cls, Filter), (field, Field), (widget if isinstance(widget, type) else type(widget), Widget)]
    looked += [(type(queryset), QuerySet)] * (queryset is not None) + [(FilterMethod, FilterMethod)] * bool(method)
    for owner, home in looked:
        attributes += [(owner, name, getattr(owner, name, MISSING)) for name in (*_RUNS[home], *_VALUES[home])]
        if said := _overriding(owner, home):
            return said
    try:
        return _run(one)
    except Exception as error:  # it does so in each request
        return f"without a parameter it raises {error!r:.80}"


def _overriding(cls: type[Any], home: type[Any]) -> str | None:
    """Which code of others would run."""
    for name in _RUNS[home]:
        if (value := getattr(cls, name, MISSING)) is not MISSING and not is_own_attribute(value):
            return overriding(cls, name)
    if home is QuerySet:  # of which a project's may have any methods beside
        return None
    theirs = [one for one in cls.__mro__[:-1] if not f"{one.__module__}.".startswith(LIBRARIES)]
    known = {name for one in cls.__mro__ if one not in theirs for name in vars(one)} - _HARMLESS[home]
    return next((overriding(one, name) for one in theirs for name in vars(one) if name in known), None)


def _run(one: Filter) -> str | None:
    one = copy.copy(one)
    one.extra = one.extra.copy()
    vars(one).pop("parent", None)
    field = one.field
    if field.disabled or getattr(field, "bound_field_class", None) is not None:
        return "its field is no plain one"
    value = field.clean(field.widget.value_from_datadict(QueryDict(), MultiValueDict(), "name"))
    with suppress(Exception):  # it wants something of the QuerySet
        if one.filter(_NO_QUERYSET, value) is _NO_QUERYSET:
            return None
    return "it does something without a parameter"


def forget(**_signal: object) -> None:
    """Called when a setting has changed: fields read some."""
    _seen.clear()
