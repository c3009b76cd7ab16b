"""Which levers a project can use."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._registry import levers as known
from tests.projects.project import Project

_NOT_FOR_ALL: Final = frozenset({"api_middleware", "cached_bytes", "database_json", "insert_first", "token_cache"})
"""They take things away by design, need an app, a cache or an option, or are called by a project's own code."""
_OTHER_INTERFACE: Final = {"wsgi": frozenset({"lean_asgi", "native_async"}), "asgi": frozenset({"lean_wsgi"})}


def levers(project: Project) -> list[str]:
    """All that it could name in its settings, and the handler for its interface."""
    left = (_NOT_FOR_ALL - set(project.also)) | _OTHER_INTERFACE[project.interface] | set(project.without)
    return [name for name in known if name not in left]
