"""The server of a soak, with a proxy in front of each of its services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from perfcompare.core.target import Target
from perfcompare.runner import orphans
from perfcompare.runner.processes import ServerProcess
from perfcompare.services.proxies import Proxies, proxied


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a fault may strike."""

    target: Target
    server: ServerProcess
    services: Proxies

    def sql(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """The rows of a statement that goes past the proxy."""
        with psycopg.connect(self.target.environ["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def database_connections(self) -> int:
        """How many are open to the server's database, but for this one."""
        ((number,),) = self.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(str(number))


@contextmanager
def served(target: Target, stack: str, server: str, folder: Path) -> Iterator[Ground]:
    """The started server of a stack. Raises as Target.program and ServerProcess do."""
    with proxied(target.environ) as services:
        program = target.program(stack, server, told={**orphans.marked(), **services.environ})
        with ServerProcess(program, log=folder / f"{stack}-{server}.log", cpus=None) as process:
            yield Ground(target=target, server=process, services=services)
