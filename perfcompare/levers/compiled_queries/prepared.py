"""The rows of a statement that psycopg has prepared already, without the cursor around it.

A psycopg cursor converts the query, looks whether it is prepared and keeps a state of its own for each execution
(https://github.com/psycopg/psycopg/blob/master/psycopg/psycopg/_cursor_base.py). For a statement that the connection
has prepared, only its values, the protocol's one message and the loading of the rows are left. Which statements are
prepared, and when they no longer are, stays the business of psycopg: its own list is asked each time.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from perfcompare.levers._orm.placeholders import PlaceholderError, numbered

if TYPE_CHECKING:
    from psycopg import abc
    from psycopg.pq.abc import PGconn, PGresult

try:
    from psycopg import Connection, errors, pq
    from psycopg._preparing import PrepareManager
    from psycopg.adapt import PyFormat, Transformer
    from psycopg.generators import execute
    from psycopg.rows import tuple_row
except ImportError:  # another database, psycopg 2, or a psycopg that is built otherwise
    PrepareManager = None  # type: ignore[assignment,misc]


def _is_known() -> bool:
    """Whether this psycopg keeps its list of prepared statements where the versions 3.2 and 3.3 do."""
    if PrepareManager is None:
        return False
    state = vars(PrepareManager())
    return type(state.get("_names")) is OrderedDict and type(state.get("_to_flush")) is deque


_KNOWN: Final = _is_known()


def rows(raw: Connection[Any], sql: str, parameters: tuple[Any, ...]) -> list[Any] | None:
    """The rows on the psycopg connection `raw`; None, with nothing asked, when a cursor must ask.

    Raises psycopg's errors.
    """
    if not _KNOWN or not _is_plain(raw):
        return None
    query, formats = _converted(sql)
    transformer = Transformer(raw)
    values = transformer.dump_sequence(parameters, formats)
    names, key = raw._prepared._names, (query, transformer.types or ())
    name = names.get(key)
    if name is None:
        return None
    with raw.lock:
        names.move_to_end(key)
        results = raw.wait(_answered(raw.pgconn, name, values, transformer.formats))
    return _loaded(results, raw, transformer)


def _is_plain(raw: Connection[Any]) -> bool:
    """Whether psycopg would send nothing but the statement: no BEGIN, no pipeline, nothing to deallocate."""
    prepared = raw._prepared
    return (
        type(prepared) is PrepareManager
        and prepared.prepare_threshold is not None
        and not prepared._to_flush
        and raw._pipeline is None
        and raw.row_factory is tuple_row
        and (raw.autocommit or raw.pgconn.transaction_status != pq.TransactionStatus.IDLE)
    )


@lru_cache(maxsize=4096)
def _converted(sql: str) -> tuple[bytes, list[Any]]:
    """The query as psycopg names it in its list, which finds no other spelling, and a format for each parameter."""
    try:
        return numbered(sql).encode(), [PyFormat.AUTO] * (sql.replace("%%", "").count("%s"))
    except PlaceholderError:
        return b"", []


def _answered(
    pgconn: PGconn, name: bytes, values: Sequence[abc.Buffer | None], formats: list[pq.Format] | None
) -> abc.PQGen[list[PGresult]]:
    pgconn.send_query_prepared(name, values, param_formats=formats, result_format=pq.Format.TEXT)
    results: list[PGresult] = yield from execute(pgconn)
    return results


def _loaded(results: list[PGresult], raw: Connection[Any], transformer: abc.Transformer) -> list[Any]:
    """The rows of the one result; raises the error that it says."""
    result = results[0]
    if result.status != pq.ExecStatus.TUPLES_OK:
        raise errors.error_from_result(result, encoding=raw.info.encoding)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)
