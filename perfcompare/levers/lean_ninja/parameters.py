"""Parameters of an operation: one pydantic-core validator for each source, made once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from types import MethodType
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI, Schema
from ninja.operation import Operation
from ninja.params import models
from ninja.params.models import BodyModel, ParamModel, PathModel, QueryModel
from ninja.parser import Parser
from pydantic_core import SchemaValidator

from perfcompare.levers._replacing import attribute_of
from perfcompare.levers.lean_ninja.query import query_data

Resolve = Callable[[HttpRequest, NinjaAPI, dict[str, Any]], Any]
"""Gives the parameters of one source by name, as a dictionary or as Ninja's model; raises what Ninja's model raises."""

_SOURCES: Final[tuple[type[ParamModel], ...]] = (PathModel, QueryModel, BodyModel)
_MAPS_PLAINLY: Final = not hasattr(models, "NestedDict")
"""Ninja before 1.5 nests default dictionaries, in which pydantic finds every name."""


def resolver(model: type[ParamModel], api: NinjaAPI) -> Resolve:
    """What resolves the parameters of `model`: lean where that gives the same, else Ninja's own."""
    validator = _validator(model)
    if validator is None:
        return model.resolve
    return _resolve(model, _data(model, api), validator)


def objection(operation: Operation) -> str | None:
    """Which of its parameters Ninja reads: the end of a sentence."""
    left = next((model for model in operation.models if _validator(model) is None), None)
    return None if left is None else f"Ninja reads the parameters of a {left.__mro__[1].__name__}"


def _resolve(model: type[ParamModel], data_of: Resolve, validator: SchemaValidator) -> Resolve:
    validate, map_paths = validator.validate_python, _map_paths(model)

    def resolve(request: HttpRequest, api: NinjaAPI, path_params: dict[str, Any]) -> Any:
        data = data_of(request, api, path_params)
        if data is None:
            return model()
        return validate(map_paths(data) if map_paths else data, context={"request": request})[0]

    return resolve


def _data(model: type[ParamModel], api: NinjaAPI) -> Resolve:
    stock_query = type(api.parser).parse_querydict is not Parser.parse_querydict
    if not issubclass(model, QueryModel) or stock_query or settings.DEFAULT_CHARSET.lower() != "utf-8":
        return model.get_request_data
    lists = frozenset(getattr(model, "__ninja_collection_fields__", ()))
    return lambda request, _api, _path_params: query_data(request, lists)


def _map_paths(model: type[ParamModel]) -> Callable[[Any], Any] | None:
    # Ninja rebuilds the dictionary name by name; where each name leads to itself, that changes nothing.
    flat = getattr(model, "__ninja_flatten_map__", None) or {}
    if all(path == (name,) for name, path in flat.items()):
        return None
    return model._map_data_paths if _MAPS_PLAINLY else lambda data: _plain(model._map_data_paths(data))


def _plain(data: Any) -> Any:
    return {name: _plain(value) for name, value in data.items()} if isinstance(data, defaultdict) else data


def _validator(model: type[ParamModel]) -> SchemaValidator | None:
    if model.__mro__[1] not in _SOURCES:
        return None
    # The fields of a model alone: their validator gives a dictionary where the model's gives an instance.
    schema: Any = _without_getters(model.__pydantic_core_schema__)
    definitions = schema["definitions"] if schema["type"] == "definitions" else []
    inner = schema["schema"] if definitions else schema
    if inner["type"] != "model" or inner["schema"]["type"] != "model-fields":
        return None
    fields = inner["schema"]
    whole: Any = {"type": "definitions", "schema": fields, "definitions": definitions} if definitions else fields
    return SchemaValidator(whole, inner.get("config"))


def _without_getters(schema: object) -> Any:
    """The schema without the wrapper that reads objects through a DjangoGetter: what comes in requests is plain."""
    if isinstance(schema, list):
        return [_without_getters(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "function-wrap" and _is_getter(schema):
        return _without_getters({**schema["schema"], **({"ref": schema["ref"]} if "ref" in schema else {})})
    return {key: value if key == "metadata" else _without_getters(value) for key, value in schema.items()}


def _is_getter(schema: dict[str, Any]) -> bool:
    function = schema["function"].get("function")
    owner = getattr(function, "__self__", None)
    return (
        isinstance(owner, type)
        and issubclass(owner, Schema)
        and type(function) is MethodType
        and function.__func__ is attribute_of(Schema, "_run_root_validator.__func__")
        and not owner._ninja_resolvers
        and owner.model_config == Schema.model_config
    )
