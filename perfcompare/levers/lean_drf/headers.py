"""The Allow and Vary headers of a view, put together once for each set of methods."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, Final

from rest_framework.views import APIView

from perfcompare.levers._drf import trust
from perfcompare.levers._drf.project import views
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged

_DECIDING: Final = ("allowed_methods", "_allowed_methods", "__getattr__")


def default_response_headers(self: APIView) -> dict[str, str]:
    """The headers that every answer of the view has: APIView.default_response_headers."""
    next(HEADERS.calls)
    state = vars(self)
    cls: Any = type(self)
    # A viewset puts its handlers on the instance; every view gets its HEAD there, from View.setup.
    if "http_method_names" not in state and trust.is_own(cls, *_DECIDING):
        handled = tuple([name for name in self.http_method_names if name in state or hasattr(cls, name)])
        return dict(_headers(handled, len(self.renderer_classes) > 1))
    headers: dict[str, str] = HEADERS.original(self)
    return headers


@functools.lru_cache(maxsize=1024)
def _headers(handled: tuple[str, ...], varies: bool) -> dict[str, str]:
    return {"Allow": ", ".join(map(str.upper, handled)), **({"Vary": "Accept"} if varies else {})}


HEADERS: Final = Replacement(APIView, "default_response_headers", default_response_headers, "d327be1c8c7d")
REPLACEMENTS: Final = (HEADERS,)


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each view."""
    yield from judged("views", views(project), _objection)


def _objection(cls: type[Any]) -> str | None:
    return trust.objection(cls, *_DECIDING)
