"""A FilterSet that copies and cleans only the filters that have something to do.

What a FilterSet has cleaned is kept with it until its form is made. From then on the form has the say, as always.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Field, Form
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django_filters import filterset
from django_filters.filters import Filter, ModelChoiceFilter
from django_filters.filterset import BaseFilterSet, FilterSet

from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, Tally, is_own_attribute, judged, path_of
from perfcompare.levers.lean_filters import course, silence

_NO_DATA: Final[Any] = getattr(filterset, "QueryDict", MultiValueDict)
"""What a FilterSet has for data when it gets none; another one in earlier versions."""
_DATA: Final = frozenset({QueryDict, MultiValueDict, dict})
_KEPT: Final = "_lean_filters"


class _Cleaned:
    """The filters of one FilterSet that have something to do, each with what cleaning gave."""

    __slots__ = ("errors", "filters", "memo", "values")

    def __init__(self) -> None:
        self.memo: dict[int, Any] = {}
        """Of the copies, so that they are the same when all are copied."""
        self.filters: dict[str, Filter] = {}
        self.values: dict[str, Any] = {}
        self.errors: dict[str, ValidationError] = {}


class Filters:
    """`BaseFilterSet.filters`: the copies of the class's filters, made when somebody asks for them."""

    def __init__(self) -> None:
        self.tally = Tally()

    def __get__(self, owned: BaseFilterSet | None, owner: type) -> Any:
        if owned is None:
            raise AttributeError(f"type object {owner.__name__!r} has no attribute 'filters'")
        next(self.tally.calls)
        next(self.tally.left)
        state = vars(owned)
        kept = state.get(_KEPT)
        found = copy.deepcopy(owned.base_filters, {} if kept is None else kept.memo)
        for one in found.values():
            _belongs(one, owned)
        state["filters"] = found
        return found


def __init__(
    self: BaseFilterSet,
    data: Mapping[str, Any] | None = None,
    queryset: QuerySet[Any] | None = None,
    *,
    request: object = None,
    prefix: str | None = None,
) -> None:
    """Keep what it is made of, without copying the filters: BaseFilterSet.__init__."""
    next(INIT.calls)
    if not course.holds(type(self)):
        INIT.original(self, data, queryset, request=request, prefix=prefix)
        return
    if queryset is None:
        queryset = self._meta.model._default_manager.all()
    _ = queryset.model
    self.is_bound = data is not None
    self.data = data or _NO_DATA()
    self.queryset = queryset
    self.request = request
    self.form_prefix = prefix


def is_valid(self: BaseFilterSet) -> bool:
    """Whether it is bound and its form has no errors: BaseFilterSet.is_valid."""
    next(VALID.calls)
    if self.is_bound and _cleaned(self) is not None:
        return True
    found: bool = VALID.original(self)
    return found


def qs(self: BaseFilterSet) -> Any:
    """The filtered QuerySet: the property BaseFilterSet.qs."""
    next(QS.calls)
    if not hasattr(self, "_qs"):
        if self.is_bound and _cleaned(self) is None:
            return QS.original(self)
        found = self.queryset.all()
        self._qs = self.filter_queryset(found) if self.is_bound else found
    return self._qs


def filter_queryset(self: BaseFilterSet, queryset: QuerySet[Any]) -> Any:
    """`queryset` after each filter: BaseFilterSet.filter_queryset."""
    next(FILTER.calls)
    state = vars(self)
    kept = state.get(_KEPT)
    if kept is None or kept.errors or "_form" in state:
        return FILTER.original(self, queryset)
    if not isinstance(queryset, QuerySet) or not _are_silent(state, kept):
        return FILTER.original(self, queryset)
    for name, value in kept.values.items():
        one = (state.get("filters") or kept.filters)[name]
        queryset = _filtered(self, name, one, queryset, value)
        if "_form" in state:  # the filter has asked for it, and perhaps changed what it says of the others
            return _finished(self, queryset, name)
    return queryset


def form(self: BaseFilterSet) -> Any:
    """The form: the property BaseFilterSet.form. It is cleaned where django-filter's would have been by now."""
    is_new = not hasattr(self, "_form")
    found = FORM.inner(self)
    if is_new and (kept := vars(self).get(_KEPT)) is not None:
        _clean_again(found, kept)
    return found


def _clean_again(form: Form, kept: _Cleaned) -> None:
    """Clean `form`, whose fields do not ask the database a second time."""
    known = {name: form.fields[name] for name in (*kept.values, *kept.errors) if name in form.fields}
    for name, field in known.items():
        vars(field)["clean"] = functools.partial(_again, kept, name)
    try:
        _ = form.errors
    finally:
        for field in known.values():
            del vars(field)["clean"]


def _again(kept: _Cleaned, name: str, _value: object) -> Any:
    if (error := kept.errors.get(name)) is not None:
        raise error
    return kept.values[name]


def _cleaned(owned: BaseFilterSet) -> _Cleaned | None:
    """What it has cleaned; None when django-filter has to, or when something is bad."""
    state = vars(owned)
    if "_form" in state or type(owned.data) not in _DATA or not course.holds(type(owned)):
        return None
    found: _Cleaned | None = state.get(_KEPT)
    if found is None:
        found = _clean(owned)
        if found is not None:
            state[_KEPT] = found
    return None if found is None or found.errors else found


def _clean(owned: BaseFilterSet) -> _Cleaned | None:
    state, data, found = vars(owned), owned.data, _Cleaned()
    own = state.get("filters")
    prefix = f"{owned.form_prefix}-" if owned.form_prefix else ""
    keys = "".join([f"\n{key}" for key in data])
    chosen = [
        (name, one)
        for name, one in (owned.base_filters if own is None else own).items()
        if (keys and f"\n{prefix}{name}" in keys) or not silence.is_silent(one)
    ]
    if not chosen:
        return found
    if not all(_makes_one_field(one) for _name, one in chosen):
        return None
    for name, one in chosen:
        if own is None:
            one = copy.deepcopy(one, found.memo)
            _belongs(one, owned)
        found.filters[name] = one
    fields = copy.deepcopy({name: one.field for name, one in found.filters.items()})
    if not all(_is_plain(field) for field in fields.values()):
        return None
    for name, field in fields.items():
        value = field.widget.value_from_datadict(data, MultiValueDict(), f"{prefix}{name}")
        try:
            found.values[name] = field.clean(value)
        except ValidationError as error:
            found.errors[name] = error
    return found


def _makes_one_field(one: Filter) -> bool:
    """Whether a second look at its field, as that of a form, asks neither the database nor a project's function."""
    made = type(one).field
    return made is Filter.field or (made is ModelChoiceFilter.field and not callable(vars(one).get("queryset")))


def _belongs(one: Filter, owned: BaseFilterSet) -> None:
    one.model = owned.queryset.model
    one.parent = owned


def _is_plain(field: Field) -> bool:
    """Whether a form does nothing with it but to clean what its widget finds."""
    cls: Any = type(field)  # with a method that its stubs leave out
    return (
        is_own_attribute(cls.get_bound_field)
        and is_own_attribute(cls._clean_bound_field)
        and not isinstance(field, silence.UNUSUAL)
        and getattr(field, "bound_field_class", None) is None
        and not field.disabled
    )


def _are_silent(state: Mapping[str, Any], kept: _Cleaned) -> bool:
    """Whether the filters that were left out still do nothing; somebody may have changed them."""
    own = state.get("filters")
    return own is None or (
        kept.filters.keys() <= own.keys()
        and all(name in kept.filters or silence.is_silent(one) for name, one in own.items())
    )


def _finished(owned: BaseFilterSet, queryset: QuerySet[Any], last: str) -> QuerySet[Any]:
    """`queryset` after the filters behind `last`, by the form."""
    values = iter(owned.form.cleaned_data.items())
    for name, _value in values:
        if name == last:
            break
    for name, value in values:
        queryset = _filtered(owned, name, owned.filters[name], queryset, value)
    return queryset


def _filtered(owned: BaseFilterSet, name: str, one: Filter, queryset: QuerySet[Any], value: object) -> QuerySet[Any]:
    found = one.filter(queryset, value)
    assert isinstance(found, QuerySet), (
        f"Expected '{type(owned).__name__}.{name}' to return a QuerySet, but got a {type(found).__name__} instead."
    )
    return found


INIT: Final = Replacement(BaseFilterSet, "__init__", __init__, "6f0dab70ccb5", "6e30f0bb1453")
VALID: Final = Replacement(BaseFilterSet, "is_valid", is_valid, "1e23bf82fa0f")
QS: Final = Replacement(BaseFilterSet, "qs", qs, "30b93ccb4e10")
FILTER: Final = Replacement(BaseFilterSet, "filter_queryset", filter_queryset, "185e997a0ae2")
FORM: Final = Replacement(BaseFilterSet, "form", form, "ac4d62c8abc1")
REPLACEMENTS: Final = (INIT, VALID, QS, FILTER, FORM, Replacement(BaseFilterSet, "filters", Filters()))
objections: Final = course.FORMS.objections


def forget(**signal: object) -> None:
    """Called when a setting has changed."""
    course.forget()
    silence.forget()


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each FilterSet, and of each filter of those that are the lever's."""
    found = project.subclasses(FilterSet)
    yield from judged("FilterSets", found, course.objection)
    filters = {f"{path_of(cls)}.{name}": one for cls in found for name, one in cls.base_filters.items()}
    yield from judged("filters", filters, lambda name: silence.objection(filters[name]), name=str)
