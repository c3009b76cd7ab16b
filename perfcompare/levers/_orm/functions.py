"""Which functions leave nothing in a session: the server knows whose each is, and what it may do.

It is asked on a connection of its own, once for each database in a process, so that nobody's transaction, log or trace
has a statement more. A name counts when all that bear it are PostgreSQL's own or an extension's, and none is `VOLATILE`
(https://www.postgresql.org/docs/current/xfunc-volatility.html); so does a word of SQL that no function bears.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from psycopg import BaseConnection
    from psycopg.pq.abc import PGconn

_HARMLESS: Final = (
    b"random clock_timestamp timeofday gen_random_uuid uuidv4 uuidv7 nextval setval pg_sleep pg_notify"
    b" pg_advisory_xact_lock pg_try_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_xact_lock_shared"
)
"""Of PostgreSQL's volatile functions: they leave nothing that another session, or the next transaction, would miss."""
_ASKED: Final = b"""
    WITH quiet AS (
        SELECT proname::text AS name, bool_and(
            CASE WHEN pronamespace = 'pg_catalog'::regnamespace
                THEN provolatile <> 'v' OR proname = ANY($1)
                ELSE provolatile <> 'v' AND EXISTS (
                    SELECT FROM pg_catalog.pg_depend
                    WHERE classid = 'pg_catalog.pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
                )
            END
        ) AS is_so
        FROM pg_catalog.pg_proc GROUP BY proname
    )
    SELECT name FROM quiet WHERE is_so
    UNION SELECT word FROM pg_catalog.pg_get_keywords() WHERE word NOT IN (SELECT name FROM quiet)
"""

_Database = tuple[bytes, bytes, bytes]
_of: Final[WeakKeyDictionary[BaseConnection[Any], frozenset[str]]] = WeakKeyDictionary()
_read: Final[dict[_Database, frozenset[str]]] = {}
_NONE: Final[frozenset[str]] = frozenset()


def quiet_at(raw: BaseConnection[Any]) -> frozenset[str]:
    """The names that are known to leave nothing in a session of `raw`, a connection of psycopg; empty before `read`."""
    return _of.get(raw, _NONE)


def read(raw: BaseConnection[Any]) -> frozenset[str]:
    """As `quiet_at`, and asks the server of `raw` unless it has been; empty, from then on, when it does not answer."""
    database = raw.pgconn.host, raw.pgconn.port, raw.pgconn.db
    if database not in _read:
        _read[database] = _ask(raw.pgconn)
    names = _of[raw] = _read[database]
    return names


def forget() -> None:
    """Ask again: functions have changed."""
    _of.clear()
    _read.clear()


def _connect(conninfo: bytes) -> PGconn:
    """Past psycopg's connections, which libraries trace and count."""
    from psycopg.pq import PGconn

    return PGconn.connect(conninfo)


def _ask(like: PGconn) -> frozenset[str]:
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import ConnStatus, ExecStatus

    parameters = {one.keyword.decode(): one.val.decode() for one in like.info if one.val is not None}
    new = _connect(make_conninfo(**parameters).encode())
    try:
        if new.status != ConnStatus.OK:
            return _NONE
        result = new.exec_params(_ASKED, [b"{%b}" % _HARMLESS.replace(b" ", b",")])
        if result.status != ExecStatus.TUPLES_OK:
            return _NONE
        return frozenset((result.get_value(row, 0) or b"").decode() for row in range(result.ntuples))
    finally:
        new.finish()
