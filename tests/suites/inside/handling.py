"""Our handlers in the place of Django's."""

from __future__ import annotations

from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction


def replace() -> None:
    """Both; what inherits from Django's is loaded before."""
    import django.contrib.staticfiles.handlers  # it inherits from Django's
    import django.core.asgi
    import django.core.handlers.asgi
    import django.core.handlers.wsgi
    import django.core.wsgi

    from perfcompare.levers.lean_asgi.handler import LeanASGIHandler
    from perfcompare.levers.lean_asgi.request import LeanASGIRequest
    from perfcompare.levers.lean_wsgi.handler import LeanWSGIHandler
    from perfcompare.levers.lean_wsgi.request import LeanWSGIRequest

    asgi: Any = django.core.handlers.asgi
    wsgi: Any = django.core.handlers.wsgi
    asgi.ASGIHandler, asgi.ASGIRequest = _counted(LeanASGIHandler), LeanASGIRequest
    wsgi.WSGIHandler, wsgi.WSGIRequest = _counted(LeanWSGIHandler), LeanWSGIRequest
    # What makes an application is looked at by the levers, so it stays.
    vars(django.core.asgi)["ASGIHandler"] = asgi.ASGIHandler
    vars(django.core.wsgi)["WSGIHandler"] = wsgi.WSGIHandler


def _counted(handler: Any) -> Any:
    from .installing import called

    call = handler.__call__
    name = f"{handler.__module__.split('.')[2]}: requests"

    def counted(self: Any, *args: Any) -> Any:
        called(name)
        return call(self, *args)

    # Servers and asgiref tell an ASGI callable from another one by this mark.
    handler.__call__ = markcoroutinefunction(counted) if iscoroutinefunction(call) else counted
    return handler
