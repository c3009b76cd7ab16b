"""What django-silk may keep, where, and who sees it: for the settings that show its pages, and those that record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from perfcompare.core import env
from perfcompare.recording import ALIAS, RECORDING

if TYPE_CHECKING:
    from django.http import HttpRequest

DATABASE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": env.text("PERFCOMPARE_PROFILE_RECORDS", str(env.state_folder().resolve() / "profiles.sqlite3")),
    # Several threads write: one that begins by reading would be refused at once instead of waiting for its turn.
    "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    # In memory it would be one connection for all threads of a test server, which close it for each other.
    "TEST": {"NAME": env.state_folder().resolve() / "test-profiles.sqlite3"},
}
ROUTERS = ["config.settings.silk.Router"]


class Router:
    """Silk's tables are in its own database and nothing else is."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        """Its own for silk's models, no opinion on others; so is the next one."""
        return ALIAS if model._meta.app_label == "silk" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Silk's migrations there and no others."""
        return (app_label == "silk") == (db == ALIAS)


LOGGERS: dict[str, Any] = {
    # It warns whenever it is imported where its middleware does not record, which is what its pages alone are.
    "silk.profiling.profiler": {"level": "ERROR"},
}

API = "/api/"
DOCUMENTATION = {"docs", "schema", "openapi.json"}
"""How the paths of interactive documentation end."""


def asks_an_api(request: HttpRequest) -> bool:
    """Whether a request is one that the development server records: no page, no documentation, no file."""
    return request.path_info.startswith(API) and request.path_info.rpartition("/")[2] not in DOCUMENTATION


def refuse(apps: Sequence[str], middleware: Sequence[str]) -> None:
    """RuntimeError when a process that is going to be timed would carry silk: its figures would be silk's."""
    found = [name for name in (*apps, *middleware) if name.partition(".")[0] == "silk" or name in RECORDING]
    if found:
        raise RuntimeError(
            f"A timed process must not carry silk: take {', '.join(found)} out. "
            "To profile, run: manage.py perfcompare profile"
        )
