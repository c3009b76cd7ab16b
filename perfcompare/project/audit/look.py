"""What one request causes: statements and the lines they come from, instances and their columns, connections, hops.

It is dear and therefore never on while something is timed.
"""

from __future__ import annotations

import sys
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final

from asgiref import sync
from asgiref.sync import SyncToAsync
from django.core.handlers import exception
from django.db.models import Model

from perfcompare.project.audit.lines import Place, of_class, of_field
from perfcompare.project.audit.relations import Loading, Step, Ways, joined, step
from perfcompare.project.audit.wrapping import put

_LIBRARIES: Final = tuple(
    str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_BETWEEN_MIDDLEWARE: Final = exception.__file__
"""Django's function around each middleware, and around the view."""
_asking: ContextVar[Place | None] = ContextVar("asking", default=None)
"""The line of the project that has changed the thread."""
_OURS: Final = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a statement comes from."""

    place: Place | None = None
    """The innermost line of the project: a line that ran, or one that declares what a library did for it."""
    path: str = ""
    """The relations on the way from objects of `model` to what is loaded: `product__category`."""
    model: str = ""
    """`catalog.Order`: that of the view's queryset where the way leads through its objects, else the first one."""
    view: str = ""
    """The view: `catalog.api.OrderViewSet`."""
    relation: str = ""
    """The attribute that loads: `Order.product`."""
    loading: str = ""
    """A Loading, or nothing."""
    many: bool = False
    """Whether there are several objects on the way, so that they are prefetched and not joined."""
    view_place: Place | None = None
    view_model: str = ""
    """The model of the view's queryset: `catalog.Order`."""
    paged: bool = False
    """Whether a paginator asked."""


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
    sources: Counter[tuple[str, int, str, str]] = field(default_factory=Counter)
    """The objects of a model that came with a statement, by its number, joined to others of a model by a path."""
    read: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The columns that somebody read."""
    ways: Ways = field(default_factory=Ways)
    happened: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Connections and thread hops, and who caused them."""
    building: bool = False
    """While an instance is made, its own reads do not count."""

    def statement(self, sql: str, parameters: Any) -> None:
        """As Listener says."""
        self.statements.append((sql, repr(parameters), _origin(self.ways)))

    def happened_once(self, what: str, who: str) -> None:
        """Count it, and keep who asked for what may run in another thread."""
        self.happened[what, who] += 1
        _asking.set(_place(sys._getframe(1)))


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

    # What else it takes differs between versions of Django.
    def from_db(cls: type[Model], db: str | None, *given: Any, **more: Any) -> Any:
        looked.building = True
        try:
            made = original.__func__(cls, db, *given, **more)
        finally:
            looked.building = False
        name = cls._meta.label
        looked.instances[name] += 1
        looked.ways.made(made, sys._getframe(1))
        looked.sources[name, len(looked.statements) - 1, *joined(sys._getframe(1))] += 1
        for column in cls._meta.concrete_fields:
            # An instance cannot be without its key.
            if column.attname in made.__dict__ and not column.primary_key:
                looked.loaded[name][column.attname] += _size(made.__dict__[column.attname])
                looked.kinds[name][column.attname] = column.get_internal_type()
        return made

    def getattribute(self: Any, name: str) -> Any:
        if not looked.building and not name.startswith("__"):
            looked.read[type(self)._meta.label].add(name)
            looked.ways.read(self, name, value := object.__getattribute__(self, name))
            return value
        return object.__getattribute__(self, name)

    put(Model, "from_db", classmethod(from_db))
    put(Model, "__getattribute__", getattribute)
    try:
        yield
    finally:
        put(Model, "from_db", original)
        del Model.__getattribute__  # it has none of its own


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes) else len(str(value))


def _origin(ways: Ways) -> Origin:
    """Read the stack from the statement outwards."""
    place = _place(sys._getframe(2))
    view = view_model = ""
    view_place: Place | None = None
    loads: Step | None = None
    prelude = paged = False
    frame: FrameType | None = sys._getframe(2)
    it: Any
    while frame is not None:
        it = frame.f_locals.get("self")
        # Not isinstance(): that evaluates a lazy object, such as request.user, which may be what asks the database.
        kind = type(it)
        loads = loads or step(frame)
        paged = paged or "Pagina" in kind.__name__
        prelude = prelude or (frame.f_code.co_name == "initial" and _is_view(it))
        if not view and it is not None and _is_view(it):
            view, view_place = f"{kind.__module__}.{kind.__qualname__}", of_class(kind, ("get_queryset", "queryset"))
            view_model = _model(kind)
        frame = frame.f_back
    way = _from(view_model, ways.to(loads)) if loads else []
    return Origin(
        # Who logs in is asked before the view's queryset has a part in it.
        place=place or (None if prelude else view_place),
        path="__".join(one.name for one in way),
        model=way[0].holder._meta.label if way else "",
        view=view,
        relation=loads.relation if loads else "",
        loading=loads.loading if loads else "",
        many=any(one.loading is not Loading.ONE for one in way),
        view_place=view_place,
        view_model=view_model,
        paged=paged,
    )


def _place(frame: FrameType | None) -> Place | None:
    """The innermost line of the project, on the way outwards from this frame."""
    while frame is not None:
        code = frame.f_code
        if (declared := _declared(frame, frame.f_locals.get("self"))) is not None:
            return declared
        if _of_project(code.co_filename):
            return Place(file=code.co_filename, line=frame.f_lineno, name=code.co_qualname)
        if code.co_filename == sync.__file__ and code.co_name == SyncToAsync.thread_handler.__name__:
            return _asking.get()  # what is further out in this thread only waits
        if code.co_filename == _BETWEEN_MIDDLEWARE and code.co_name == "inner":
            return None  # middleware further out has only passed the request on
        frame = frame.f_back
    return None


def _from(model: str, way: Sequence[Step]) -> Sequence[Step]:
    """The way from the first object of this model; the whole where there is none."""
    return next((way[number:] for number, one in enumerate(way) if one.holder._meta.label == model), way)


def _model(view: Any) -> str:
    """Of the view's queryset, or else of its serializer."""
    queryset, serializer = getattr(view, "queryset", None), getattr(view, "serializer_class", None)
    declaring = queryset if queryset is not None else getattr(serializer, "Meta", None)
    model = getattr(declaring, "model", None)
    return model._meta.label if isinstance(model, type) and issubclass(model, Model) else ""


def _declared(frame: FrameType, it: Any) -> Place | None:
    """The declaration of the field that a DRF serializer or Ninja schema is reading."""
    kind = type(it)
    if frame.f_code.co_name == "to_representation" and hasattr(kind, "_declared_fields") and "field" in frame.f_locals:
        return of_field(kind, str(getattr(frame.f_locals["field"], "field_name", "")))
    schema = getattr(it, "_schema_cls", None) if kind.__name__ == "DjangoGetter" else None
    return of_field(schema, str(frame.f_locals.get("key", ""))) if schema is not None else None


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
                "model": origin.model,
                "view": origin.view,
                "view_file": origin.view_place.file if origin.view_place else "",
                "view_line": origin.view_place.line if origin.view_place else 0,
                "view_model": origin.view_model,
                "paged": origin.paged,
                "relation": origin.relation,
                "loading": origin.loading,
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
        "sources": [[*source, number] for source, number in looked.sources.items()],
        "happened": [[what, who, number] for (what, who), number in looked.happened.items()],
    }


def _was_read(looked: Looked, model: str, column: str) -> bool:
    return column in looked.read[model] or "__dict__" in looked.read[model]
