"""Whether the methods of Ninja that a lean operation does not call are Ninja's own; see `_orm.stock`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ninja import NinjaAPI
from ninja.operation import AsyncOperation, Operation, PathView
from ninja.params.models import BodyModel, PathModel, QueryModel
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from perfcompare.levers._orm.stock import Stock

_NAMES: Final = ("_get_values", "_result_to_response", "_run_checks", "_model_dump_kwargs")
_SYNCHRONOUS: Final = Stock(Operation, *_NAMES)
_ASYNCHRONOUS: Final = Stock(AsyncOperation, *_NAMES)
_HOOKS: Final = ("create_response", "create_temporal_response", "get_content_type")
_API: Final = Stock(NinjaAPI, *_HOOKS)
_OWN_HOOKS: Final = frozenset(_HOOKS)
_VIEW: Final = Stock(PathView, "_sync_view", "_async_view", "_find_operation", "_not_allowed")
_MODELS: Final = tuple(
    (Stock(cls, "resolve.__func__", "get_request_data.__func__", "_map_data_paths.__func__"), cls)
    for cls in (PathModel, QueryModel, BodyModel)
)
_PARSING: Final = Stock(Parser, "parse_querydict", "parse_body")
_WRITING: Final = Stock(JSONRenderer, "render", "__init__")
_ENCODING: Final = Stock(NinjaJSONEncoder, "default", "encode")


def is_stock(operation: Operation) -> bool:
    """Whether `operation` and its API answer by Ninja's own methods."""
    stock = _ASYNCHRONOUS if operation.is_async else _SYNCHRONOUS
    api = operation.api
    return (
        stock.holds(type(operation))
        and _API.holds(type(api))
        and vars(api).keys().isdisjoint(_OWN_HOOKS)
        and _ENCODING.holds(NinjaJSONEncoder)
        and _WRITING.holds(type(api.renderer))
        and _PARSING.holds(type(api.parser))
        and all(stock.holds(cls) for stock, cls in _MODELS)
    )


def is_stock_view(view: PathView) -> bool:
    """Whether a path finds its operation by Ninja's own methods."""
    return _VIEW.holds(type(view))


def objections() -> Iterator[str]:
    """What has been met that is not Ninja's own."""
    known: Any = (_SYNCHRONOUS, _ASYNCHRONOUS, _API, _VIEW, _PARSING, _WRITING, _ENCODING, *(one[0] for one in _MODELS))
    said = (one for stock in known for one in stock.objections())
    yield from (f"off for what this concerns: {one}." for one in dict.fromkeys(said))
