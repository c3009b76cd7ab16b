"""The routes of a URLconf that capture something, found without Django's walk.

Django asks each pattern on the way by a regular expression, raises an error for each branch that is not taken, and puts
a ResolverMatch together at every level (django/urls/resolvers.py). Here a text is compared where a pattern is nothing
but a text, and the match is made of an earlier one of the same route. What else there is, such as a branch that was
entered in vain, is left to Django, which notes what it has tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.urls import URLPattern, URLResolver, converters, resolvers
from django.urls.resolvers import RegexPattern, ResolverMatch, RoutePattern

from perfcompare.levers._replacing import Unpatched, path_of

_PURE_CONVERTERS: Final = frozenset(
    {
        converters.IntConverter,
        converters.StringConverter,
        converters.SlugConverter,
        converters.PathConverter,
        converters.UUIDConverter,
    }
)
_PURE_OF_OTHERS: Final = frozenset({"ninja.signature.utils.NinjaUUIDConverter"})
"""Ninja before 1.6 puts it in the place of Django's, in every project that imports Ninja."""
_PREFIX: Final = re.compile(r"\^([\w/-]*)", re.ASCII)
"""A regular expression that matches this text at the beginning, and nothing else."""
STOCK: Final = Unpatched(
    {
        **dict.fromkeys((URLResolver, URLPattern), "resolve"),
        **dict.fromkeys((RegexPattern, RoutePattern), "match"),
        ResolverMatch: "__init__",
        resolvers: "ResolverMatch",
    }
)
"""What finds a match, and what it is."""

Captured = dict[str, Any]
_Entry = tuple[str, bool, "Routes | None", Callable[[str], Any], "Route | None"]
"""A text, whether the path must be that and not only begin with it, and what is asked then: what is below, or a
pattern, and the route where that is one."""


class Route:
    """One that captures something by name."""

    __slots__ = ("_callback", "_known")

    def __init__(self, pattern: URLPattern) -> None:
        self._callback = pattern.callback
        self._known: ResolverMatch | None = None

    def match(self, captured: Captured) -> ResolverMatch | None:
        """The match of a path from which that was captured; None as long as nothing has been learnt."""
        return None if self._known is None else matched(self._known, captured, captured)

    def learn(self, match: ResolverMatch, captured: Captured) -> None:
        """Take all but the arguments from `match`, which is Django's, where nothing else can differ."""
        is_known = match.func is self._callback and not match.extra_kwargs  # type: ignore[attr-defined]  # no stubs
        if is_known and match.args == () and match.kwargs == captured:
            self._known = matched(match, {}, {})


class Routes:
    """All that one resolver includes."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterator[_Entry]) -> None:
        self._entries = tuple(entries)

    def find(self, path: str) -> tuple[Route, Captured] | None:
        """The route of `path`, and what it captures there; None for what is left to Django."""
        for text, is_whole, below, match, route in self._entries:
            if is_whole:
                if path == text:
                    return None
            elif path.startswith(text):
                if below is not None:
                    return below.find(path[len(text) :])
                found = match(path)
                if found is not None:
                    return None if route is None else (route, found[2])
        return None


def matched(match: ResolverMatch, kwargs: Mapping[str, Any], captured: Captured) -> ResolverMatch:
    """One like `match`, with arguments of its own."""
    made = object.__new__(ResolverMatch)
    state = made.__dict__
    state.update(match.__dict__)
    state["kwargs"], state["captured_kwargs"] = {**kwargs}, captured
    return made


def routes_of(resolver: URLResolver) -> Routes | None:
    """What `resolver` includes; None where a path alone does not decide what it leads to."""
    return Routes(iter((_branch(resolver),))) if _is_pure(resolver) else None


def _branch(resolver: URLResolver) -> _Entry:
    text = _prefix_of(resolver.pattern)
    if text is None:
        return "", False, None, resolver.pattern.match, None
    return text, False, Routes(map(_entry, resolver.url_patterns)), resolver.pattern.match, None


def _entry(entry: URLPattern | URLResolver) -> _Entry:
    if isinstance(entry, URLResolver):
        return _branch(entry)
    pattern = entry.pattern
    if type(pattern) is not RoutePattern:
        return "", False, None, pattern.match, None
    text: str = vars(pattern)["_route"]
    if pattern.converters:
        return text.partition("<")[0], False, None, pattern.match, Route(entry)
    return text, vars(pattern)["_is_endpoint"], None, pattern.match, None


def _prefix_of(pattern: object) -> str | None:
    """The text that a path must begin with, where nothing else is asked."""
    if type(pattern) is RoutePattern:
        return None if pattern.converters else vars(pattern)["_route"]
    found = None if vars(pattern)["_is_endpoint"] else _PREFIX.fullmatch(vars(pattern)["_regex"])
    return found and found[1]


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
        and all(_is_pure_converter(type(converter)) for converter in pattern.converters.values())
    )


def _is_pure_converter(cls: type[Any]) -> bool:
    return cls in _PURE_CONVERTERS or path_of(cls) in _PURE_OF_OTHERS
