"""What an ASGI server loads: Django, with channels for its WebSockets."""

from __future__ import annotations

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

from perfcompare.core.room import BROADCAST, ECHO


def _application() -> Any:
    http = get_asgi_application()  # first, because it starts Django
    from perfcompare.rooms._channels.consumers import Broadcast, Echo

    sockets = URLRouter([path(ECHO, Echo.as_asgi()), path(BROADCAST, Broadcast.as_asgi())])
    return ProtocolTypeRouter({"http": http, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))})


application = _application()
