"""A Response made from a prepared one: what Django's constructor works out is the same for each.

`HttpResponse.__init__` puts a content type and a charset together that DRF replaces when it renders. Here it runs once;
its state is copied into every new Response, with containers of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.http.response import ResponseHeaders
from django.template.response import SimpleTemplateResponse
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from perfcompare.levers._replacing import Replacement, Unpatched

_shared: dict[str, Any] = {}
_made: list[tuple[str, Callable[[], Any]]] = []


def __init__(
    self: Response,
    data: object = None,
    status: int | None = None,
    template_name: str | None = None,
    headers: Mapping[str, str] | None = None,
    exception: bool = False,
    content_type: str | None = None,
) -> None:
    """What Response.__init__ makes; an unusual status, and a serializer for data, are left to it."""
    next(INIT.calls)
    unusual = status is not None and not (type(status) is int and 100 <= status <= 599)
    if unusual or isinstance(data, Serializer) or not _CONSTRUCTORS.holds():
        INIT.original(self, data, status, template_name, headers, exception, content_type)
        return
    state = vars(self)
    state.update(_shared or _prepared())
    for name, make in _made:
        state[name] = make()
    if status is not None:
        self.status_code = status
    self.data = data
    self.template_name = template_name  # type: ignore[assignment]
    self.exception = exception
    self.content_type = content_type
    for name, value in (headers or {}).items():
        self[name] = value


def _prepared() -> dict[str, Any]:
    made: list[tuple[str, Callable[[], Any]]] = []
    shared: dict[str, Any] = {}
    for name, value in vars(SimpleTemplateResponse(None)).items():  # type: ignore[arg-type]
        if isinstance(value, ResponseHeaders):
            made.append((name, _headers_like(value)))
        elif isinstance(value, SimpleCookie):
            made.append((name, SimpleCookie))
        elif isinstance(value, (list, dict)):
            made.append((name, value.copy))
        else:
            shared[name] = value
    _made[:] = made
    _shared.update(shared)
    return _shared


def _headers_like(headers: ResponseHeaders) -> Callable[[], ResponseHeaders]:
    stored = dict(headers._store)

    def make() -> ResponseHeaders:
        new = object.__new__(ResponseHeaders)
        new._store = stored.copy()
        return new

    return make


def forget(**_signal: object) -> None:
    """Called when a setting has changed: the charset is one."""
    _shared.clear()


_CONSTRUCTORS: Final = Unpatched(
    dict.fromkeys((SimpleTemplateResponse, HttpResponse, HttpResponseBase, ResponseHeaders), "__init__"), forget
)
objections: Final = _CONSTRUCTORS.objections


INIT: Final = Replacement(Response, "__init__", __init__, "a7ba69625985")
REPLACEMENTS: Final = (INIT,)
