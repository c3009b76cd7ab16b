"""Whether an adrf view is asynchronous, known of its class.

Django finds that out of all handlers of the class (django.views.View.view_is_async), and adrf asks it for each request.
"""

from __future__ import annotations

from typing import Any, Final

from adrf.views import APIView
from django.http import HttpRequest

from perfcompare.levers._replacing import MISSING, Comparison, Replacement, comparison

_MOST: Final = 1024
_asynchronous: Final[dict[type[Any], Comparison]] = {}
"""Those that are, and whether they are as they were then."""


def dispatch(self: APIView, request: HttpRequest, *args: object, **kwargs: object) -> Any:
    """The answer to `request`, or a coroutine of it: adrf's APIView.dispatch."""
    next(DISPATCH.calls)
    if "view_is_async" not in vars(self) and _is_asynchronous(type(self)):
        return self.async_dispatch(request, *args, **kwargs)
    return DISPATCH.original(self, request, *args, **kwargs)


def _is_asynchronous(cls: type[Any]) -> bool:
    try:
        found = _asynchronous[cls]
        if (found.is_same and found.version.value) or found.same():
            return True
    except (KeyError, AttributeError):  # it is new, or something is gone
        pass
    if getattr(cls, "view_is_async", None) is not True:
        return False
    if len(_asynchronous) >= _MOST:
        _asynchronous.clear()
    names = ("http_method_names", *cls.http_method_names)
    handlers = [(cls, name, getattr(cls, name, MISSING)) for name in names]
    _asynchronous[cls] = comparison([*handlers, (cls, "view_is_async", True)])
    return True


DISPATCH: Final = Replacement(APIView, "dispatch", dispatch, "3b434a886e69")
REPLACEMENTS: Final = (DISPATCH,)
