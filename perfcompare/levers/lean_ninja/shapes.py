"""Response types as shapes: what is read of a view's result, and the pydantic-core schema that checks it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final, get_args, get_origin

from django.db.models import Manager, QuerySet
from ninja import Schema
from ninja.compatibility.util import UNION_TYPES
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from perfcompare.levers.lean_ninja.instances import Read, reader
from perfcompare.levers.lean_ninja.leaves import NotPlain, leaf


class Shape(ABC):
    """One type in a response: `read` makes plain values of a result, `schema` checks them."""

    schema: CoreSchema

    @abstractmethod
    def read(self, value: Any) -> Any:
        """`value` with a dictionary for every object in it; NotPlain when only Ninja knows how to read it."""


class Leaf(Shape):
    """A value that is taken as it is."""

    def __init__(self, schema: CoreSchema) -> None:
        self.schema = schema

    def read(self, value: Any) -> Any:
        """`value`."""
        return value


class Maybe(Shape):
    """Something or None."""

    def __init__(self, inner: Shape) -> None:
        self._inner = inner
        self.schema = core_schema.nullable_schema(inner.schema)

    def read(self, value: Any) -> Any:
        """None, or what the inner shape reads."""
        return None if value is None else self._inner.read(value)


class Many(Shape):
    """A list; Ninja makes lists of managers and querysets too."""

    def __init__(self, inner: Shape) -> None:
        self._inner = inner
        self.schema = core_schema.list_schema(inner.schema)

    def read(self, value: Any) -> list[Any]:
        """What the inner shape reads of each item."""
        if value.__class__ is not list:
            value = _list(value)
        if isinstance(self._inner, Leaf):
            return value  # type: ignore[no-any-return]
        if isinstance(self._inner, Fields):
            return self._inner.read_all(value)
        return [self._inner.read(item) for item in value]


def _list(value: Any) -> list[Any]:
    if isinstance(value, Manager):
        value = value.all()
    # Nothing that can be read only once: Ninja's code may have to read it again.
    if isinstance(value, QuerySet | list | tuple):
        return list(value)
    raise NotPlain(type(value))


class Fields(Shape):
    """A schema of plain fields; reads dictionaries and objects alike."""

    def __init__(self, shapes: dict[str, Shape]) -> None:
        self._nested = {name: shape.read for name, shape in shapes.items() if not isinstance(shape, Leaf)}
        self._names = tuple(shapes)
        self._many = frozenset(name for name, shape in shapes.items() if isinstance(shape, Many))
        self._readers: dict[type, Read] = {dict: self._read_dictionary if self._nested else _same}
        # A missing field is left to Ninja: it knows defaults and whose error it is.
        self.schema = core_schema.typed_dict_schema(
            {name: core_schema.typed_dict_field(shape.schema, required=True) for name, shape in shapes.items()}
        )

    def read(self, value: Any) -> Any:
        """The fields of `value`, and maybe more: the schema drops what it does not know."""
        return self._reader(value.__class__)(value)

    def read_all(self, values: list[Any]) -> list[Any]:
        """What `read` makes of each of `values`."""
        kinds = {value.__class__ for value in values}
        if len(kinds) == 1:
            read = self._reader(kinds.pop())
            return values if read is _same else [read(value) for value in values]
        return [self.read(value) for value in values]

    def _reader(self, kind: type) -> Read:
        read = self._readers.get(kind)
        if read is None:
            read = self._readers[kind] = self._new_reader(kind)
        return read

    def _new_reader(self, kind: type) -> Read:
        if issubclass(kind, dict):
            return self._read_mapping
        return reader(kind, self._names, self._nested, self._many)

    def _read_dictionary(self, value: dict[str, Any]) -> dict[str, Any]:
        return {**value, **{name: read(value[name]) for name, read in self._nested.items()}}

    def _read_mapping(self, value: dict[str, Any]) -> dict[str, Any]:
        plain = {name: value[name] for name in self._names if name in value}
        return self._read_dictionary(plain)


def _same(value: Any) -> Any:
    return value


# What a plain `class X(ninja.Schema)` has; anything beyond it means code of its own.
_VALIDATORS: Final = frozenset(Schema.__pydantic_decorators__.model_validators)
_OTHER_DECORATORS: Final = (
    "validators", "field_validators", "root_validators", "field_serializers", "model_serializers", "computed_fields",
)  # fmt: skip
_FIELD_OPTIONS: Final = ("alias", "validation_alias", "serialization_alias", "exclude", "discriminator")


def shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    """The shape of a type; NotPlain for what is left to Ninja."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _fields(annotation, metadata)
    if hasattr(annotation, "__metadata__"):  # Annotated
        return shape(annotation.__origin__, (*annotation.__metadata__, *metadata))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is list and not metadata and arguments[0] is not Any:
        return Many(shape(arguments[0]))
    if origin in UNION_TYPES:
        return _maybe(arguments, metadata)
    return Leaf(leaf(annotation, metadata))


def _maybe(arguments: tuple[Any, ...], metadata: tuple[Any, ...]) -> Shape:
    inner = [argument for argument in arguments if argument is not type(None)]
    if len(inner) != 1 or len(arguments) != 2 or metadata:
        raise NotPlain(arguments)
    return Maybe(shape(inner[0]))


def _fields(model: type[BaseModel], metadata: tuple[Any, ...]) -> Shape:
    if metadata or not _is_plain(model):
        raise NotPlain(model)
    return Fields({name: field_shape(info) for name, info in model.model_fields.items()})


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
        and model._run_root_validator.__func__ is _ROOT_VALIDATOR
        and frozenset(decorators.model_validators) == _VALIDATORS
        and not any(getattr(decorators, kind, None) for kind in _OTHER_DECORATORS)
        and model.__get_pydantic_core_schema__.__func__ is _GET_SCHEMA  # type: ignore[attr-defined]
        and not model.__pydantic_root_model__
    )


_ROOT_VALIDATOR: Final[Callable[..., Any]] = Schema._run_root_validator.__func__
_GET_SCHEMA: Final[Callable[..., Any]] = BaseModel.__get_pydantic_core_schema__.__func__  # type: ignore[attr-defined]
