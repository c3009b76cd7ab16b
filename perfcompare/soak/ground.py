"""The server of a soak, with a proxy in front of each of its services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from perfcompare.core.target import Target
from perfcompare.runner import orphans, procfs
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.sampler import tree_pss_kib
from perfcompare.services.proxy import Proxy


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What the processes of the server hold."""

    pss_kib: int
    threads: int
    files: int
    database_connections: int


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a fault may strike."""

    target: Target
    server: ServerProcess
    database: Proxy
    cache: Proxy
    upstream: Proxy

    def sql(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """The rows of a statement that goes past the proxy."""
        with psycopg.connect(self.target.environ["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def holding(self) -> Holding:
        """What the server holds now."""
        members = procfs.tree(procfs.processes(), self.server.pid)
        pids = [member.pid for member in members]
        ((connections,),) = self.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return Holding(
            pss_kib=tree_pss_kib(pids),
            threads=sum(member.threads for member in members),
            files=sum(map(procfs.open_files, pids)),
            database_connections=int(str(connections)),
        )


@contextmanager
def served(target: Target, stack: str, server: str, folder: Path) -> Iterator[Ground]:
    """The started server of a stack. Raises as Target.program and ServerProcess do."""
    with ExitStack() as opened:
        database = opened.enter_context(Proxy(target.environ["DATABASE_URL"]))
        cache = opened.enter_context(Proxy(target.environ["REDIS_URL"]))
        # It forwards bytes that it does not inspect, to whatever a Redis URL names.
        upstream = opened.enter_context(Proxy(f"redis://{urlsplit(target.environ['UPSTREAM_URL']).netloc}", tcp=True))
        told = {
            "DATABASE_URL": database.url,
            "REDIS_URL": cache.url,
            "UPSTREAM_URL": f"http://{urlsplit(upstream.url).netloc}",
        }
        program = target.program(stack, server, told={**orphans.marked(), **told})
        process = opened.enter_context(ServerProcess(program, log=folder / f"{stack}-{server}.log", cpus=None))
        yield Ground(target=target, server=process, database=database, cache=cache, upstream=upstream)
