"""The URL with which asyncpg reaches a database of Django."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlencode

_PASSED: Final = (
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslpassword", "options", "application_name",
    "target_session_attrs",
)  # fmt: skip
"""What libpq and asyncpg understand alike. Other options are about libpq's own work."""


def url(connection: Any) -> str:
    """The same server, database and user as those of this open connection, and its time zone."""
    info = connection.connection.info
    told = dict(info.get_parameters() if hasattr(info, "get_parameters") else info.dsn_parameters)
    more = {name: told[name] for name in _PASSED if name in told}
    more |= {"host": info.host, "port": str(info.port), "timezone": connection.timezone_name}
    login = quote(info.user, safe="") + (f":{quote(info.password, safe='')}" if info.password else "")
    return f"postgresql://{login}@/{quote(info.dbname, safe='')}?{urlencode(more, quote_via=quote)}"
