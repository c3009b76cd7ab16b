"""Whether the way from Django to the database is the stock one: connection, cursor, compiler, driver and routers.

Everything that other packages put there is a reason to take Django's way: a `DatabaseWrapper` of their own (tenants,
metrics), a patched method of Django's (Sentry, cachalot, silk), an attribute of one connection (the debug toolbar), a
driver's connection or cursor that is traced (OpenTelemetry, ddtrace, New Relic). See `stock` for how a proof is kept
true. What is asked at each use is a comparison of attributes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db import connections, router
from django.db.backends import utils
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.compiler import SQLCompiler, SQLInsertCompiler
from django.db.models.sql.query import Query
from django.db.models.sql.subqueries import InsertQuery
from django.db.utils import ConnectionRouter, DatabaseErrorWrapper

from perfcompare.levers._orm.database_wrapper import HANDLES
from perfcompare.levers._orm.nodes import NODES
from perfcompare.levers._orm.own_code import is_own_class, is_own_function
from perfcompare.levers._orm.stock import Proof, Stock, StockClass, Together, methods_of, path
from perfcompare.levers._settings import setting

if TYPE_CHECKING:
    from psycopg import Connection

_OPENING: Final = (
    *("connect", "get_new_connection", "get_connection_params", "init_connection_state", "timezone", "pool"),
    *("set_autocommit", "_set_autocommit", "_configure_connection", "_configure_timezone", "_configure_role"),
)
"""What makes a connection; one that is open has been made by them, whosever they are."""
_ASKING: Final = (
    *("cursor", "_cursor", "create_cursor", "make_cursor", "_prepare_cursor", "ensure_connection"),
    *("close_if_health_check_failed", "validate_thread_sharing", "queries_logged"),
    *("validate_no_broken_transaction", "wrap_database_errors"),
)
_FETCHING: Final = ("fetchone", "fetchmany", "close")
_ON_ONE: Final = frozenset(_ASKING) - {"wrap_database_errors"}
"""What a connection must not have of its own."""
_OPENING_ON_ONE: Final = frozenset(_OPENING) - {"timezone"}
_ZONE: Final = "_stock_zone"
"""Where a connection keeps which driver's connection reads times in which zone."""
_TIMESTAMPTZ: Final = 1184
_CURSOR: Final = Stock(utils.CursorWrapper, *methods_of(utils.CursorWrapper))
_ERRORS: Final = Stock(DatabaseErrorWrapper, *methods_of(DatabaseErrorWrapper))
_COMPILING: Final = Stock(SQLCompiler, *methods_of(SQLCompiler))
_BASE: Final = SQLCompiler.__mro__[-2]
_COMPILING_BASE: Final = Stock(_BASE, *methods_of(_BASE))
"""What a compiler finds by `super()`."""
_QUERY: Final = Stock(Query, *methods_of(Query))
_SPELLING_BASE: Final = Stock(BaseDatabaseOperations, *methods_of(BaseDatabaseOperations))
"""What the SQL of a backend is spelled with, as its operations find it by `super()`."""
_WORDS_OF_ONE: Final = frozenset(methods_of(BaseDatabaseOperations))
_INSERTING: Final = Stock(SQLInsertCompiler, *methods_of(SQLInsertCompiler))
_INSERT_QUERY: Final = Stock(InsertQuery, *methods_of(InsertQuery))
_READS, _WRITES = (
    one if is_own_function(one) else None for one in (ConnectionRouter.db_for_read, ConnectionRouter.db_for_write)
)


@cache
def _wrapping() -> tuple[Stock, Stock] | None:
    """What asks and what opens, of PostgreSQL with psycopg 3; None where Django cannot use these."""
    if _driver() is None:
        return None
    from django.db.backends.postgresql.base import DatabaseWrapper

    return Stock(DatabaseWrapper, *_ASKING), Stock(DatabaseWrapper, *_OPENING)


@cache
def _driver() -> tuple[Any, frozenset[Any], Stock, Stock] | None:
    """psycopg, the cursor classes that Django gives to it, and what must be its own in its connections and cursors."""
    try:
        import psycopg
        from django.db.backends.postgresql.base import Cursor, ServerBindingCursor
    except ImportError:  # another database, or psycopg 2
        return None
    except Exception:  # ImproperlyConfigured, which Django makes of an error in psycopg
        return None
    connecting = Stock(psycopg.Connection, "cursor", "wait")
    asking = Stock(psycopg.Cursor, "__init__", "execute", "fetchall")
    return psycopg, frozenset({Cursor, ServerBindingCursor}), connecting, asking


@cache
def _connecting() -> Stock:
    import psycopg

    return Stock(psycopg.Connection, "connect.__func__", "execute")


def objection(alias: str) -> str | None:
    """Why the connections of `alias` are not used in a shorter way: the end of a sentence; None for no reason."""
    return _objection(connections[alias])


def has_own(connection: BaseDatabaseWrapper) -> bool:
    """Whether `connection` has a method of its own, as the debug toolbar gives it one."""
    return not connection.__dict__.keys().isdisjoint(_ON_ONE)


def is_stock(connection: BaseDatabaseWrapper) -> bool:
    """Whether a statement on `connection`, which is open, would pass nothing but Django's own code."""
    kind: Any = type(connection)
    asked = _asked(kind)
    return asked is not None and asked.hold() and not has_own(connection)


@cache
def _asked(cls: type[Any]) -> Together | None:
    """What a statement passes on a connection of the class `cls`."""
    wrapping, driver = _wrapping(), _driver()
    if wrapping is None or driver is None:
        return None
    return Together(
        wrapping[0].of(cls),
        HANDLES,
        _CURSOR.of(utils.CursorWrapper),
        driver[2].of(driver[0].Connection),
        *_of_each_cursor(driver[3]),
    )


def _of_each_cursor(stock: Stock) -> list[StockClass]:
    """`stock` of the driver's class of cursors, and of those that Django makes of it."""
    driver = _driver()
    return [] if driver is None else [stock.of(cls) for cls in (driver[0].Cursor, *driver[1])]


def opens(connection: BaseDatabaseWrapper) -> bool:
    """Whether nothing but Django's own code would open `connection`."""
    kind: Any = type(connection)
    opened = _opened(kind)
    return (
        opened is not None
        and opened[1].hold()
        and connection.__dict__.keys().isdisjoint(_OPENING_ON_ONE)
        and opened[0].connect == opened[0].Connection.connect
    )


@cache
def _opened(cls: type[Any]) -> tuple[Any, Together] | None:
    """psycopg, and what opens a connection of the class `cls`."""
    wrapping, driver = _wrapping(), _driver()
    if wrapping is None or driver is None:
        return None
    return driver[0], Together(wrapping[1].of(cls), _connecting().of(driver[0].Connection))


def is_stock_raw(connection: BaseDatabaseWrapper) -> bool:
    """Whether the driver's open connection is its own, with cursors of Django's and the time zone of the settings."""
    driver, raw = _driver(), connection.connection
    return (
        driver is not None
        and type(raw) is driver[0].Connection
        and raw.cursor_factory in driver[1]
        and "cursor" not in raw.__dict__
        and "execute" not in raw.__dict__
        and _zone(connection, raw) == connection.timezone
    )


def is_open(connection: BaseDatabaseWrapper) -> bool:
    """Whether nobody logs, wraps or traces statements on `connection`, which is open and needs no look first."""
    return (
        connection.connection is not None
        and not connection.closed_in_transaction
        and not connection.execute_wrappers
        and not connection.force_debug_cursor
        and not setting("DEBUG")
        and not connection.needs_rollback
        and (connection.health_check_done or not connection.health_check_enabled)  # type: ignore[attr-defined]
        and is_stock(connection)
        and is_stock_raw(connection)
    )


def compiles(connection: BaseDatabaseWrapper, *more: Proof) -> bool:
    """Whether Django's own compiler makes and runs what is read on `connection`, and `more`, always the same, holds."""
    operations = connection.ops
    compiler: Any = operations.compiler("SQLCompiler")
    kind: Any = type(operations)
    return _compiling(compiler, kind, *more).hold() and _WORDS_OF_ONE.isdisjoint(operations.__dict__)


@cache
def _compiling(compiler: type[Any], operations: type[Any], *more: Proof) -> Together:
    proofs: list[Proof] = [
        *(_COMPILING.of(compiler), _COMPILING_BASE.of(_BASE), _QUERY.of(Query), _ERRORS.of(DatabaseErrorWrapper)),
        *(NODES, _spelling(operations).of(operations), _SPELLING_BASE.of(BaseDatabaseOperations)),
    ]
    if _driver() is not None:
        proofs += _of_each_cursor(_fetching())
    return Together(*proofs, *more)


@cache
def _fetching() -> Stock:
    """How rows are fetched, which is in another way where a plan is asked by Django's cursor."""
    import psycopg

    return Stock(psycopg.Cursor, *_FETCHING)


def inserts(connection: BaseDatabaseWrapper) -> bool:
    """Whether Django's own compiler makes and runs an INSERT on `connection`."""
    operations = connection.ops
    compiler: Any = operations.compiler("SQLInsertCompiler")
    kind: Any = type(operations)
    return _inserting(compiler, kind).hold() and _WORDS_OF_ONE.isdisjoint(operations.__dict__)


@cache
def _inserting(compiler: type[Any], operations: type[Any]) -> Together:
    return Together(
        _INSERTING.of(compiler),
        _INSERT_QUERY.of(InsertQuery),
        _spelling(operations).of(operations),
        _SPELLING_BASE.of(BaseDatabaseOperations),
    )


def _spelling(operations: type[Any]) -> Stock:
    """What the SQL of a database is spelled with, of the operations of Django's that `operations` are made of."""
    home = next(one for one in operations.__mro__ if is_own_class(one))
    return Stock(home, *methods_of(home))


def has_routers() -> bool:
    """Whether a project decides about databases: then Django asks, as often and with what hints it always does."""
    kind = type(router)
    return bool(
        router.routers
        or kind is not ConnectionRouter
        or kind.db_for_read is not _READS
        or kind.db_for_write is not _WRITES
    )


def objections() -> Iterator[str]:
    """Why, at this moment, the way is not stock: sentences, each of which begins with what it is about."""
    if has_routers():
        routing = ", ".join(path(type(one)) for one in router.routers) or path(type(router))
        yield f"off everywhere: the database is chosen by {routing}."
    if said := _QUERY.objection(Query) or _COMPILING_BASE.objection(_BASE) or NODES.objection():
        yield f"off everywhere: {said}."
    for alias in connections:
        said = objection(alias) or _compiler_objection(connections[alias], _COMPILING, "SQLCompiler")
        if said:
            yield f"off for {alias!r}: {said}."


def inserting_objections() -> Iterator[str]:
    """The same for what is written."""
    if said := _INSERT_QUERY.objection(InsertQuery):
        yield f"off everywhere: {said}."
    for alias in connections:
        said = objection(alias) or _compiler_objection(connections[alias], _INSERTING, "SQLInsertCompiler")
        if said:
            yield f"off for {alias!r}: {said}."


def _compiler_objection(connection: BaseDatabaseWrapper, stock: Stock, name: str) -> str | None:
    operations = connection.ops
    if own := sorted(_WORDS_OF_ONE & operations.__dict__.keys()):
        return f"`connection.ops` has a `{own[0]}` of its own"
    kind: Any = type(operations)
    spelled = _spelling(kind).objection(kind) or _SPELLING_BASE.objection(BaseDatabaseOperations)
    return stock.objection(operations.compiler(name)) or spelled


def _objection(connection: BaseDatabaseWrapper) -> str | None:
    wrapping, driver = _wrapping(), _driver()
    if connection.vendor != "postgresql" or wrapping is None or driver is None:
        return f"{path(type(connection))} is not PostgreSQL with psycopg 3"
    if own := sorted((_ON_ONE | _OPENING_ON_ONE) & connection.__dict__.keys()):
        return f"the connection has a `{own[0]}` of its own"
    if driver[0].connect != driver[0].Connection.connect:
        return "psycopg.connect has been replaced"
    kind: Any = type(connection)
    proofs: tuple[Proof, ...] = (
        *(wrapping[0].of(kind), wrapping[1].of(kind)),
        _connecting().of(driver[0].Connection),
        _CURSOR.of(utils.CursorWrapper),
        HANDLES,
        _ERRORS.of(DatabaseErrorWrapper),
        *_of_each_cursor(_fetching()),
        driver[2].of(driver[0].Connection),
        *_of_each_cursor(driver[3]),
    )
    said = next((said for proof in proofs if (said := proof.objection())), None)
    if said is None and connection.connection is not None and not is_stock_raw(connection):
        raw = connection.connection
        said = f"its driver's connection is a {path(type(raw))} that is not as Django opens it"
    return said


def _zone(connection: BaseDatabaseWrapper, raw: Connection[Any]) -> Any:
    """The zone that times are read in on the driver's connection, which is given once, when that is opened."""
    kept = connection.__dict__.get(_ZONE)
    if kept is None or kept[0] is not raw:
        from psycopg import pq

        loader = raw.adapters.get_loader(_TIMESTAMPTZ, pq.Format.TEXT)
        kept = connection.__dict__[_ZONE] = (raw, getattr(loader, "timezone", None))
    return kept[1]
