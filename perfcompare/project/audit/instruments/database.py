"""SQL statements, connections, and the ORM around them."""

from __future__ import annotations

import functools
from typing import Any, Final

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import CONNECTIONS, ORM, SQL, Recorder
from perfcompare.project.audit.wrapping import put, wrap, wrap_family

BUILDING: Final = "building querysets"
COMPILING: Final = "writing SQL"
FETCHING: Final = "instances"
OPENED: Final = "connection"


def _install(recorder: Recorder) -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
    from django.db.models import Model, query
    from django.db.models.sql.compiler import SQLCompiler

    for kind in (CursorWrapper, CursorDebugWrapper):
        for name in ("execute", "executemany"):
            if name in vars(kind):
                setattr(kind, name, _statement(recorder, vars(kind)[name]))
    wrap_family(recorder, BaseDatabaseWrapper, ["connect"], CONNECTIONS, "open")
    wrap_family(recorder, BaseDatabaseWrapper, ["close"], CONNECTIONS, "close")
    wrap_family(recorder, BaseDatabaseWrapper, ["_commit", "_rollback"], CONNECTIONS, "commit and roll back")
    put(BaseDatabaseWrapper, "connect", _connect(recorder, BaseDatabaseWrapper.connect))
    building = ["_filter_or_exclude", "order_by", "select_related", "prefetch_related", "annotate", "only", "defer"]
    wrap(recorder, query.QuerySet, building, ORM, BUILDING)
    wrap_family(recorder, SQLCompiler, ["as_sql"], ORM, COMPILING)
    running = ["_fetch_all", "get", "count", "exists", "aggregate", "first", "update", "delete", "create"]
    wrap_family(recorder, query.QuerySet, running, ORM, FETCHING)
    wrap_family(recorder, SQLCompiler, ["execute_sql"], ORM, FETCHING)
    wrap(recorder, Model, ["save_base", "delete", "refresh_from_db"], ORM, "saving")


def _statement(recorder: Recorder, execute: Any) -> Any:
    @functools.wraps(execute)
    def run(self: Any, sql: Any, params: Any = None) -> Any:
        parent = recorder.current.get()
        if parent is None or parent.key[0] == SQL:
            return execute(self, sql, params)
        text = sql if isinstance(sql, str) else str(sql)
        if recorder.listener is not None:
            recorder.listener.statement(text, params)
        span = recorder.begin((SQL, text), parent)
        try:
            return execute(self, sql, params)
        finally:
            recorder.end(span)

    return run


def _connect(recorder: Recorder, connect: Any) -> Any:
    @functools.wraps(connect)
    def run(self: Any) -> Any:
        pooled = self.settings_dict.get("OPTIONS", {}).get("pool")  # then it is taken from the pool, and given back
        if recorder.listener is not None and recorder.current.get() is not None and not pooled:
            recorder.listener.happened(OPENED, f"{self.alias} ({self.Database.__name__})")
        return connect(self)

    return run


INSTRUMENT: Final = Instrument(module="django.db", install=_install)
