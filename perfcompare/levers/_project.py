"""The views and classes of the project that this process belongs to, found without asking its database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.urls import URLResolver, get_resolver

from perfcompare.levers._replacing import LIBRARIES
from perfcompare.levers._replacing.watch import Hidden

T = TypeVar("T")


class Project:
    """To look for them imports the URLconf, and with it what its views use. Whatever fails there is one sentence."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.callbacks: tuple[Any, ...] = tuple(self._callbacks(self._root(), set()))
        """Whatever stands for a view in the URLconf."""

    @cached_property
    def views(self) -> tuple[type[Any], ...]:
        """The classes of views."""
        found = (getattr(one, "cls", None) or getattr(one, "view_class", None) for one in self.callbacks)
        return tuple(dict.fromkeys(one for one in found if isinstance(one, type)))

    @cached_property
    def models(self) -> tuple[type[Model], ...]:
        """All models."""
        return tuple(apps.get_models())

    def subclasses(self, cls: type[T]) -> tuple[type[T], ...]:
        """The classes that are made of `cls`, but for those of the libraries themselves."""
        return tuple(one for one in dict.fromkeys(_below(cls)) if not f"{one.__module__}.".startswith(LIBRARIES))

    def _root(self) -> Iterable[Any]:
        return [get_resolver()] if getattr(settings, "ROOT_URLCONF", None) else []

    def _callbacks(self, patterns: Iterable[Any], seen: set[int]) -> Iterator[Any]:
        for one in patterns:
            if not isinstance(one, URLResolver):
                yield getattr(one, "callback", None)
            elif id(one) not in seen:
                seen.add(id(one))
                yield from self._callbacks(self._inner(one), seen)

    def _inner(self, resolver: URLResolver) -> list[Any]:
        try:
            return [*resolver.url_patterns]
        except (Exception, SystemExit) as error:  # it is the project's own code
            name = getattr(resolver.urlconf_name, "__name__", resolver.urlconf_name)
            self.problems.append(f"The URLconf {name!r} cannot be imported, so its views are not looked at: {error!r}.")
            return []


def _below(cls: type[T]) -> Iterator[type[T]]:
    for one in type.__subclasses__(cls):
        if not isinstance(one, Hidden):  # it inherits only to notice changes
            yield one
            yield from _below(one)
