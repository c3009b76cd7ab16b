"""How a server calls an application."""

from __future__ import annotations

from typing import Literal

Interface = Literal["wsgi", "asgi"]
