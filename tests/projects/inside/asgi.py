"""The project under ASGI."""

from __future__ import annotations

from typing import Any, Final

from .asking import application as _application
from .plan import plan

application: Final[Any] = _application("asgi", plan()["changes"])
