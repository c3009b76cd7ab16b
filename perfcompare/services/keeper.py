"""The process that runs the embedded services for as long as a process holds a lease on them.

A lease is an open connection to the keeper's unix socket. The kernel closes it when its holder dies, however it dies. A
client sends a line with a service's name. The keeper starts that service and answers with one line of JSON: {"url",
"pid"} or {"error"}.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import traceback

from perfcompare.core.errors import PerfcompareError
from perfcompare.services import locations
from perfcompare.services.postgresql import PostgreSQL
from perfcompare.services.redis_server import RedisServer
from perfcompare.services.service import Service, stop_all
from perfcompare.services.upstream import Upstream

FIRST_LEASE_S = 10.0
"""A keeper ends after this time when its starter died before it connected."""


class Keeper:
    """Counts leases, starts services on demand and stops them when the last lease is gone."""

    def __init__(self) -> None:
        self._services = {service.name: service for service in (PostgreSQL(), RedisServer(), Upstream())}
        self._leases = 0
        self._over = asyncio.Event()

    async def serve(self, listener: socket.socket) -> None:
        """Serve until the last lease is gone, or TERM or INT arrives. Then stop every service."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._over.set)
        loop.call_later(FIRST_LEASE_S, self._end_without_leases)
        server = await asyncio.start_unix_server(self._lease, sock=listener)
        await self._over.wait()
        # from here on a client finds no socket and waits for the lock, which ends with this process
        locations.keeper_socket().unlink(missing_ok=True)
        server.close()
        stop_all(list(self._services.values()))
        os._exit(0)  # closes the last lease and ends the process in one step, so a waiting client finds nothing running

    def _end_without_leases(self) -> None:
        if self._leases == 0:
            self._over.set()

    async def _lease(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._leases += 1
        try:
            while line := await reader.readline():
                writer.write(await self._answer(line.decode().strip()) + b"\n")
        except OSError:
            pass  # the client was killed before it got its answer
        finally:
            self._leases -= 1
            self._end_without_leases()
            # the last one stays open until this process ends, because its holder may wait for all services to stop
            if self._leases:
                writer.close()

    async def _answer(self, name: str) -> bytes:
        try:
            answer = await _started(self._services[name])
        except PerfcompareError as error:
            answer = {"error": str(error)}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"The embedded {name} cannot be started: {error!r}. See {locations.keeper_log()}"}
        return json.dumps(answer).encode()


async def _started(service: Service) -> dict[str, str | int]:
    pid = await service.start()
    return {"url": service.url(), "pid": pid}


def _listen() -> socket.socket:
    path = locations.keeper_socket()
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(128)
    return listener


def main() -> None:
    """Take over the locked file descriptor named on the command line, listen, and continue in the background."""
    lock = int(sys.argv[1])
    os.set_inheritable(lock, False)
    os.umask(0o077)
    listener = _listen()
    if os.fork():
        os._exit(0)  # tells the starter that the socket is there
    os.setsid()
    asyncio.run(Keeper().serve(listener))


if __name__ == "__main__":
    main()
