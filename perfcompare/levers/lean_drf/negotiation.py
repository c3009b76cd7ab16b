"""Which renderer answers an Accept header, remembered.

The headers of clients are few: browsers, libraries and load generators send a constant. What was refused is not
remembered, nor is a header of unusual length, so that nobody can fill the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rest_framework import negotiation
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from perfcompare.levers._drf import trust
from perfcompare.levers._drf.project import views
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, Unpatched, judged, overriding

_LONGEST: Final = 200
_MOST: Final = 1024
_remembered: dict[tuple[Any, ...], tuple[int, str]] = {}
_DECIDING: Final = ("get_accept_list", "filter_renderers", "_get_parsed_accept_list")
# Their names differ between versions.
_CALLED: Final = Unpatched(
    {
        negotiation: "_MediaType media_type_matches order_by_precedence order_parsed_by_precedence",
        Request: "query_params",
    },
    _remembered.clear,
)
objections: Final = _CALLED.objections


def select_renderer(
    self: DefaultContentNegotiation,
    request: Request,
    renderers: Sequence[BaseRenderer],
    format_suffix: str | None = None,
) -> tuple[BaseRenderer, str]:
    """The renderer and the media type that `request` gets: DefaultContentNegotiation.select_renderer."""
    next(SELECT.calls)
    accept = request.META.get("HTTP_ACCEPT", "*/*")
    if format_suffix or len(accept) > _LONGEST or not _is_plain(self, request):
        chosen: tuple[BaseRenderer, str] = SELECT.original(self, request, renderers, format_suffix)
        return chosen
    key = (accept, *[(type(one), one.media_type) for one in renderers])
    known = _remembered.get(key)
    if known is not None:
        return renderers[known[0]], known[1]
    renderer, media_type = SELECT.original(self, request, renderers, format_suffix)
    if len(_remembered) >= _MOST:
        _remembered.clear()
    _remembered[key] = renderers.index(renderer), media_type
    return renderer, media_type


def _is_plain(self: DefaultContentNegotiation, request: Request) -> bool:
    """Whether the header alone decides."""
    parameter = self.settings.URL_FORMAT_OVERRIDE
    kind: Any = type(request)
    return (
        _CALLED.holds()
        and kind.query_params is Request.query_params
        and trust.is_own(type(self), *_DECIDING)
        and not (parameter and request.META.get("QUERY_STRING") and request.query_params.get(parameter))
    )


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of the headers of each view."""
    yield from judged("views", views(project), _objection)


def _objection(view: type[Any]) -> str | None:
    negotiation_class: Any = view.content_negotiation_class
    if negotiation_class.select_renderer is not DefaultContentNegotiation.select_renderer:
        return overriding(negotiation_class, "select_renderer")
    return trust.objection(negotiation_class, *_DECIDING)


def forget(**_signal: object) -> None:
    """Called when a setting has changed."""
    _remembered.clear()


SELECT: Final = Replacement(
    *(DefaultContentNegotiation, "select_renderer", select_renderer),
    *("ad1c18a1d584", "9d6820c40851", "21b40e4dac39"),
)
REPLACEMENTS: Final = (SELECT,)
