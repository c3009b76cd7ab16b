"""The bare limit: every scenario by hand on a server without a framework, the least that its answer can cost.

It does for an answer what the answer needs: the contract's SQL statements, one Redis command, a request of the upstream
service. It validates no input (UNCHECKED in perfcompare/targets/demonstration/differences.py). Under WSGI it has the
constant answer alone, which is the ceiling of server, interpreter and load generator.
"""

from __future__ import annotations

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.stack import Stack

STACK = Stack(
    label="no framework",
    summary="bare ASGI written by hand, the least an answer can cost; bare WSGI for the constant one",
    packages=("asyncpg", "hiredis", "orjson", "aiohttp"),
    scenarios=ENDPOINTS,
    fewer={"wsgi": frozenset({"simple"})},
    targets={"asgi": "perfcompare.stacks.floor.asgi:application", "wsgi": "perfcompare.stacks.floor.wsgi:application"},
    server="uvicorn",
)
