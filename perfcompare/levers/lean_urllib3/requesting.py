"""HTTPConnectionPool._make_request for plain requests on an open connection; everything else is urllib3's.

The order of time limits and errors is that of urllib3's own method.
"""

from __future__ import annotations

import errno
import logging
from typing import Any, Final

from urllib3 import HTTPConnectionPool, HTTPResponse, Timeout
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ReadTimeoutError

from perfcompare.levers.lean_urllib3 import heads
from perfcompare.levers.lean_urllib3.replaying import Finished, resumed

STOCK: Final[Any] = HTTPConnectionPool._make_request
_RECEIVED: Final = 65536
_IGNORED: Final = frozenset({errno.EPIPE, errno.EPROTOTYPE, errno.ECONNRESET})
_EXPECTED: Final = frozenset(
    {
        *("timeout", "retries", "body", "headers", "chunked"),
        *("response_conn", "preload_content", "decode_content"),
    }
)
"""What urlopen() gives when its caller asks for nothing else."""
_log: Final = logging.getLogger("urllib3.connectionpool")


def make_request(self: Any, conn: Any, method: str, url: str, **options: Any) -> Any:
    """As `HTTPConnectionPool._make_request`."""
    head = heads.written(conn, url, options["headers"]) if _is_plain(self, conn, method, options) else None
    if head is None:
        return STOCK(self, conn, method, url, **options)
    self.num_requests += 1
    timeout = self._get_timeout(options["timeout"])
    timeout.start_connect()
    conn.timeout = Timeout.resolve_default_timeout(timeout.connect_timeout)
    _send(conn, head)
    limit = timeout.read_timeout
    if limit == 0:
        raise ReadTimeoutError(self, url, f"Read timed out. (read timeout={limit})")
    conn.timeout = limit
    try:
        data = _receive(conn)
        answer = heads.read(data)
        response = _response(conn, url, options, answer) if answer else resumed(conn, data, method, url, options)
    except OSError as error:
        self._raise_timeout(err=error, url=url, timeout_value=limit)
        raise
    response.retries = options["retries"]
    response._connection = options["response_conn"]
    response._pool = self
    return response


def _is_plain(pool: Any, conn: Any, method: str, options: dict[str, Any]) -> bool:
    return (
        method == "GET"
        and type(pool) is HTTPConnectionPool
        and type(conn) is HTTPConnection
        and conn.sock is not None
        and conn.proxy is None
        and conn.debuglevel == 0
        and options.keys() == _EXPECTED
        and options["body"] is None
        and not options["chunked"]
        and options["preload_content"]
        and _is_idle(conn)
        and not _log.isEnabledFor(logging.DEBUG)
    )


def _is_idle(conn: Any) -> bool:
    last = conn._HTTPConnection__response
    return conn._HTTPConnection__state == "Idle" and (last is None or last.isclosed())


def _send(conn: Any, head: bytes) -> None:
    conn.sock.settimeout(conn.timeout)
    try:
        conn.sock.sendall(head)
    except OSError as error:  # an answer may have come before the connection was closed
        if error.errno not in _IGNORED:
            raise


def _receive(conn: Any) -> bytes:
    conn.sock.settimeout(conn.timeout)
    received: bytes = conn.sock.recv(_RECEIVED)
    return received


def _response(conn: Any, url: str, options: dict[str, Any], answer: heads.Answer) -> HTTPResponse:
    response = HTTPResponse(
        body=answer.body,
        headers=answer.headers,
        status=answer.status,
        version=11,
        version_string=conn._http_vsn_str,
        reason=answer.reason,
        decode_content=options["decode_content"],
        request_method="GET",
        request_url=url,
        sock_shutdown=getattr(conn.sock, "shutdown", None),
    )
    # As after the content has been read.
    response._fp = Finished()  # type: ignore[assignment]
    response._fp_bytes_read = len(answer.body)
    response.length_remaining = 0
    return response


def install() -> None:
    """Put it in place, once per process."""
    HTTPConnectionPool._make_request = make_request  # type: ignore[method-assign,assignment]


def uninstall() -> None:
    """Let urllib3 request by itself."""
    HTTPConnectionPool._make_request = STOCK  # type: ignore[method-assign]
