"""URL resolution that remembers the paths of static routes.

What a path resolves to depends on the path and the URLconf alone as long as every pattern is Django's own class with
a fixed regular expression and Django's own converters; i18n patterns (the active language) and converters of a
project (which may ask a database) are found by walking the URLconf once, and then nothing is remembered. Routes that
capture something are not remembered either: their paths are as many as there are rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, converters, get_resolver, set_urlconf
from django.urls.resolvers import RegexPattern, ResolverMatch, RoutePattern

from perfcompare.levers._handling.settings import ROOT_URLCONF

_MOST_PATHS: Final = 1024
_PURE_CONVERTERS: Final = frozenset(
    {
        converters.IntConverter,
        converters.StringConverter,
        converters.SlugConverter,
        converters.PathConverter,
        converters.UUIDConverter,
    }
)


class StaticPaths:
    """The matches of one URLconf's static routes; a match is copied for each request, which may change its own."""

    def __init__(self, resolver: URLResolver) -> None:
        self._resolve = resolver.resolve
        self._remembers = _is_pure(resolver)
        self._matches: dict[str, ResolverMatch] = {}

    def resolve(self, path: str) -> ResolverMatch:
        """What Django's `resolve` answers, with its exceptions."""
        if (known := self._matches.get(path)) is not None:
            return _copy(known)
        match = self._resolve(path)
        if self._remembers and not match.args and not match.captured_kwargs:  # type: ignore[attr-defined]  # missing in the stubs
            if len(self._matches) >= _MOST_PATHS:
                self._matches.clear()
            self._matches[path] = _copy(match)
        return match


class Resolving:
    """`StaticPaths` for each URLconf that a process uses."""

    def __init__(self) -> None:
        self._paths: WeakKeyDictionary[URLResolver, StaticPaths] = WeakKeyDictionary()
        self._last: tuple[URLResolver | None, StaticPaths | None] = (None, None)

    def resolve(self, resolver: URLResolver, path: str) -> ResolverMatch:
        """What `resolver.resolve(path)` answers, with its exceptions."""
        last, paths = self._last  # a process has one URLconf, nearly always
        if paths is None or last is not resolver:
            paths = self._paths.get(resolver)
            if paths is None:
                paths = self._paths[resolver] = StaticPaths(resolver)
            self._last = (resolver, paths)
        return paths.resolve(path)


class ResolvesRequests(BaseHandler):
    """A handler's way from a request to its view, and a look at what that returns."""

    def __init__(self) -> None:
        self._resolving = Resolving()
        super().__init__()

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """The view and its arguments; where the request names its own URLconf, that becomes the context's."""
        refusal = getattr(request, "refusal", None)
        if refusal is not None:
            return refusal.match()  # type: ignore[no-any-return]
        urlconf = getattr(request, "urlconf", None)
        if hasattr(request, "urlconf"):
            set_urlconf(urlconf)
        match = self._resolving.resolve(get_resolver(urlconf or ROOT_URLCONF.get()), request.path_info)
        request.resolver_match = match
        return match

    def check_response(self, response: object, callback: object, name: str | None = None) -> None:
        """Complain of a view that returns no response; most responses show at once that they are no coroutine."""
        if not is_response(response):
            stock: Any = super()
            stock.check_response(response, callback, name)


def is_response(answer: object) -> bool:
    """Whether it is a response and nothing that must be awaited."""
    return isinstance(answer, HttpResponseBase) and not hasattr(type(answer), "__await__")


def _copy(match: ResolverMatch) -> ResolverMatch:
    copied = object.__new__(ResolverMatch)
    vars(copied).update(vars(match))
    copied.kwargs = dict(match.kwargs)
    return copied


def _is_pure(resolver: URLResolver) -> bool:
    return (
        type(resolver) is URLResolver
        and _has_fixed_pattern(resolver.pattern)
        and all(
            _is_pure(entry) if isinstance(entry, URLResolver) else _is_pure_route(entry)
            for entry in resolver.url_patterns
        )
    )


def _is_pure_route(entry: object) -> bool:
    return type(entry) is URLPattern and _has_fixed_pattern(entry.pattern)


def _has_fixed_pattern(pattern: object) -> bool:
    if type(pattern) is RegexPattern:
        return isinstance(vars(pattern)["_regex"], str)
    return (
        type(pattern) is RoutePattern
        and isinstance(vars(pattern)["_route"], str)
        and all(type(converter) in _PURE_CONVERTERS for converter in pattern.converters.values())
    )


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
