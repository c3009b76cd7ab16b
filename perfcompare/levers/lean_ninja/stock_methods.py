"""Whether the methods of Ninja that a lean operation does not call are Ninja's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from weakref import WeakSet

from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor, ReverseManyToOneDescriptor
from django.db.models.query_utils import DeferredAttribute
from ninja import NinjaAPI, main, operation, renderers, schema
from ninja.operation import Operation, PathView
from ninja.params.models import BodyModel, ParamModel, PathModel, QueryModel
from ninja.parser import Parser
from ninja.responses import NinjaJSONEncoder
from ninja.schema import DjangoGetter

from perfcompare.levers._replacing import Unpatched

_HOOKS: Final = frozenset({"create_response", "create_temporal_response", "get_content_type"})
_SHARED: Final[dict[Any, str]] = {
    operation: "ResponseObject Status HttpResponseBase",
    main: "HttpResponse",
    renderers: "json",
    schema: "DjangoGetter Variable Manager QuerySet FieldFile",
    DjangoGetter: "__init__ __getattr__ _convert_result",
    NinjaJSONEncoder: "default",
    **dict.fromkeys((DeferredAttribute, ReverseManyToOneDescriptor, ForwardManyToOneDescriptor), "__get__"),
    ParamModel: "resolve.__func__ _map_data_paths.__func__",
    **dict.fromkeys((PathModel, QueryModel, BodyModel), "get_request_data.__func__"),
}
VIEW: Final = Unpatched({PathView: "_sync_view _async_view _find_operation _not_allowed"})
"""How a path finds its operation."""
_all: Final[WeakSet[Unpatched]] = WeakSet({VIEW})


class Way:
    """That of one operation, through its own class and those of its API."""

    def __init__(self, of: Operation) -> None:
        api: Any = of.api
        self._own = vars(api)
        self._methods = Unpatched(
            {
                type(of): "_get_values _result_to_response _run_checks _model_dump_kwargs",
                type(api): " ".join(sorted(_HOOKS)),
                type(api.renderer): "render",
                **_parsing(api),
                **_SHARED,
            }
        )
        _all.add(self._methods)

    def is_stock(self) -> bool:
        """Whether the operation and its API answer by Ninja's own methods."""
        own = self._own
        is_own = "create_response" in own or "create_temporal_response" in own or "get_content_type" in own
        return not is_own and self._methods.holds()

    def objection(self) -> str | None:
        """What is not: the end of a sentence."""
        own = sorted(self._own.keys() & _HOOKS)
        return f"the API has a `{own[0]}` of its own" if own else self._methods.objection()


def _parsing(api: NinjaAPI) -> dict[Any, str]:
    """A parser that reads query strings its own way is asked to do so, and every parser is asked for the body."""
    parser = type(api.parser)
    return {parser: "parse_querydict"} if parser.parse_querydict is Parser.parse_querydict else {}


def objections() -> Iterator[str]:
    """What is not Ninja's own of the operations that have been asked."""
    yield from dict.fromkeys(said for one in tuple(_all) for said in one.objections())
