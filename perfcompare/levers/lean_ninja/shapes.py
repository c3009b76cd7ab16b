"""Response types as shapes: what is read of a view's result, and the pydantic-core schema that checks it."""

from __future__ import annotations

import marshal
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from itertools import chain, islice
from typing import Any, Final, get_args, get_origin

from ninja import Schema
from ninja.compatibility.util import UNION_TYPES
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from perfcompare.levers._orm.prefetched import Waiting, rows_of_all
from perfcompare.levers._replacing import Comparison, attribute_of, path_of
from perfcompare.levers.lean_ninja.instances import ReadAll, Wanted, listed, passed, reader, row_reader
from perfcompare.levers.lean_ninja.scalar_fields import NotPlain, scalar


class Shape(ABC):
    """One type in a response: `read_all` makes plain values of results, `schema` checks them.

    Values are read a column at a time, a column being one field of all objects in a list: what is found out about one
    of them then serves for all.
    """

    schema: CoreSchema

    @abstractmethod
    def read_all(self, values: list[Any]) -> list[Any]:
        """`values` with a dictionary for every object in them; NotPlain when only Ninja knows how to read one."""


class Scalar(Shape):
    """A value that is taken as it is, and checked by its schema alone."""

    def __init__(self, schema: CoreSchema) -> None:
        self.schema = schema

    def read_all(self, values: list[Any]) -> list[Any]:
        """`values`."""
        return values


class Anything(Shape):
    """JSON of any form."""

    def __init__(self, kind: type | None) -> None:
        self.schema = core_schema.is_instance_schema(kind) if kind else core_schema.any_schema()

    def read_all(self, values: list[Any]) -> list[Any]:
        """`values`, when orjson writes them as Ninja's encoder does."""
        # marshal refuses subclasses, enumerations, dates and whatever else orjson would write in its own way; what
        # marshal takes and JSON does not, such as bytes, orjson refuses. One pass in C.
        try:
            marshal.dumps(values)
        except ValueError:
            raise NotPlain from None
        return values


class Maybe(Shape):
    """Something or None."""

    def __init__(self, inner: Shape) -> None:
        self._inner = inner
        self.schema = core_schema.nullable_schema(inner.schema)

    def read_all(self, values: list[Any]) -> list[Any]:
        """What the inner shape reads, with None where None was."""
        read = iter(self._inner.read_all([value for value in values if value is not None]))
        return [None if value is None else next(read) for value in values]


class Many(Shape):
    """A list; Ninja makes lists of managers and querysets too."""

    def __init__(self, inner: Shape) -> None:
        self._inner = inner
        self.schema = core_schema.list_schema(inner.schema)

    def read_all(self, values: list[Any]) -> list[list[Any]]:
        """Lists of what the inner shape reads of each item."""
        if (
            isinstance(self._inner, Fields)
            and (found := rows_of_all(values))
            and (of_rows := self._inner.of_rows(found[0]))
        ):
            made = iter(of_rows(list(chain.from_iterable(found[1]))))
            return [list(islice(made, len(rows))) for rows in found[1]]
        lists = [value if value.__class__ is list else listed(value) for value in values]
        if isinstance(self._inner, Scalar):
            return lists
        if len(lists) == 1:
            return [self._inner.read_all(lists[0])]
        read = iter(self._inner.read_all(list(chain.from_iterable(lists))))
        return [list(islice(read, len(items))) for items in lists]


class Fields(Shape):
    """A schema of plain fields; reads dictionaries and objects alike."""

    def __init__(self, shapes: dict[str, Shape]) -> None:
        self._shapes = shapes
        self._readers: dict[type, tuple[ReadAll, Comparison]] = {}
        self._row_readers: dict[tuple[type, tuple[str, ...]], tuple[ReadAll | None, Comparison]] = {}
        # A missing field is left to Ninja: it knows defaults and whose error it is.
        self.schema = core_schema.typed_dict_schema(
            {name: core_schema.typed_dict_field(shape.schema, required=True) for name, shape in shapes.items()}
        )

    def read_all(self, values: list[Any]) -> list[Any]:
        """The fields of each value, and maybe more: the schema drops what it does not know."""
        if len(values) == 1 or len({value.__class__ for value in values}) == 1:
            return self._reader(values[0].__class__)(values)
        return [self._reader(value.__class__)([value])[0] for value in values]

    def of_rows(self, origin: Waiting) -> ReadAll | None:
        """What reads the fields of the rows of prefetched QuerySets without instances; None when it takes these."""
        key = origin.model, origin.columns
        known = self._row_readers.get(key)
        if known is None or not known[1].holds():
            plain = all(isinstance(shape, Scalar) for shape in self._shapes.values())
            read = row_reader(*key, self._shapes) if plain else None
            known = self._row_readers[key] = read, passed(key[0], self._shapes)
        return known[0]

    def _reader(self, kind: type) -> ReadAll:
        known = self._readers.get(kind)
        if known is None or not known[1].holds():
            columns = {name: shape.read_all for name, shape in self._shapes.items() if not isinstance(shape, Scalar)}
            changed = frozenset(columns) - {name for name, one in self._shapes.items() if isinstance(one, Anything)}
            lists = frozenset(name for name, shape in self._shapes.items() if isinstance(shape, Many))
            wanted = Wanted(names=tuple(self._shapes), columns=columns, changed=changed, lists=lists)
            known = self._readers[kind] = reader(kind, wanted), passed(kind, self._shapes)
        return known[0]


# What a plain `class X(ninja.Schema)` has; anything beyond it means code of its own.
_VALIDATORS: Final = frozenset(Schema.__pydantic_decorators__.model_validators)
_OTHER_DECORATORS: Final = (
    "validators", "field_validators", "root_validators", "field_serializers", "model_serializers", "computed_fields",
)  # fmt: skip
_FIELD_OPTIONS: Final = ("alias", "validation_alias", "serialization_alias", "exclude", "discriminator")


_ANYTHING: Final[Mapping[Any, type | None]] = {
    Any: None, dict: dict, dict[str, Any]: dict, list: list, list[Any]: list,
}  # fmt: skip


def shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    """The shape of a type; NotPlain for what is left to Ninja."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _fields(annotation, metadata)
    if hasattr(annotation, "__metadata__"):  # Annotated
        return shape(annotation.__origin__, (*annotation.__metadata__, *metadata))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is list and not metadata and arguments != (Any,):
        return Many(shape(arguments[0]))
    if origin in UNION_TYPES:
        return _maybe(arguments, metadata)
    if annotation in _ANYTHING and not metadata:
        return Anything(_ANYTHING[annotation])
    return Scalar(scalar(annotation, metadata))


def _maybe(arguments: tuple[Any, ...], metadata: tuple[Any, ...]) -> Shape:
    inner = [argument for argument in arguments if argument is not type(None)]
    if len(inner) != 1 or len(arguments) != 2 or metadata:
        raise NotPlain(arguments)
    return Maybe(shape(inner[0]))


def _fields(model: type[BaseModel], metadata: tuple[Any, ...]) -> Shape:
    if metadata or not _is_plain(model):
        raise NotPlain(model)
    return Fields({name: _field_of(model, name, info) for name, info in model.model_fields.items()})


def _field_of(model: type[BaseModel], name: str, info: FieldInfo) -> Shape:
    """The shape of a field; what is left to Ninja is called by its name, and by that of its schema."""
    try:
        return field_shape(info)
    except NotPlain as what:
        within = isinstance(what.args[0], str)
        raise (what if within else NotPlain(f"{path_of(model)}.{name}")) from None


def field_shape(info: FieldInfo) -> Shape:
    """The shape of a field and of what is declared beside its type; NotPlain for what is left to Ninja."""
    if any(getattr(info, option, None) is not None for option in _FIELD_OPTIONS):
        raise NotPlain(info)
    return shape(info.annotation, tuple(info.metadata))


def _is_plain(model: type[BaseModel]) -> bool:
    decorators = model.__pydantic_decorators__
    return (
        issubclass(model, Schema)
        and not model._ninja_resolvers
        and model.model_config == Schema.model_config
        and attribute_of(model, "_run_root_validator.__func__") is _ROOT_VALIDATOR
        and frozenset(decorators.model_validators) == _VALIDATORS
        and not any(getattr(decorators, kind, None) for kind in _OTHER_DECORATORS)
        and attribute_of(model, "__get_pydantic_core_schema__.__func__") is _GET_SCHEMA
        and not model.__pydantic_root_model__
    )


_ROOT_VALIDATOR: Final[Callable[..., Any]] = Schema._run_root_validator.__func__
_GET_SCHEMA: Final[Callable[..., Any]] = BaseModel.__get_pydantic_core_schema__.__func__  # type: ignore[attr-defined]
