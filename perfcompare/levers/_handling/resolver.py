"""URL resolution that remembers static paths, and the routes of those that capture something.

What a path resolves to depends on the path and the URLconf alone as long as every pattern is Django's own class with
a fixed regular expression and Django's own converters; i18n patterns (the active language) and converters of a
project (which may ask a database) are found by walking the URLconf once, and then nothing is remembered. Paths that
capture something are as many as there are rows: of these only the route is known (`routes`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Final

from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLResolver, get_resolver, set_urlconf
from django.urls.resolvers import ResolverMatch

from perfcompare.levers._handling.routes import STOCK, matched, routes_of
from perfcompare.levers._handling.settings import ROOT_URLCONF

_MOST_PATHS: Final = 1024
_UNSET: Final = object()
_KEPT: Final = "_lean_paths"


class Paths:
    """The matches of one URLconf; a match is made anew for each request, which may change its own."""

    def __init__(self, resolver: URLResolver) -> None:
        self._resolver = resolver
        self._routes = routes_of(resolver)
        self._matches: dict[str, ResolverMatch] = {}

    def resolve(self, path: str) -> ResolverMatch:
        """What Django's `resolve` answers, with its exceptions."""
        routes = self._routes
        if routes is None or not STOCK.holds():
            return self._resolver.resolve(path)
        known = self._matches.get(path)
        if known is not None:
            return matched(known, known.kwargs, {})
        route, captured = routes.find(path) or (None, {})
        made = None if route is None else route.match(captured)
        if made is not None:
            return made
        match: Any = self._resolver.resolve(path)
        if route is not None:
            route.learn(match, captured)
        elif not match.args and not match.captured_kwargs:
            if len(self._matches) >= _MOST_PATHS:
                self._matches.clear()
            self._matches[path] = matched(match, match.kwargs, {})
        return match  # type: ignore[no-any-return]


def paths_of(resolver: URLResolver) -> Paths:
    """Those of the URLconf of `resolver`, which keeps them."""
    paths: Paths | None = vars(resolver).get(_KEPT)
    if paths is None:
        paths = vars(resolver)[_KEPT] = Paths(resolver)
    return paths


class ResolvesRequests(BaseHandler):
    """A handler's way from a request to its view, and a look at what that returns."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """The view and its arguments; where the request names its own URLconf, that becomes the context's."""
        refusal = getattr(request, "refusal", None)
        if refusal is not None:
            return refusal.match()  # type: ignore[no-any-return]
        urlconf: Any = getattr(request, "urlconf", _UNSET)
        if urlconf is _UNSET:
            urlconf = None
        else:
            set_urlconf(urlconf)
        match = paths_of(get_resolver(urlconf or ROOT_URLCONF.get())).resolve(request.path_info)
        request.resolver_match = match
        return match

    def check_response(self, response: object, callback: object, name: str | None = None) -> None:
        """Complain of a view that returns no response; most responses show at once that they are no coroutine."""
        if not is_response(response):
            stock: Any = super()
            stock.check_response(response, callback, name)


def is_response(answer: object) -> bool:
    """Whether it is a response and nothing that must be awaited."""
    kind: Any = type(answer)
    return _is_response(kind)


@lru_cache(maxsize=256)  # `asyncio.iscoroutine`, which Django asks, remembers types too
def _is_response(cls: type[Any]) -> bool:
    return issubclass(cls, HttpResponseBase) and not hasattr(cls, "__await__")


class Callables:
    """An answer for each view, worked out once; views that cannot be remembered are asked again every time."""

    def __init__(self, ask: Callable[[Any], Any]) -> None:
        self._ask = ask
        self._known: dict[Hashable, Any] = {}

    def __call__(self, view: object) -> Any:
        """`ask(view)`."""
        try:
            return self._known[view]
        except KeyError:
            if len(self._known) >= _MOST_PATHS:
                self._known.clear()
            answer = self._known[view] = self._ask(view)
            return answer
        except TypeError:  # not hashable
            return self._ask(view)
