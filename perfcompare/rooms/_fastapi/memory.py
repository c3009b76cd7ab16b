"""One process: a message goes to the sockets that it knows."""

from __future__ import annotations

from perfcompare.rooms._fastapi.application import application
from perfcompare.rooms._fastapi.sockets import Sockets

_sockets = Sockets()
app = application(_sockets, _sockets.send)
