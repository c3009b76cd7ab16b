"""The project under WSGI."""

from __future__ import annotations

from typing import Any, Final

from .applications import application as _application

application: Final[Any] = _application("wsgi")
