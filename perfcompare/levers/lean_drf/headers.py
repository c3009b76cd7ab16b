"""The Allow and Vary headers of a view, put together once for each set of methods."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rest_framework.views import APIView

from perfcompare.levers._drf import trust
from perfcompare.levers._drf.project import views
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import MISSING, Comparison, Judgement, Replacement, comparison, judged

_DECIDING: Final = ("allowed_methods", "_allowed_methods", "__getattr__")
_MOST: Final = 4096
_known: Final[dict[type[Any], tuple[Sequence[str], Comparison, frozenset[str]]]] = {}


def default_response_headers(self: APIView) -> dict[str, str]:
    """The headers that every answer of the view has: APIView.default_response_headers."""
    next(HEADERS.calls)
    state = vars(self)
    cls: Any = type(self)
    # A viewset puts its handlers on the instance; every view gets its HEAD there, from View.setup.
    if "http_method_names" not in state and trust.is_own(cls, *_DECIDING):
        of_class = _handlers(cls, self.http_method_names)
        handled = tuple([name for name in self.http_method_names if name in state or name in of_class])
        return dict(_headers(handled, len(self.renderer_classes) > 1))
    headers: dict[str, str] = HEADERS.original(self)
    return headers


def _handlers(cls: type[Any], names: Sequence[str]) -> frozenset[str]:
    """Those of the methods that `cls` has a handler for: to be told of one that it lacks takes Python an error."""
    known = _known.get(cls)
    if known is not None and known[0] == names:
        found = known[1]
        if (found.is_same and found.version.value) or found.holds():
            return known[2]
    if len(_known) >= _MOST:
        _known.clear()
    handlers = [(cls, name, getattr(cls, name, MISSING)) for name in names]
    present = frozenset(name for _cls, name, handler in handlers if handler is not MISSING)
    _known[cls] = names[:], comparison(handlers), present
    return present


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
