"""Values for the parameters of a path that exist in the project's database. It is only read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, connections
from django.db.models import Model
from django.urls import resolve
from django.utils.encoding import iri_to_uri

from perfcompare.project.initial import urlconf
from perfcompare.project.initial.candidate import PARAMETER, Candidate

_EACH: Final = 3
_MOST: Final = 9
_END: Final = re.compile(rf"{PARAMETER.pattern}/?$")
_ADDRESS: Final = ("get_absolute_url", "get_url")
"""Of Django's models, and of Wagtail's pages."""
_ANY: Final = frozenset({"pk", "id", "uuid", "slug", "name", "code"})
"""Names of parameters that say nothing of the model."""
_READS: Final = frozenset({"SELECT", "WITH", "SET", "SHOW", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "DECLARE"})


class _WriteRefused(DatabaseError):
    """Raised when code of the project would write."""


@contextmanager
def reading_only() -> Iterator[None]:
    """Refuse every statement that is not a read, also those of the project's own code."""
    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(_refusing))
        yield


@dataclass(frozen=True, kw_only=True)
class _Value:
    """What stands for a parameter."""

    text: str
    model: type[Model]
    key: object
    """The primary key of its row."""
    place: int
    """Among those that could stand there."""


_Chosen = Mapping[str, _Value]
_Lookup = tuple[Any, str]
"""A view, and the field by which it finds its object."""


class Ids:
    """Rows of the project's database for the parameters of its paths.

    Where an object says its address, that is the path. Else the rows of one path belong together: an article is looked
    for among those of the shop that stands before it. Which column a parameter is, the view of the path that ends there
    knows best.
    """

    def __init__(self, candidates: Iterable[Candidate], user: Any) -> None:
        self._user = user
        self._ending: dict[str, _Lookup] = {}
        self._named: dict[str, _Lookup] = {}
        for one in candidates:
            if (end := _END.search(one.template)) and (field := _field(one.view, end[1])):
                self._ending[one.shape.rstrip("/")] = one.view, field
                if end[1] not in _ANY:
                    self._named[end[1]] = one.view, field
        self._found: dict[tuple[str, Any, tuple[object, ...]], Sequence[_Value]] = {}

    def paths(self, candidate: Candidate) -> Sequence[str]:
        """Paths to try, the likeliest first; none when a parameter has no value."""
        names = PARAMETER.findall(candidate.template)
        if not names:
            return [*candidate.samples] or [iri_to_uri(candidate.template)]
        with reading_only():
            chosen = sorted(self._chosen(candidate, names, {}), key=_distance)[:_MOST]
        texts = ([quote(one[name].text, safe="") for name in names] for one in chosen)
        made = [iri_to_uri(PARAMETER.sub("{}", candidate.template).format(*one)) for one in texts]
        return [*dict.fromkeys([*candidate.samples, *self._addresses.get(candidate.template, ()), *made])]

    @cached_property
    def _addresses(self) -> Mapping[str, Sequence[str]]:
        """What objects of the project say of where they are, by the route that leads there."""
        found: dict[str, list[str]] = defaultdict(list)
        with reading_only():
            for model in apps.get_models():
                for it in _first(model) if any(hasattr(model, name) for name in _ADDRESS) else ():
                    with suppress(Exception):  # code of the project, called without a request
                        path = urlsplit(next(getattr(it, name) for name in _ADDRESS if hasattr(it, name))()).path
                        found[urlconf.template(resolve(path).route)].append(iri_to_uri(path))
        return found

    def _chosen(self, candidate: Candidate, names: Sequence[str], chosen: _Chosen) -> Iterator[_Chosen]:
        if not names:
            yield chosen
            return
        name, *others = names
        for value in self._values(candidate, name, chosen):
            yield from self._chosen(candidate, others, {**chosen, name: value})

    def _values(self, candidate: Candidate, name: str, chosen: _Chosen) -> Sequence[_Value]:
        path = candidate.template.partition(f"{{{name}}}")[0]
        key = f"{path}{{{name}}}", candidate.view, tuple(one.key for one in chosen.values())
        if key not in self._found:
            field = _field(candidate.view, name)
            own = (candidate.view, field) if field else None
            lookups = (own, self._ending.get(PARAMETER.sub("{}", key[0])), self._named.get(name))
            rows = (self._of_view(*one, chosen) for one in lookups if one)
            self._found[key] = next(filter(None, rows), ()) or _of_model(name, path, chosen)
        return self._found[key]

    def _of_view(self, view: Any, field: str, chosen: _Chosen) -> Sequence[_Value]:
        """From the queryset of a class-based view."""
        kind = _class(view)
        asked = SimpleNamespace(user=self._user, query_params={}, GET={}, method="GET", auth=None, META={}, data={})
        try:
            made = kind(**getattr(view, "initkwargs", {}))
            made.request, made.args, made.format_kwarg = asked, (), None
            made.kwargs = {parameter: value.text for parameter, value in chosen.items()}
            made.action = (getattr(view, "actions", None) or {}).get("get")
            return _related(made.get_queryset(), field, chosen)
        except (
            Exception
        ):  # code of the project, called without a request: whatever it raises, the model is asked instead
            serializer = getattr(getattr(kind, "serializer_class", None), "Meta", None)
            model = getattr(serializer, "model", None) or getattr(getattr(kind, "queryset", None), "model", None)
            return _read(model, field, chosen) if model else []


def _class(view: Any) -> Any:
    return getattr(view, "cls", None) or getattr(view, "view_class", None)


def _field(view: Any, name: str) -> str | None:
    """The field by which a class-based view finds its object, where `name` is the parameter that it takes."""
    kind = _class(view)
    if kind is None or not hasattr(kind, "get_queryset"):
        return None
    if field := getattr(kind, "lookup_field", None):  # of DRF
        return str(field) if name == (getattr(kind, "lookup_url_kwarg", None) or field) else None
    fields = {
        getattr(kind, "slug_url_kwarg", ""): getattr(kind, "slug_field", ""),
        getattr(kind, "pk_url_kwarg", ""): "pk",
    }
    return fields.get(name) or None


def _distance(chosen: _Chosen) -> int:
    """How far from the first rows."""
    return sum(one.place for one in chosen.values())


def _of_model(name: str, path: str, chosen: _Chosen) -> Sequence[_Value]:
    """From the model whose name is in the parameter (`product_id`) or in the segment before it (`products/{id}`)."""
    before = path.rstrip("/").rpartition("/")[2]
    stem, _, field = name.rpartition("_")
    words = [(stem, field if field != "id" else "pk")] if stem else []
    words.append((before, "pk" if name in {"id", "pk"} else name))
    words.append((before, "pk"))
    for word, wanted in words:
        for model in apps.get_models():
            if _plain(word) in _names(model) and (found := _read(model, wanted, chosen)):
                return found
    return []


def _names(model: Any) -> set[str]:
    meta = model._meta
    name = _plain(meta.model_name)
    plurals = {f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies"}
    return {name, *plurals, _plain(str(meta.verbose_name)), _plain(str(meta.verbose_name_plural))}


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _read(model: Any, field: str, chosen: _Chosen) -> Sequence[_Value]:
    if field != "pk":
        try:
            model._meta.get_field(field)
        except FieldDoesNotExist:
            return []
    for manager in (model._default_manager, model._base_manager):
        # Code of the project again: a manager may refuse to be asked without a tenant.
        with suppress(Exception):
            return _related(manager.order_by("pk"), field, chosen)
    return []


def _first(model: Any) -> Sequence[Any]:
    with suppress(Exception):  # a manager may refuse to be asked without a tenant
        return [*model._default_manager.order_by("pk")[:_EACH]]
    return []


def _related(rows: Any, field: str, chosen: _Chosen) -> Sequence[_Value]:
    """The first of the rows, and of those that belong to what is chosen where there are any."""
    model = rows.model
    keys = {one.model: one.key for one in chosen.values()}
    links = {one.name: keys[one.related_model] for one in model._meta.fields if one.related_model in keys}
    among = rows.filter(**links) if links and not rows.query.is_sliced else rows
    found = [*among.values_list("pk", field)[:_EACH]] or [*rows.values_list("pk", field)[:_EACH]]
    return [
        _Value(text=str(value), model=model, key=key, place=place)
        for place, (key, value) in enumerate(found)
        if value not in (None, "")
    ]


def _refusing(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
    if str(sql).lstrip("( \n").partition(" ")[0].upper() not in _READS:
        raise _WriteRefused(f"not a read: {sql}")
    return execute(sql, params, many, context)
