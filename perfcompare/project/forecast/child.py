"""The child process: a process of the project that sends itself requests. JSON comes in and goes out."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import connections

from perfcompare.core.http import Reply
from perfcompare.project.answers import HEADERS
from perfcompare.project.forecast import addresses, observed, replay, wsgi
from perfcompare.project.forecast.recording import Statement
from perfcompare.project.served.applications import load


def main() -> None:
    """What the project prints goes to the errors."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    wanted = json.load(sys.stdin)
    application = load()
    observed.install()
    _send_all(application, wanted)  # caches are warm from now on, as in a server after its first requests
    found, absent = _send_all(application, wanted)
    statements = {name: seen.statements for name, (_, seen) in found.items()}
    urls = _urls({one.database for sent in statements.values() for one in sent})
    tried = asyncio.run(replay.tried(statements, urls))
    requests = {
        one["name"]: _recorded(one, *found[one["name"]], tried[one["name"]]) for one in wanted if one["name"] in found
    }
    json.dump({"requests": requests, "absent": absent, "databases": urls}, answers)
    answers.close()


def _send_all(
    application: Any, wanted: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, tuple[Reply, observed.Observed]], dict[str, str]]:
    """The answers, and the errors."""
    found, absent = {}, {}
    for one in wanted:
        with observed.observing() as seen:
            try:
                reply = wsgi.send(application, one["method"], one["path"], one["headers"], one["body"].encode())
                found[one["name"]] = (reply, seen)
            except Exception as error:  # a streamed answer may raise anything
                absent[one["name"]] = f"the project raised {error!r}"
    return found, absent


def _urls(aliases: set[str]) -> dict[str, str]:
    found = {}
    for alias in sorted(aliases):
        connection = connections[alias]
        if connection.vendor == "postgresql":
            connection.ensure_connection()
            found[alias] = addresses.url(connection)
    connections.close_all()
    return found


def _recorded(
    request: Mapping[str, Any], reply: Reply, seen: observed.Observed, statements: Sequence[Statement]
) -> Mapping[str, Any]:
    headers = {name: value for name, value in reply.headers.items() if name in HEADERS}
    return {
        "name": request["name"],
        "method": request["method"],
        "path": request["path"],
        "reply": {"status": reply.status, "headers": headers, "body": b64encode(reply.body).decode()},
        "statements": [asdict(one) for one in statements],
        "cache": dict(seen.cache),
    }


if __name__ == "__main__":
    main()
