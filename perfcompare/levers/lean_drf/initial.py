"""What a view does before its handler, in one piece: APIView.initial, where the steps of it are DRF's own.

Each step is a method that makes a list of what the view's class names; most views override none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rest_framework.request import Request
from rest_framework.views import APIView

from perfcompare.levers._drf.project import views
from perfcompare.levers._orm.stock import Stock
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged

_STEPS: Final = (
    *("get_format_suffix", "perform_content_negotiation", "get_renderers", "get_content_negotiator"),
    *("determine_version", "perform_authentication", "check_permissions", "get_permissions"),
    *("check_throttles", "get_throttles"),
)
_OWN: Final = frozenset(_STEPS)
_STOCK: Final = Stock(APIView, *_STEPS)


def initial(self: APIView, request: Request, *args: object, **kwargs: object) -> None:
    """Negotiate, find the version, authenticate, check permissions and throttles: APIView.initial."""
    next(INITIAL.calls)
    if not _STOCK.holds(type(self)) or not vars(self).keys().isdisjoint(_OWN):
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


INITIAL: Final = Replacement(APIView, "initial", initial, "c3e675725d14")
REPLACEMENTS: Final = (INITIAL,)


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each view."""
    yield from judged("views", views(project), _STOCK.objection)
