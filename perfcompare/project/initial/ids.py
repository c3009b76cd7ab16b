"""Values for the parameters of a path that exist in the project's database. It is only read."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import quote

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, connections
from django.utils.encoding import iri_to_uri

from perfcompare.project.initial.candidate import PARAMETER, Candidate

_EACH: Final = 3
_MOST: Final = 9
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


def paths(candidate: Candidate, user: Any) -> Sequence[str]:
    """Paths to try, the likeliest first; none when a parameter has no value."""
    names = PARAMETER.findall(candidate.template)
    if not names:
        return [*candidate.samples] or [iri_to_uri(candidate.template)]
    values = [_values(name, candidate, user) for name in names]
    made = [
        iri_to_uri(PARAMETER.sub("{}", candidate.template).format(*chosen))
        for chosen in itertools.islice(itertools.product(*values), _MOST)
    ]
    return [*candidate.samples, *made]


def _values(name: str, candidate: Candidate, user: Any) -> Sequence[str]:
    with reading_only():
        for look in (_of_view, _of_model):
            if found := look(name, candidate, user):
                return [quote(str(one), safe="") for one in found]
    return []


def _of_view(name: str, candidate: Candidate, user: Any) -> Sequence[object]:
    """From the queryset of a class-based view, when the parameter is the one that it looks up."""
    kind = getattr(candidate.view, "cls", None) or getattr(candidate.view, "view_class", None)
    if kind is None or not hasattr(kind, "get_queryset"):
        return []
    field = getattr(kind, "lookup_field", None) or ("slug" if name == "slug" else "pk")
    if name != (getattr(kind, "lookup_url_kwarg", None) or getattr(kind, "pk_url_kwarg", None) or field):
        return [] if hasattr(kind, "lookup_field") else _of_model(name, candidate, user)
    try:
        view = kind(**getattr(candidate.view, "initkwargs", {}))
        view.request = SimpleNamespace(user=user, query_params={}, GET={}, method="GET", auth=None, META={}, data={})
        view.kwargs, view.args, view.format_kwarg = {}, (), None
        view.action = (getattr(candidate.view, "actions", None) or {}).get("get")
        return [*view.get_queryset().values_list(field, flat=True)[:_EACH]]
    except Exception:  # code of the project, called without a request: whatever it raises, the model is asked instead
        serializer = getattr(getattr(kind, "serializer_class", None), "Meta", None)
        model = getattr(serializer, "model", None) or getattr(getattr(kind, "queryset", None), "model", None)
        return _read(model, field) if model else []


def _of_model(name: str, candidate: Candidate, _user: Any) -> Sequence[object]:
    """From the model whose name is in the parameter (`product_id`) or in the segment before it (`products/{id}`)."""
    before = candidate.template.partition(f"{{{name}}}")[0].rstrip("/").rpartition("/")[2]
    stem, _, field = name.rpartition("_")
    words = [(stem, field if field != "id" else "pk")] if stem else []
    words.append((before, "pk" if name in {"id", "pk"} else name))
    words.append((before, "pk"))
    for word, wanted in words:
        for model in apps.get_models():
            if _plain(word) in _names(model) and (found := _read(model, wanted)):
                return found
    return []


def _names(model: Any) -> set[str]:
    meta = model._meta
    name = _plain(meta.model_name)
    plurals = {f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies"}
    return {name, *plurals, _plain(str(meta.verbose_name)), _plain(str(meta.verbose_name_plural))}


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _read(model: Any, field: str) -> Sequence[object]:
    try:
        if field != "pk":
            model._meta.get_field(field)
        return [*model._default_manager.order_by("pk").values_list(field, flat=True)[:_EACH]]
    except (FieldDoesNotExist, DatabaseError):
        return []


def _refusing(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
    if str(sql).lstrip("( \n").partition(" ")[0].upper() not in _READS:
        raise _WriteRefused(f"not a read: {sql}")
    return execute(sql, params, many, context)
