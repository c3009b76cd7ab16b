"""FilterSets that the lever was not written for answer as django-filter's."""

from __future__ import annotations

from typing import Any

import django_filters as f
import pytest
from django import forms
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_filters import rest_framework as drf
from django_filters.filterset import BaseFilterSet

from perfcompare.levers.lean_filters.filtersets import QS
from perfcompare.levers.lean_filters.install import INSTALLATION
from tests.perfcompare.levers.installed import installed
from users.models import Post, User

TITLES = [("a", "A"), ("b", "B")]


class Plain(f.FilterSet):
    """Every kind of filter that comes with the library."""

    order = f.OrderingFilter(fields=("id", "title"))
    before = f.IsoDateTimeFilter(field_name="created_at", lookup_expr="lte")
    created = f.DateFromToRangeFilter(field_name="created_at")
    when = f.DateRangeFilter(field_name="created_at")
    one_of = f.MultipleChoiceFilter(field_name="title", choices=TITLES, distinct=False)
    choice = f.ChoiceFilter(field_name="title", choices=TITLES, null_label="none")
    typed = f.TypedChoiceFilter(field_name="id", choices=[("1", "1")], coerce=int)
    ids = f.BaseInFilter(field_name="id", lookup_expr="in")
    long = f.BooleanFilter(field_name="body", lookup_expr="isnull", exclude=True)
    span = f.RangeFilter(field_name="id")
    looked_up = f.LookupChoiceFilter(field_name="title", lookup_choices=["exact", "contains"])
    hidden = f.CharFilter(field_name="title", widget=forms.HiddenInput())
    mine = f.CharFilter(method="filter_mine")

    class Meta:
        model = Post
        fields = {"title": ["exact", "icontains"], "id": ["exact", "gt", "range"], "author": ["exact"]}

    def filter_mine(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(title=value, body=self.form.cleaned_data["title"] or "")


class DRFPlain(drf.FilterSet):
    long = drf.BooleanFilter(field_name="body", lookup_expr="isnull")

    class Meta:
        model = Post
        fields = ("title", "author", "created_at")


class Required(f.FilterSet):
    title = f.CharFilter(required=True)
    body = f.CharFilter()


class EmptyValue(f.FilterSet):
    """Filters by what a field makes of nothing."""

    title = f.CharFilter(empty_value="nothing")


class Checkbox(f.FilterSet):
    body = f.BooleanFilter(field_name="body", lookup_expr="isnull", widget=forms.CheckboxInput)


class Disabled(f.FilterSet):
    title = f.CharFilter(disabled=True, initial="fixed")


class NullIsEmpty(f.FilterSet):
    """Filters by null when it is asked for nothing."""

    title = f.ChoiceFilter(choices=TITLES, null_value="")


class Always(f.CharFilter):
    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(title=value or "always")


class OwnFilter(f.FilterSet):
    title = Always()
    body = f.CharFilter()


class Strange(f.CharFilter):
    field_class = "none"


class Shouting(forms.CharField):
    def clean(self, value: Any) -> Any:
        return super().clean(value).upper() or "EMPTY"


class OwnField(f.FilterSet):
    class _Filter(f.CharFilter):
        field_class = Shouting

    title = _Filter()
    body = f.CharFilter()


class Elsewhere(forms.TextInput):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get("elsewhere")


class OwnWidget(f.FilterSet):
    title = f.CharFilter(widget=Elsewhere)


class Methods(f.FilterSet):
    """Methods that change what the form says of a later filter."""

    first = f.CharFilter(method="rewrite")
    title = f.CharFilter()
    function = f.CharFilter(method=lambda queryset, name, value: queryset.filter(body=value))

    def rewrite(self, queryset: Any, name: str, value: str) -> Any:
        self.form.cleaned_data["title"] = value
        return queryset


class Initialising(f.FilterSet):
    """Changes its filters when it is made."""

    title = f.CharFilter()
    body = f.CharFilter()
    author = f.ModelChoiceFilter(queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["title"].extra["required"] = bool(self.data.get("strict"))
        self.filters["body"].lookup_expr = "icontains"
        self.filters["added"] = f.NumberFilter(field_name="id", lookup_expr="gt")
        self.filters["added"].parent, self.filters["added"].model = self, Post
        del self.filters["author"]


class FieldTouched(f.FilterSet):
    title = f.CharFilter()
    body = f.CharFilter()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["title"].field.required = True


class FormTouched(f.FilterSet):
    title = f.CharFilter()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["title"].required = True


class DataTouched(f.FilterSet):
    title = f.CharFilter()

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        data = data.copy()
        data.setdefault("title", "default")
        super().__init__(data, *args, **kwargs)


class OwnQuerySet(f.FilterSet):
    title = f.CharFilter()

    @property
    def qs(self) -> Any:
        return super().qs.filter(body="own")

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset.exclude(id=1)).order_by("-id")


class OnlyTheForm(f.FilterSet):
    title = f.CharFilter()

    def filter_queryset(self, queryset: Any) -> Any:
        value = self.form.cleaned_data["title"]
        return queryset.filter(title=value or "none")


class TouchesLate(f.FilterSet):
    """Changes a filter after the others have been cleaned."""

    title = f.CharFilter()
    body = Always()

    def filter_queryset(self, queryset: Any) -> Any:
        self.filters["title"].filter = lambda qs, value: qs.filter(title="late")
        return super().filter_queryset(queryset)


class OwnForm(forms.Form):
    def clean(self) -> Any:
        if self.cleaned_data.get("title") == "bad":
            raise forms.ValidationError("no")
        return {**self.cleaned_data, "body": "cleaned"}


class WithForm(f.FilterSet):
    title = f.CharFilter()
    body = f.CharFilter()

    class Meta:
        model = Post
        fields = ("title",)
        form = OwnForm


class OwnFormClass(f.FilterSet):
    title = f.CharFilter()

    def get_form_class(self) -> Any:
        cls = super().get_form_class()
        cls.base_fields["title"].required = True
        return cls


class OwnErrors(f.FilterSet):
    title = f.CharFilter()
    queryset: Any

    @property
    def errors(self) -> Any:
        self.seen = True
        self.queryset = self.queryset.exclude(id=2)
        return super().errors


class ClassFilters(f.FilterSet):
    filters = {"own": 1}
    title = f.CharFilter()


def _of_request(request: Any) -> Any:
    if request is not None and request.GET.get("refused"):
        raise PermissionError("refused")
    return User.objects.filter(id__lt=0)


class ByRequest(f.FilterSet):
    author = f.ModelChoiceFilter(queryset=_of_request)


class NoQuerySet(f.FilterSet):
    title = f.CharFilter(method="gone")

    def gone(self, queryset: Any, name: str, value: Any) -> Any:
        return None


FILTERSETS: list[type[Any]] = [
    *(Plain, DRFPlain, Required, EmptyValue, Checkbox, Disabled, NullIsEmpty, OwnFilter, OwnField, OwnWidget, Methods),
    *(Initialising, FieldTouched, FormTouched, DataTouched, OwnQuerySet, OnlyTheForm, TouchesLate, WithForm),
    *(OwnFormClass, OwnErrors, ClassFilters, ByRequest, NoQuerySet),
]
QUERIES = [
    *("", "page=2", "title=", "title=a&title=b", "title=bad", "elsewhere=b", "strict=1", "refused=1", "body=b"),
    *("first=x&title=y&function=z", "added=x"),
]
KINDS = [
    *("body=on", "mine=m", "mine=m&title=t", "author=x", "long=true", "long=x", "title%0A=x", "hidden=x"),
    *("order=-id,title", "order=nonsense", "before=2024-01-01T00:00:00Z", "before=x", "created_after=2024-01-01"),
    *("created_before=2024-13-01", "when=year", "one_of=a&one_of=b", "one_of=c", "choice=null", "choice=c"),
    *("typed=1", "ids=1,2", "ids=", "span_min=1", "span_max=x", "id__range=1,2", "id__range=1", "id__gt=1e60"),
    *("looked_up=a", "looked_up=a&looked_up_lookup=contains"),
]


def _asked(cls: type[BaseFilterSet], data: Any, **options: Any) -> list[Any]:
    """What can be seen of a FilterSet, the QuerySet as its statement."""
    seen: list[Any] = []
    request = RequestFactory().get("/", data) if isinstance(data, dict | QueryDict) else None
    try:
        made = cls(data, Post.objects.all(), request=request, **options)
        seen += [made.is_valid(), str(made.qs.query), made.qs is made.qs]
        seen += [made.errors.as_json(), repr(made.form.cleaned_data), [*made.filters]]
        seen += [{name: (type(one), one.required) for name, one in made.form.fields.items()}]
        seen += [made.is_valid(), str(made.filter_queryset(Post.objects.order_by("body")).query)]
    except Exception as error:
        seen.append(repr(error))
    return seen


def _queryset(cls: type[BaseFilterSet], data: QueryDict | None) -> str:
    try:
        return str(cls(data, Post.objects.all()).qs.query)
    except Exception as error:
        return repr(error)


@pytest.mark.django_db
@pytest.mark.parametrize("cls", FILTERSETS, ids=lambda cls: cls.__name__)
def test_it_answers_as_stock(cls: type[BaseFilterSet]) -> None:
    queries = [QueryDict(query) for query in (*QUERIES, *(KINDS if cls is Plain else ()))]
    asked: list[tuple[Any, dict[str, Any]]] = [(query, {}) for query in queries]
    asked += [(None, {}), ({"title": "a"}, {}), ({"title": ["a"], 1: "b"}, {}), ([("title", "a")], {})]
    asked += [(QueryDict(query), {"prefix": "p"}) for query in ("", "title=a", "p-title=a", "p-id__range=1")]
    stock = [(_asked(cls, data, **options), _queryset(cls, data)) for data, options in asked]

    with installed(INSTALLATION):
        for wanted, (data, options) in zip(stock, asked, strict=True):
            assert (_asked(cls, data, **options), _queryset(cls, data)) == wanted, data


@pytest.mark.usefixtures("lever")
@pytest.mark.parametrize("query", ["", "page=2", "title=a"])
def test_no_form_is_made_and_no_filter_copied_that_has_nothing_to_do(query: str) -> None:
    made = DRFPlain(QueryDict(query), Post.objects.all())
    assert made.is_valid()
    assert isinstance(made.qs, QuerySet)
    assert not {"_form", "filters"} & vars(made).keys()


@pytest.mark.usefixtures("lever")
def test_what_was_copied_before_is_among_the_copies_of_all() -> None:
    made = DRFPlain(QueryDict("title=a"), Post.objects.all())
    made.is_valid()
    (copied,) = vars(made)["_lean_filters"].filters.values()
    assert made.filters["title"] is copied
    assert made.filters is made.filters
    assert {one.parent for one in made.filters.values()} == {made}
    assert not hasattr(DRFPlain.base_filters["title"], "parent")


@pytest.mark.usefixtures("lever")
def test_a_class_has_no_filters_as_in_stock() -> None:
    assert not hasattr(DRFPlain, "filters")


@pytest.mark.usefixtures("lever")
def test_both_ways_are_counted() -> None:
    before = QS.tally.read()
    for cls in (DRFPlain, WithForm):
        _ = cls(QueryDict(""), Post.objects.all()).qs
    after = QS.tally.read()
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


@pytest.mark.usefixtures("lever")
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        *(
            (forms.Form, "clean"),
            (forms.BaseForm, "_clean_fields"),
            (forms.CharField, "clean"),
            (f.CharFilter, "filter"),
        ),
        *((forms.BoundField, "data"), (forms.TextInput, "value_from_datadict"), (f.FilterSet, "get_form_class")),
    ],
)
def test_a_patch_of_what_is_gone_past_is_called(owner: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask() -> None:
        asked = Plain(QueryDict(""), Post.objects.all())
        assert asked.is_valid()
        assert isinstance(asked.qs, QuerySet)

    ask()
    called = []
    original: Any = getattr(owner, name)

    def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
        called.append(name)
        function: Any = original.fget if isinstance(original, property) else original
        return function(self, *args, **kwargs)

    monkeypatch.setattr(owner, name, property(noted) if isinstance(original, property) else noted)
    ask()
    assert called
    monkeypatch.undo()
    called.clear()
    ask()
    assert called == []


@pytest.mark.usefixtures("lever")
def test_a_prefix_that_all_forms_get_later_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "WHERE" not in _queryset(DRFPlain, QueryDict("all-title=a"))
    monkeypatch.setattr(forms.Form, "prefix", "all")
    assert "WHERE" in _queryset(DRFPlain, QueryDict("all-title=a"))


@pytest.mark.usefixtures("lever")
def test_a_filter_of_the_class_that_is_changed_later_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert DRFPlain(QueryDict(""), Post.objects.all()).is_valid()
    monkeypatch.setitem(DRFPlain.base_filters["title"].extra, "required", True)
    assert not DRFPlain(QueryDict(""), Post.objects.all()).is_valid()


class Counted(f.FilterSet):
    """Its filters ask the database, or a function of the project, for the choices that they have."""

    author = f.ModelChoiceFilter(queryset=User.objects.all())
    titles = f.AllValuesFilter(field_name="title")


def _authors(request: Any) -> QuerySet[User]:
    request.calls.append(1)
    return User.objects.all()


class CountedByRequest(f.FilterSet):
    author = f.ModelChoiceFilter(queryset=_authors)


@pytest.mark.django_db
@pytest.mark.parametrize("cls", [Counted, CountedByRequest], ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("query", ["", "author=1", "author=x", "author={}", "title=a"])
def test_nothing_is_asked_twice_when_the_form_is_looked_at(cls: type[Any], query: str) -> None:
    user = User.objects.create_user("asked@example.org", "Ada")

    def asked() -> tuple[Any, ...]:
        request: Any = RequestFactory().get("/")
        request.calls = []
        with CaptureQueriesContext(connection) as statements:
            made = cls(QueryDict(query.format(user.pk)), Post.objects.all(), request=request)
            seen = made.is_valid(), made.errors.as_json(), str(made.qs.query), repr(made.form.cleaned_data)
        return seen, len(statements), len(request.calls)

    stock = asked()
    with installed(INSTALLATION):
        assert asked() == stock
