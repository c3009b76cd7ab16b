"""Rows to results: straight code for one select clause, where Django decides anew for every row what to do.

The code does what `ModelIterable`, `Model.from_db` and `Model.__init__` do for a model that changes none of them
(https://github.com/django/django/blob/stable/5.2.x/django/db/models/query.py); for any other there is no builder.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from weakref import ref

from django.db.models import Field, JSONField, Model
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from django.db.models.fields.files import FileDescriptor, ImageFileDescriptor
from django.db.models.fields.mixins import FieldCacheMixin
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import ModelIterable, ValuesIterable, ValuesListIterable
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import ModelSignal, post_init, pre_init
from django.db.models.sql.compiler import SQLCompiler

from perfcompare.levers._orm.own_code import is_own_function
from perfcompare.levers._orm.premises import MODEL
from perfcompare.levers._orm.relatives import Link, Relatives
from perfcompare.levers._orm.stock import Stock, Together
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, judged, overriding, path_of

Info = dict[str, Any]
"""What a compiler says of the instances of a model: its `klass_info`."""
Build = Callable[[Sequence[Any], Any], list[Any]]
"""Rows and Django's connection (for converters that ask it) to results."""

_PLAIN_ATTRIBUTES: Final = (DeferredAttribute, ForeignKeyDeferredAttribute, FileDescriptor, ImageFileDescriptor)
"""Those that a constructor puts into the `__dict__` as they are; a file becomes one when somebody reads it."""
_SCAN: Final = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, eq=False)
class Builder:
    """How the results of one select clause are built. Ask `quiet` before each use."""

    build: Build
    models: tuple[type[Model], ...] = ()
    """Those that are made."""
    columns: tuple[str, ...] | None = None
    """Of instances whose attributes are the row's values as they are, and that have nothing joined: the attribute of
    each place in a row. None for all other results."""
    converts: bool = False
    """Whether a converter is given Django's connection."""

    @property
    def quiet(self) -> bool:
        """Whether nobody listens to the making of instances of its models, or has changed it."""
        return are_quiet(self.models)


def builder(compiler: SQLCompiler, iterable: type[Any]) -> Builder | None:
    """How the results of a query are built that `compiler` has compiled; None when Django must do it itself."""
    source = _Source(compiler)
    if iterable is ModelIterable:
        written = source.instances()
    elif iterable is ValuesIterable:
        written = source.dictionaries()
    else:
        written = iterable is ValuesListIterable and source.tuples()
    if not written:
        return None
    columns = source.columns() if iterable is ModelIterable else None
    return Builder(build=source.function(), models=tuple(source.models), columns=columns, converts=source.converts)


class _Source:
    """The text of one function, and the objects that it names."""

    def __init__(self, compiler: SQLCompiler) -> None:
        self._compiler = compiler
        self._columns = [select[0] for select in compiler.select[: compiler.col_count]]
        self._names: dict[str, Any] = {
            **{"new": object.__new__, "State": ModelState, "db": compiler.using},
            **{"Relatives": Relatives, "ref": ref},
        }
        self._lines: list[str] = []
        self.models: list[type[Model]] = []
        self.converts = bool(compiler.get_converters(self._columns))

    def function(self) -> Build:
        """The function of what was written."""
        row = "".join(f"c{number}, " for number in range(len(self._columns)))
        head = ["def build(rows, connection):", " out = []", " add = out.append", f" for {row} in rows:"]
        text = "\n".join([*head, *self._conversions(), *self._lines, " return out"])
        scope = self._names
        exec(text, scope)  # noqa: S102 - written from column numbers and checked identifiers alone
        build: Build = scope["build"]
        return build

    def columns(self) -> tuple[str, ...] | None:
        """The attribute of each column, where an instance is made of them as they are and of nothing else."""
        info = self._compiler.klass_info
        if info.get("related_klass_infos") or self._compiler.get_converters(self._columns):
            return None
        places = info["select_fields"]
        if [*places] != [*range(len(self._columns))]:
            return None
        return tuple(self._columns[place].target.attname for place in places)

    def dictionaries(self) -> bool:
        query = self._compiler.query
        names = list(query.selected) if query.selected else [*query.values_select, *query.annotation_select]
        if query.extra_select or len(names) != len(self._columns):
            return False
        items = ", ".join(f"{name!r}: c{number}" for number, name in enumerate(names))
        self._lines.append(f"  add({{{items}}})")
        return True

    def tuples(self) -> bool:
        row = "".join(f"c{number}, " for number in range(len(self._columns)))
        self._lines.append(f"  add(({row}))")
        return True

    def instances(self) -> bool:
        info = self._compiler.klass_info
        if self._compiler.annotation_col_map or not info or not self._instance(info, "o", "  "):
            return False
        self._lines.append("  add(o)")
        return True

    def _instance(self, info: Info, name: str, indent: str) -> bool:
        """Lines that make `name` and what select_related hangs on it; False when they cannot be written."""
        model, positions = info["model"], info["select_fields"]
        targets = [(self._columns[position].target, position) for position in positions]
        if info.get("from_parent") or not _straight(model, [target for target, _ in targets]):
            return False
        self.models.append(model)
        self._names[f"M_{name}"] = model
        items = "".join(f", {target.attname!r}: c{position}" for target, position in targets)
        related = info.get("related_klass_infos", [])
        waits = next((number for number, inner in enumerate(related) if _makes_a_cycle(inner)), None)
        cache = f"; s_{name}.fields_cache = {{}}" if waits is None and (related or name != "o") else ""
        self._lines += [
            f"{indent}s_{name} = new(State); s_{name}.adding = False; s_{name}.db = db{cache}",
            f"{indent}{name} = new(M_{name}); {name}.__dict__ = {{'_state': s_{name}{items}}}",
        ]
        if waits is not None:
            local, remote = (related[waits][f"{side}_setter"].__self__.cache_name for side in ("local", "remote"))
            self._names[f"link_{name}"] = Link(name=local, back=remote)
            self._lines += [
                f"{indent}r_{name} = s_{name}.fields_cache = Relatives()",
                f"{indent}r_{name}.link = link_{name}; r_{name}.owner = ref({name}); r_{name}.waiting = None",
            ]
        return all(
            self._related(inner, name, f"{name}{number}", indent, waits=number == waits)
            for number, inner in enumerate(related)
        )

    def _related(self, info: Info, owner: str, name: str, indent: str, *, waits: bool) -> bool:
        primary_key = info["model"]._meta.pk
        place = next((i for i in info["select_fields"] if self._columns[i].target is primary_key), None)
        if place is None:
            return False
        self._names[f"local_{name}"], self._names[f"remote_{name}"] = info["local_setter"], info["remote_setter"]
        missing = self._link(info["local_setter"], f"local_{name}", owner, name, f"{indent} ")
        self._lines += [f"{indent}if c{place} is None:", f"{indent} {name} = None", missing, f"{indent}else:"]
        if not self._instance(info, name, f"{indent} "):
            return False
        if waits:
            self._lines.append(f"{indent} r_{owner}.waiting = {name}")
        else:
            self._lines += [
                self._link(info["remote_setter"], f"remote_{name}", name, owner, f"{indent} "),
                self._link(info["local_setter"], f"local_{name}", owner, name, f"{indent} "),
            ]
        return True

    def _link(self, setter: Any, setter_name: str, source: str, target: str, indent: str) -> str:
        if _is_plain_setter(setter):
            return f"{indent}s_{source}.fields_cache[{setter.__self__.cache_name!r}] = {target}"
        return f"{indent}{setter_name}({source}, {target})"

    def _conversions(self) -> list[str]:
        lines = []
        for number, (converters, expression) in self._compiler.get_converters(self._columns).items():
            self._names[f"e{number}"] = expression
            for place, converter in enumerate(converters):
                if self._compiler.connection.vendor == "postgresql" and _is_plain_json(converter, expression):
                    self._names |= {"scan": _SCAN, f"k{number}": converter}
                    lines += [
                        f"  if c{number} is not None:",
                        f"   text = c{number}",
                        f"   try: c{number}, end = scan(text, 0)",
                        "   except (StopIteration, TypeError, ValueError): end = None",
                        # PostgreSQL's own JSON is valid and bare; a column of texts may hold anything.
                        f"   if end is None or end != len(text): c{number} = k{number}(text, e{number}, connection)",
                    ]
                    continue
                self._names[f"k{number}_{place}"] = converter
                lines.append(f"  c{number} = k{number}_{place}(c{number}, e{number}, connection)")
        return lines


def are_quiet(models: tuple[type[Model], ...]) -> bool:
    """Whether nobody listens to the making of instances of `models`, or has changed it."""
    for model in models:
        if type(model).__call__ is not type.__call__:
            return False
    return _making(models).hold() and not are_heard(models)


_SENDS: Final = Stock(ModelSignal, "send", "_live_receivers").of(ModelSignal)
"""What tells of the making of instances, whoever listens."""


@lru_cache(maxsize=1000)
def _making(models: tuple[type[Model], ...]) -> Together:
    """What makes instances of `models`."""
    return Together(_SENDS, *map(MODEL.of, models))


def are_heard(models: Iterable[type[Model]]) -> bool:
    """Whether somebody listens to the making of instances of one of `models`."""
    if not (pre_init.receivers or post_init.receivers):
        return False
    return any(signal.has_listeners(model) for model in models for signal in (pre_init, post_init))


def makes_by_itself(compiler: SQLCompiler, iterable: type[Any]) -> bool:
    """Whether Django's own code alone makes the results of what `compiler` has compiled: no constructor, descriptor or
    converter of others."""
    columns = [select[0] for select in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(columns).values()
    if not all(is_own_function(one) for found, _expression in converters for one in found):
        return False
    return all(
        _straight(info["model"], [columns[place].target for place in info["select_fields"]])
        for info in _infos(compiler, iterable)
    )


def made_by(compiler: SQLCompiler, iterable: type[Any]) -> dict[type[Model], frozenset[str]]:
    """The models whose instances are made of what `compiler` has compiled, and the attributes that matter for that."""
    found: dict[type[Model], frozenset[str]] = {}
    for info in _infos(compiler, iterable):
        names = {compiler.select[place][0].target.attname for place in info["select_fields"]}
        found[info["model"]] = found.get(info["model"], frozenset({"__del__"})) | names
    return found


def judgements(project: Project, what: str) -> Iterator[Judgement]:
    """What becomes of the instances of each model, when they are read as a whole."""
    yield from judged("models", project.models, _heard_or_own, what=what)


def _heard_or_own(model: type[Model]) -> str | None:
    if are_heard((model,)):
        return "somebody listens to the making of instances"
    return objection(model, model._meta.concrete_fields)


def _infos(compiler: SQLCompiler, iterable: type[Any]) -> Iterator[Info]:
    waiting = [compiler.klass_info] if iterable is ModelIterable and compiler.klass_info else []
    while waiting:
        info = waiting.pop()
        yield info
        waiting += info.get("related_klass_infos", ())


def _makes_a_cycle(info: Info) -> bool:
    """Whether Django lets both sides of a joined relation keep each other, and in no other way than it always does.

    A relative with a `__del__` is left to the garbage collector, which calls that while the two are together.
    """
    both = _is_plain_setter(info["local_setter"]) and _is_plain_setter(info["remote_setter"])
    return both and not hasattr(info["model"], "__del__")


def _is_plain_setter(setter: object) -> bool:
    return getattr(setter, "__func__", None) is FieldCacheMixin.set_cached_value


def _straight(model: type[Model], targets: Sequence[Field[Any, Any]]) -> bool:
    """Whether an instance is nothing but its attributes, each with the value of its own column.

    Django gives values to attributes in the order of the fields, whatever column a field has chosen.
    """
    read = {*targets}
    in_order = [field for field in model._meta.concrete_fields if field in read]
    return in_order == [*targets] and objection(model, targets) is None


def objection(model: type[Model], targets: Sequence[Any]) -> str | None:
    """Which constructor, setter or descriptor of its own an instance of `model` has: the end of a sentence."""
    after = model.__mro__[model.__mro__.index(Model) + 1 : -1]
    making = next((parent for parent in after if "__init__" in parent.__dict__), None)
    names = (one.attname for one in targets)
    own = (name for name in names if type(inspect.getattr_static(model, name, None)) not in _PLAIN_ATTRIBUTES)
    return (
        (None if type(model).__call__ is type.__call__ else overriding(type(model), "__call__"))
        or MODEL.objection(model)
        or (overriding(making, "__init__") if making else None)
        or next((f"{path_of(model)}.{name} is no plain column" for name in own), None)
    )


def _is_plain_json(converter: object, expression: object) -> bool:
    """Whether a converter is that of a JSONField without a decoder of its own."""
    field = getattr(converter, "__self__", None)
    return (
        type(expression) is Col
        and type(field) is JSONField
        and field.decoder is None
        and getattr(converter, "__func__", None) is JSONField.from_db_value
    )
