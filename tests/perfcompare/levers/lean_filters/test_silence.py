from __future__ import annotations

import copy
from typing import Any

import django_filters as f
import pytest
from django import forms
from django.db.models import QuerySet
from django.test import override_settings
from django_filters.filterset import filterset_factory

from perfcompare.levers.lean_filters import course, silence
from tests.perfcompare.levers.lean_filters import test_filtersets as made
from users.models import Post, User

HERE = "tests.perfcompare.levers.lean_filters.test_filtersets"


class NumberIn(f.BaseInFilter, f.NumberFilter):
    """As the documentation of django-filter has it."""


class Renamed(f.CharFilter):
    field_class = forms.EmailField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = 1


class CallsAll(QuerySet[Any]):
    def all(self) -> Any:
        return super().all()


@pytest.mark.parametrize(
    "one",
    [
        *(f.CharFilter(), f.NumberFilter(), f.UUIDFilter(), f.DateFilter(), f.DurationFilter(), f.TimeFilter()),
        *(f.RangeFilter(), f.DateTimeFromToRangeFilter(), f.OrderingFilter(fields=["id"]), f.BooleanFilter()),
        *(NumberIn(), Renamed(), f.CharFilter(widget=forms.HiddenInput(attrs={"a": "b"})), f.BaseRangeFilter()),
        *(f.ModelChoiceFilter(queryset=User.objects.all()), f.ModelMultipleChoiceFilter(queryset=User.objects.all())),
        *(f.CharFilter(method="method"), f.MultipleChoiceFilter(choices=lambda: 1 / 0)),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_does_nothing_is_left_out(one: Any) -> None:
    assert silence.objection(one) is None
    assert silence.is_silent(one)


def test_a_class_of_others_of_which_an_instance_was_copied_is_the_same() -> None:
    class Own(f.CharFilter):
        """As django-filter copies the filters of a class for each request."""

    copy.deepcopy(Own())

    assert "__slotnames__" in vars(Own)
    assert silence.objection(Own()) is None


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (f.CharFilter(required=True), "without a parameter it raises ValidationError(['This field is required.'])"),
        (f.CharFilter(empty_value="x"), "it does something without a parameter"),
        (f.CharFilter(disabled=True), "its field is no plain one"),
        (f.AllValuesFilter(), "AllValuesFilter looks at the model"),
        (f.ModelChoiceFilter(queryset=lambda request: None), "its queryset is asked for at each request"),
        (f.ModelChoiceFilter(queryset=User.objects), "its queryset is asked for at each request"),
        (f.ModelChoiceFilter(queryset=CallsAll(User)), f"{__name__}.CallsAll overrides `all`"),
        (made.Always(), f"{HERE}.Always overrides `filter`"),
        (made.OwnField.base_filters["title"], f"{HERE}.Shouting overrides `clean`"),
        (made.OwnWidget.base_filters["title"], f"{HERE}.Elsewhere overrides `value_from_datadict`"),
        (made.Strange(), "its field is 'none'"),
        (f.RangeFilter(fields=(forms.IntegerField(),)), "its option `fields` is (<django.forms"),
    ],
)
def test_what_does_something_is_told(one: Any, said: str) -> None:
    assert str(silence.objection(one)).startswith(said)
    assert not silence.is_silent(one)


def test_a_field_that_was_made_before_is_asked() -> None:
    one = f.CharFilter()
    assert silence.is_silent(one)
    one.field.help_text = "changed"
    assert silence.objection(one) == "its field was made before"
    assert not silence.is_silent(one)


def test_a_method_of_its_own_is_asked() -> None:
    one = f.CharFilter()
    one.get_method = lambda queryset: queryset.filter
    assert silence.objection(one) == "it has a `get_method` of its own"


def test_a_filterset_that_is_made_for_each_request_is_looked_at_once() -> None:
    def made_anew() -> list[bool]:
        cls = filterset_factory(Post, fields={"id": ["in", "exact", "range"], "title": ["in"]})
        return [silence.is_silent(one) for one in cls.base_filters.values()]

    assert all(made_anew())
    before = len(silence._seen)
    assert all(made_anew())
    assert len(silence._seen) == before


def test_a_setting_that_filters_read_is_looked_at_again() -> None:
    def choice() -> Any:
        return f.ChoiceFilter(choices=made.TITLES)

    assert silence.is_silent(choice())
    with override_settings(FILTERS_NULL_CHOICE_VALUE=""):
        silence.forget()
        assert not silence.is_silent(choice())


@pytest.mark.parametrize(
    ("cls", "said"),
    [
        (made.Plain, None),
        (made.OwnQuerySet, None),
        (made.WithForm, f"its form is {HERE}.OwnForm"),
        (made.OwnFormClass, f"{HERE}.OwnFormClass overrides `get_form_class`"),
        (made.OwnErrors, f"{HERE}.OwnErrors overrides `errors`"),
        (made.ClassFilters, f"builtins.dict stands in the place of {HERE}.ClassFilters.filters"),
    ],
)
def test_a_filterset_that_is_left_to_stock_is_told(cls: Any, said: str | None) -> None:
    assert course.objection(cls) == said
    assert course.holds(cls) is (said is None)
