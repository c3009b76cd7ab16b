"""What one request causes: statements and the lines they come from, instances and their columns, connections, hops.

It is dear and therefore never on while something is timed.
"""

from __future__ import annotations

import sys
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final

from django.core.handlers import exception
from django.db.models import Model, QuerySet
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from perfcompare.project.audit.lines import Place, of_class, of_field
from perfcompare.project.audit.wrapping import put

_LIBRARIES: Final = tuple(
    str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_BETWEEN_MIDDLEWARE: Final = exception.__file__
"""Django's function around each middleware, and around the view."""
_OURS: Final = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a statement comes from."""

    place: Place | None = None
    """The innermost line of the project: a line that ran, or one that declares what a library did for it."""
    path: str = ""
    """The relations that serializers went along, from the view's queryset: `product__category`."""
    view: str = ""
    """The view: `catalog.api.OrderViewSet`."""
    relation: str = ""
    """The attribute that loads a related object: `Order.product`."""
    view_place: Place | None = None
    view_model: str = ""
    """The model of the view's queryset: `catalog.Order`."""
    many: bool = False
    """Whether the relation has many objects, so that it is prefetched and not joined."""


@dataclass
class Looked:
    """What was seen."""

    statements: list[tuple[str, str, Origin]] = field(default_factory=list)
    """SQL, its parameters as text, where it comes from."""
    instances: Counter[str] = field(default_factory=Counter)
    """How many were made of each model."""
    loaded: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """The bytes of each column of each model, over all instances."""
    kinds: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """The type of each column."""
    read: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The columns that somebody read."""
    happened: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Connections and thread hops, and who caused them."""
    building: bool = False
    """While an instance is made, its own reads do not count."""

    def statement(self, sql: str, parameters: Any) -> None:
        """As Listener says."""
        self.statements.append((sql, repr(parameters), _origin()))

    def happened_once(self, what: str, who: str) -> None:
        """Count it."""
        self.happened[what, who] += 1


class Listening:
    """A Listener that writes into a Looked."""

    def __init__(self, looked: Looked) -> None:
        self._looked = looked

    def statement(self, sql: str, parameters: Any) -> None:
        """Keep it with its origin."""
        self._looked.statement(sql, parameters)

    def happened(self, what: str, who: str) -> None:
        """Count it."""
        self._looked.happened_once(what, who)


@contextmanager
def watched_models(looked: Looked) -> Iterator[None]:
    """Count the instances that are made, and note which of their columns are read."""
    original = vars(Model)["from_db"]

    def from_db(cls: type[Model], db: str | None, field_names: Any, values: Any) -> Any:
        looked.building = True
        try:
            made = original.__func__(cls, db, field_names, values)
        finally:
            looked.building = False
        name = cls._meta.label
        looked.instances[name] += 1
        for column in cls._meta.concrete_fields:
            # An instance cannot be without its key.
            if column.attname in made.__dict__ and not column.primary_key:
                looked.loaded[name][column.attname] += _size(made.__dict__[column.attname])
                looked.kinds[name][column.attname] = column.get_internal_type()
        return made

    def getattribute(self: Any, name: str) -> Any:
        if not looked.building and not name.startswith("__"):
            looked.read[type(self)._meta.label].add(name)
        return object.__getattribute__(self, name)

    put(Model, "from_db", classmethod(from_db))
    put(Model, "__getattribute__", getattribute)
    try:
        yield
    finally:
        put(Model, "from_db", original)
        # Model has none of its own.
        put(Model, "__getattribute__", object.__getattribute__)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes) else len(repr(value))


def _origin() -> Origin:
    """Read the stack from the statement outwards."""
    place: Place | None = None
    path: list[str] = []
    relation = view = view_model = ""
    view_place: Place | None = None
    many = hinted = prelude = left = False
    frame: FrameType | None = sys._getframe(2)
    it: Any
    while frame is not None:
        it = frame.f_locals.get("self")
        # Not isinstance(): that evaluates a lazy object, such as request.user, which may be what asks the database.
        kind = type(it)
        is_queryset = issubclass(kind, QuerySet)
        if not relation and issubclass(kind, ForwardManyToOneDescriptor):
            relation = f"{it.field.model.__name__}.{it.field.name}"
        elif not relation and is_queryset and vars(it)["_known_related_objects"]:
            relation, many = _of_many(it), True
        hinted = hinted or (is_queryset and "instance" in vars(it)["_hints"])
        declared = _serializing(frame, it)
        if declared is not None:
            source, declared_at = declared
            path.insert(0, source)
            place = place or declared_at
        elif place is None and not left and _of_project(frame.f_code.co_filename):
            place = Place(file=frame.f_code.co_filename, line=frame.f_lineno, name=frame.f_code.co_qualname)
        prelude = prelude or (frame.f_code.co_name == "initial" and _is_view(it))
        if not view and it is not None and _is_view(it):
            view, view_place = f"{kind.__module__}.{kind.__qualname__}", of_class(kind, ("get_queryset", "queryset"))
            view_model = _model(kind)
        # Middleware further out has only passed the request on.
        left = left or (frame.f_code.co_name == "inner" and frame.f_code.co_filename == _BETWEEN_MIDDLEWARE)
        frame = frame.f_back
    if not relation and hinted and path:
        # The objects of a many-to-many relation.
        relation, many = path[-1], True
    return Origin(
        # Who logs in is asked before the view's queryset has a part in it.
        place=place or (None if prelude else view_place),
        path=_along(path, relation),
        view=view,
        relation=relation,
        view_place=view_place,
        view_model=view_model,
        many=many,
    )


def _model(view: Any) -> str:
    """Of the view's queryset, or else of its serializer."""
    queryset, serializer = getattr(view, "queryset", None), getattr(view, "serializer_class", None)
    declaring = queryset if queryset is not None else getattr(serializer, "Meta", None)
    model = getattr(declaring, "model", None)
    return model._meta.label if isinstance(model, type) and issubclass(model, Model) else ""


def _along(path: list[str], relation: str) -> str:
    """The relations from the view's objects to the one that is loaded; empty where none is."""
    attribute = relation.rpartition(".")[2]
    names = "__".join(one for one in path if one).split("__")
    if not attribute:
        return ""
    if attribute in names:
        return "__".join(names[: len(names) - names[::-1].index(attribute)])
    return "__".join([*(one for one in names if one), attribute])


def _of_many(queryset: Any) -> str:
    """The relation that a queryset of related objects belongs to."""
    field = next(iter(queryset._known_related_objects))
    return f"{field.remote_field.model.__name__}.{field.remote_field.get_accessor_name()}"


def _serializing(frame: FrameType, it: Any) -> tuple[str, Place | None] | None:
    """The relation and the declaration of the field that a DRF serializer or Ninja schema is reading."""
    kind = type(it)
    if frame.f_code.co_name == "to_representation" and hasattr(kind, "_declared_fields") and "field" in frame.f_locals:
        one = frame.f_locals["field"]
        name = str(getattr(one, "field_name", ""))
        source = str(getattr(one, "source", "") or "")
        return ("" if source == "*" else source.replace(".", "__")), of_field(kind, name)
    schema = getattr(it, "_schema_cls", None) if kind.__name__ == "DjangoGetter" else None
    if schema is not None:
        name = str(frame.f_locals.get("key", ""))
        return name, of_field(schema, name)
    return None


def _is_view(it: Any) -> bool:
    return hasattr(type(it), "as_view") and hasattr(type(it), "get_queryset")


@cache
def _of_project(file: str) -> bool:
    path = Path(file)
    resolved = str(path.resolve())
    return path.exists() and not resolved.startswith((*_LIBRARIES, _OURS)) and "site-packages" not in resolved


def as_json(looked: Looked) -> Mapping[str, Any]:
    """What the parent gets."""
    return {
        "statements": [
            {
                "sql": sql,
                "parameters": parameters,
                "file": origin.place.file if origin.place else "",
                "line": origin.place.line if origin.place else 0,
                "name": origin.place.name if origin.place else "",
                "path": origin.path,
                "view": origin.view,
                "view_file": origin.view_place.file if origin.view_place else "",
                "view_line": origin.view_place.line if origin.view_place else 0,
                "view_model": origin.view_model,
                "relation": origin.relation,
                "many": origin.many,
            }
            for sql, parameters, origin in looked.statements
        ],
        "instances": dict(looked.instances),
        "columns": [
            [model, column, looked.kinds[model][column], size, _was_read(looked, model, column)]
            for model, columns in looked.loaded.items()
            for column, size in columns.items()
        ],
        "happened": [[what, who, number] for (what, who), number in looked.happened.items()],
    }


def _was_read(looked: Looked, model: str, column: str) -> bool:
    return column in looked.read[model] or "__dict__" in looked.read[model]
