"""Django's handler: URL resolving, the view, rendering."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Final

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import Recorder
from perfcompare.project.audit.wrapping import put, spanned, wrap


def _install(recorder: Recorder) -> None:
    from django.core.handlers.base import BaseHandler
    from django.template import response
    from django.template.backends import django as templates
    from django.urls.resolvers import URLResolver

    wrap(recorder, BaseHandler, ["resolve_request"], "URL resolving", "resolve")
    wrap(recorder, URLResolver, ["_reverse_with_prefix"], "URL resolving", "reverse")
    wrap(recorder, response.SimpleTemplateResponse, ["render"], "rendering", _renderer)
    wrap(recorder, templates.Template, ["render"], "rendering", "template")
    original = BaseHandler.make_view_atomic

    @functools.wraps(original)
    def make_view_atomic(self: Any, view: Any) -> Any:
        return spanned(recorder, _seen_as_it_is(original(self, view)), "view", _named(view))

    put(BaseHandler, "make_view_atomic", make_view_atomic)


def _seen_as_it_is(view: Any) -> Any:
    """An asynchronous view that is only marked as one (asgiref) becomes a coroutine function."""
    from asgiref.sync import iscoroutinefunction

    if not iscoroutinefunction(view) or inspect.iscoroutinefunction(view):
        return view

    @functools.wraps(view)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        return await view(*args, **kwargs)

    return awaited


def _named(view: Any) -> str:
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return kind.__name__ if kind else str(getattr(view, "__qualname__", type(view).__name__))


def _renderer(response: Any) -> str:
    renderer = getattr(response, "accepted_renderer", None)
    return type(renderer or response).__name__


INSTRUMENT: Final = Instrument(module="django.core.handlers.base", install=_install, always=True)
