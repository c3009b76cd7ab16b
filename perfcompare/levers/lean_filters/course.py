"""Whether a FilterSet takes the course that the lever knows: from its filters to a plain form, and to its errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.forms import BaseForm, BoundField, Field, Form
from django.forms.renderers import get_default_renderer
from django_filters.filterset import BaseFilterSet

from perfcompare.levers._replacing import MISSING, Unpatched, is_own_attribute, overriding, path_of

_NAMES: Final = ("errors", "form", "get_form_class", "__getattribute__", "__getattr__", "__setattr__", "__delattr__")
_UNSET: Final[Sequence[tuple[Any, str]]] = (
    *((Form, name) for name in ("prefix", "field_order", "bound_field_class", "base_fields")),
    (Field, "bound_field_class"),
)
"""What a form would do something with."""
_MOST: Final = 1000
_seen: dict[tuple[Any, ...], bool] = {}
"""By what the class has under these names. A class may be made for one request, and is not kept."""


def holds(cls: type[BaseFilterSet]) -> bool:
    """Whether it does at this moment."""
    if not FORMS.holds():
        return False
    found = (*[getattr(cls, name, MISSING) for name in _NAMES], hasattr(cls, "filters"), _form(cls))
    try:
        known = _seen[found]
    except KeyError:
        if len(_seen) >= _MOST:
            _seen.clear()
        known = _seen[found] = _objection(cls) is None
    return known


def objection(cls: type[BaseFilterSet]) -> str | None:
    """Why it does not: the end of a sentence."""
    return _objection(cls) or FORMS.objection()


def _objection(cls: type[BaseFilterSet]) -> str | None:
    if _form(cls) is not Form:
        return f"its form is {path_of(_form(cls))}"
    if hasattr(cls, "filters"):
        return overriding(cls, "filters")
    others = (
        name for name in _NAMES if (value := getattr(cls, name, MISSING)) is not MISSING and not is_own_attribute(value)
    )
    if (other := next(others, None)) is not None:
        return overriding(cls, other)
    for owner, name in (*_UNSET, (get_default_renderer(), "bound_field_class")):
        if getattr(owner, name, None):
            return f"{path_of(owner)} has a `{name}`"
    return None


def _form(cls: type[BaseFilterSet]) -> object:
    return getattr(getattr(cls, "_meta", None), "form", None)


def forget(**_signal: object) -> None:
    """Called when a setting has changed, such as FORM_RENDERER."""
    _seen.clear()


FORMS: Final = Unpatched(
    {
        BaseForm: "__init__ errors full_clean _clean_fields _clean_form _post_clean add_error add_prefix _bound_items"
        " __getitem__ __iter__ _widget_data_value order_fields is_valid field_order prefix bound_field_class",
        Form: "clean __init__ field_order prefix bound_field_class base_fields",
        BoundField: "__init__ data",
        Field: "get_bound_field _clean_bound_field bound_field_class",
    },
    forget,
)
"""What a plain form does with a field."""
