"""What a process of the project says about itself, with its changes: `python -m perfcompare.project.served.facts FILE`.

It does what a server does before the first request, and connects to each database. It writes JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from perfcompare.core.setting import Change
from perfcompare.project.changes import settings as documented
from perfcompare.project.served.applications import load


def main(file: Path) -> None:
    """Write the facts into `file`."""
    load()
    from django.db import connections

    from perfcompare.levers import status
    from perfcompare.project.served import overlay

    facts = {
        "databases": {name: _database(connections[name]) for name in connections},
        "levers": {name: {"state": one.state.value, "reasons": [*_reasons(one)]} for name, one in status().items()},
        "changed": overlay.changed,
        "same": [name for name, change in documented.items() if _is_same(change)],
    }
    file.write_text(json.dumps(facts, default=str), encoding="utf-8")


def _database(connection: Any) -> Mapping[str, Any]:
    module = connection.Database
    driver = f"{module.__name__} {getattr(module, '__version__', '')}".split(" (")[0].strip()
    found = {"vendor": connection.vendor, "driver": driver, "name": str(connection.settings_dict["NAME"])}
    try:
        connection.ensure_connection()
    except Exception as error:  # a driver's, a pool's or Django's own: each says what is wrong
        return {**found, "error": f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"}
    with suppress(AttributeError):  # psycopg's and psycopg2's alike
        info = connection.connection.info
        found |= {"host": info.host, "port": info.port, "version": info.server_version}
    with suppress(Exception):  # with a pool, closing gives the connection back, and the pool's threads end
        connection.close()
        connection.close_pool()
    return found


def _reasons(one: Any) -> Iterator[str]:
    yield from one.reasons
    for part in one.parts:
        yield from part.reasons


def _is_same(change: Change) -> bool:
    from django.conf import settings

    before = {name: getattr(settings, name) for name in dir(settings) if name.isupper() and name != "SECRET_KEY"}
    after = dict(before)
    try:
        change.settings(after)
    except Exception:  # it does not fit these settings: starting with it says why
        return False
    return after == before


if __name__ == "__main__":
    main(Path(sys.argv[1]))
