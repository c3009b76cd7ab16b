"""JSON rendered where the view ran, so that Django's handler need not carry a response to a thread to render it."""

from __future__ import annotations

import contextlib
import functools

from django.core.exceptions import SynchronousOnlyOperation
from django.utils.module_loading import import_string
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from perfcompare.levers._drf import trust
from perfcompare.levers._settings import setting


def render(response: object) -> None:
    """Render `response` now, if a JSON renderer of a library does and no middleware waits for it unrendered."""
    renderer = getattr(response, "accepted_renderer", None)
    if (
        isinstance(response, Response)
        and isinstance(renderer, JSONRenderer)
        and trust.is_own(type(renderer), "render")
        and not _is_awaited(tuple(setting("MIDDLEWARE")))
    ):
        # Data with a QuerySet in it is left to whoever renders in a thread.
        with contextlib.suppress(SynchronousOnlyOperation):
            response.render()


@functools.lru_cache(maxsize=16)
def _is_awaited(middleware: tuple[str, ...]) -> bool:
    return any(hasattr(import_string(name), "process_template_response") for name in middleware)
