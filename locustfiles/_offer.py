"""Gives Locust the options of a locustfile; a bad value ends it with status 2 and the reason."""

from __future__ import annotations

from typing import Any

from locustfiles._events import on
from locustfiles._options import OPTIONS

_offered: dict[str, None] = {}


def offer(*names: str) -> None:
    """Give Locust these options of `_options.OPTIONS`; several locustfiles may offer the same one."""
    _offered.update(dict.fromkeys(names))


@on("init_command_line_parser")
def _add(parser: Any) -> None:
    for name in _offered:
        OPTIONS[name](parser)
