"""Attributes of the wrapped HttpRequest that DRF reads several times per request.

`Request.__getattr__` is asked only after the ordinary lookup has failed, which costs more than what it finds. These
descriptors have no `__set__`, so an attribute that somebody sets on the Request still counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http.request import HttpHeaders, HttpRequest
from django.utils.functional import cached_property
from rest_framework.request import Request

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import Replacement, Tally, overriding

NAMES: Final = ("META", "method", "GET", "path", "resolver_match")


_present: Final[Any] = vars(Request).get("__getattr__")
_GETATTR: Final = _present if trust.is_own(Request, "__getattr__") else None


class Proxy:
    """The attribute `name` of the HttpRequest behind a Request."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.tally = Tally()
        self._calls, self._left = self.tally.calls, self.tally.left

    def __get__(self, request: Any, owner: type) -> Any:
        if request is None:
            return self
        next(self._calls)
        if type(request).__getattr__ is not _GETATTR:  # it is asked, as DRF does
            next(self._left)
            return type(request).__getattr__(request, self._name)
        return getattr(request._request, self._name)


class LazyHeaders(HttpHeaders):
    """The headers of a request, of which one is usually asked for: all are put together when another way is used."""

    def __init__(self, meta: Mapping[str, Any]) -> None:  # no super(): it copies them all
        self._meta = meta

    @cached_property
    def _store(self) -> dict[str, tuple[str, Any]]:  # type: ignore[override] # as good as the attribute
        store: dict[str, tuple[str, Any]] = HttpHeaders(self._meta)._store
        return store

    def get(self, key: str, default: object = None) -> Any:
        """The header `key`, in upper or lower case, with hyphens or underscores."""
        name = key.replace("-", "_").upper()
        return self._meta.get(name if name in self.UNPREFIXED_HEADERS else f"HTTP_{name}", default)


class HeadersProxy(Proxy):
    """The headers of the HttpRequest behind a Request, where they stay for others."""

    def __get__(self, request: Any, owner: type) -> Any:
        if request is None:
            return self
        next(self._calls)
        if type(request).__getattr__ is not _GETATTR:
            next(self._left)
            return type(request).__getattr__(request, self._name)
        state = vars(request._request)
        if "headers" not in state and type(request._request).headers is HttpRequest.headers:
            state["headers"] = LazyHeaders(request._request.META)
        return request._request.headers


def objections() -> Iterator[str]:
    """Why every attribute is looked up as by DRF at this moment."""
    if vars(Request).get("__getattr__") is not _GETATTR:
        yield f"off everywhere: {overriding(Request, '__getattr__')}."


REPLACEMENTS: Final = (
    *(Replacement(Request, name, Proxy(name)) for name in NAMES),
    Replacement(Request, "headers", HeadersProxy("headers")),
)
