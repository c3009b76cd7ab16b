"""What a view does before its handler, in one piece: APIView.initial, where the steps of it are DRF's own.

Each step is a method that makes a list of what the view's class names; most views override none of them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, Final

from rest_framework.request import Request
from rest_framework.views import APIView

from perfcompare.levers._drf.project import views
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged, path_of
from perfcompare.levers.lean_drf.inline_checks import PERMISSIONS

_STEPS: Final = (
    *("get_format_suffix", "perform_content_negotiation", "get_renderers", "get_content_negotiator"),
    *("determine_version", "perform_authentication", "check_permissions", "get_permissions"),
    *("check_throttles", "get_throttles"),
)
_OWN: Final = frozenset(_STEPS)
_STOCK: Final = Stock(APIView, *_STEPS)
_SYNCHRONOUS: Final = ("check_sync_permissions", "check_sync_throttles")
"""What adrf has beside them."""


def initial(self: APIView, request: Request, *args: object, **kwargs: object) -> None:
    """Negotiate, find the version, authenticate, check permissions and throttles: APIView.initial."""
    next(INITIAL.calls)
    if not _is_stock(self) or not vars(self).keys().isdisjoint(_OWN):
        INITIAL.original(self, request, *args, **kwargs)
        return
    view: Any = self  # with what its stubs leave out
    suffix = view.settings.FORMAT_SUFFIX_KWARG
    view.format_kwarg = kwargs.get(suffix) if suffix else None
    renderers = [cls() for cls in view.renderer_classes]
    negotiator = getattr(view, "_negotiator", None) or view.get_content_negotiator()
    chosen = negotiator.select_renderer(request, renderers, view.format_kwarg)
    request.accepted_renderer, request.accepted_media_type = chosen
    unversioned = view.versioning_class is None
    found = (None, None) if unversioned else view.determine_version(request, *args, **kwargs)
    request.version, request.versioning_scheme = found
    _ = request.user  # authenticates
    for permission in [cls() for cls in view.permission_classes]:
        if not permission.has_permission(request, view):
            view.permission_denied(
                request, message=getattr(permission, "message", None), code=getattr(permission, "code", None)
            )
    if view.throttle_classes:
        view.check_throttles(request)


def _is_stock(view: APIView) -> bool:
    """Whether the steps are DRF's own, or adrf's, which awaits permissions and throttles where that must be."""
    cls: Any = type(view)
    stock = _stock_of(cls)
    return stock.holds(cls) and (stock is _STOCK or _awaited(view) is None)


@functools.lru_cache(maxsize=1024)
def _stock_of(cls: type[Any]) -> Stock:
    home: Any = next((one for one in cls.__mro__ if path_of(one) == "adrf.views.APIView"), None)
    return _STOCK if home is None else _of_adrf(home)


@functools.cache
def _of_adrf(home: type[Any]) -> Stock:
    return Stock(home, *_STEPS, *(name for name in _SYNCHRONOUS if hasattr(home, name)))


def _awaited(view: APIView | type[APIView]) -> str | None:
    """Which permission may have to be awaited: the end of a sentence."""
    for one in view.permission_classes:
        if getattr(one, "has_permission", None) not in PERMISSIONS:
            return f"its permission {path_of(one)} may have to be awaited"
    return None


def _objection(view: type[APIView]) -> str | None:
    cls: Any = view
    stock = _stock_of(cls)
    return stock.objection(cls) or (None if stock is _STOCK else _awaited(cls))


INITIAL: Final = Replacement(APIView, "initial", initial, "c3e675725d14")
REPLACEMENTS: Final = (INITIAL,)


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each view."""
    yield from judged("views", views(project), _objection)
