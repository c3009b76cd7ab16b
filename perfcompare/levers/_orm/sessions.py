"""What makes a session another one than Django opens: receivers that prepare it, statements that last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from perfcompare.levers._orm import functions
from perfcompare.levers._orm.statements import calls, defines, text_of
from perfcompare.levers._replacing import origin_of

if TYPE_CHECKING:
    from psycopg import BaseConnection

_HARMLESS: Final = ("perfcompare.levers.", "django.contrib.postgres.signals.register_type_handlers")
"""How the paths of receivers begin that prepare psycopg's object, and nothing in the session."""


class _Receivers:
    """Those of `connection_created`, looked at when they are others than before."""

    def __init__(self) -> None:
        self._seen: list[Any] = []
        self._preparing: tuple[str, ...] = ()

    def preparing(self) -> tuple[str, ...]:
        """The paths of those that may prepare a session."""
        present = connection_created.receivers
        if present != self._seen:
            synchronous, asynchronous = connection_created._live_receivers(None)
            paths = map(origin_of, (*synchronous, *asynchronous))
            self._preparing = tuple(path for path in paths if not path.startswith(_HARMLESS))
            self._seen = [*present]
        return self._preparing


preparing: Final = _Receivers().preparing


def wrapper_behind(raw: object) -> Any:
    """The one of Django's connections whose driver's connection is `raw`; None for a connection of somebody else."""
    return next((one for one in connections.all(initialized_only=True) if one.connection is raw), None)


def changed_by(query: object, raw: BaseConnection[Any]) -> BaseDatabaseWrapper | None:
    """Whose session a statement on the driver's connection `raw` may change; None for nobody's of Django's."""
    called = calls(query)
    if called is not None and called <= functions.quiet_at(raw):
        return None
    wrapper = wrapper_behind(raw)
    if wrapper is None or _opens(query, wrapper):
        return None
    if called is None and defines(query):
        functions.forget()
        return None
    return wrapper if called is None or not called <= functions.read(raw) else None


def _opens(query: object, wrapper: BaseDatabaseWrapper) -> bool:
    """Whether Django sends that statement itself where it opens a connection."""
    operations, role = wrapper.ops, wrapper.settings_dict["OPTIONS"].get("assume_role")
    if query is operations.set_time_zone_sql():
        return True
    return bool(role) and query == operations.compose_sql("SET ROLE %s", [role])  # type: ignore[attr-defined]


def beginning_of(query: object) -> str:
    """The first words of a statement, for a sentence."""
    return " ".join((text_of(query) or repr(query)).split())[:80]


def objections() -> Iterator[str]:
    """Sentences about receivers that may prepare a session."""
    for path in preparing():
        yield f"off everywhere: {path} receives connection_created and may prepare the session."
