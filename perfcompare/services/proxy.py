"""A proxy in front of PostgreSQL or Redis. It counts rows, counts and times SQL statements, and can go down or hang."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from perfcompare.services import folders, locations
from perfcompare.services.pgrows import RowReader
from perfcompare.services.pgwire import StatementReader
from perfcompare.services.urls import Address, address, with_address

Mode = Literal["pass", "down", "hang"]
_Reader = asyncio.StreamReader
_Writer = asyncio.StreamWriter
_CHUNK = 65536


@dataclass(kw_only=True)
class Sent:
    """One SQL statement that passed through. Its end is added when the answer comes."""

    sql: str
    began_s: float
    """On the monotonic clock, as the next one."""
    ended_s: float | None = None
    """When the server reported the end; None until then."""


def _short_folder() -> Path:
    """For sockets, whose paths must be short. Where /tmp is read-only, in a container, it is beside the other
    sockets."""
    if os.access(locations.SHORT_FOLDER, os.W_OK):
        return locations.SHORT_FOLDER
    folders.private(locations.services_folder())
    return folders.private(locations.sockets_folder())


class Proxy:
    """Context manager that forwards to the server of `target` from its own thread.

    `url` is `target` with the proxy's address: a unix socket, or with `tcp` a TCP port of 127.0.0.1.
    """

    def __init__(self, target: str, *, tcp: bool = False) -> None:
        self._target = target
        self._tcp = tcp
        self._sent: list[Sent] = []
        self._rows = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._forwarding = asyncio.Event()
        self._connections: dict[asyncio.Task[None], _Writer] = {}
        self._server: asyncio.Server | None = None
        self._address = Address()

    @property
    def url(self) -> str:
        """The URL for clients."""
        return with_address(self._target, self._address)

    @property
    def statements(self) -> list[str]:
        """The SQL texts executed since the last `clear`, in the order in which they were sent."""
        return [one.sql for one in self._sent]

    @property
    def sent(self) -> list[Sent]:
        """The same statements with their times."""
        return list(self._sent)

    @property
    def rows(self) -> int:
        """The number of rows that PostgreSQL sent since the last `clear`."""
        return self._rows

    def clear(self) -> None:
        """Forget the statements and rows so far."""
        self._sent.clear()
        self._rows = 0

    def switch(self, mode: Mode) -> None:
        """Change the behaviour at once. `pass` forwards. `down` drops all connections and refuses new ones.

        `hang` accepts data and never answers. The held data is delivered at the next `pass`.
        """
        self._run(self._switch(mode))

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="proxy-", dir=_short_folder()))
        if not self._tcp:
            port = address(self._target).port if urlsplit(self._target).scheme != "unix" else 0
            self._address = Address(path=self._folder / f".s.PGSQL.{port or 5432}")
        self._thread.start()
        self.switch("pass")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.switch("down")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self._folder)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _switch(self, mode: Mode) -> None:
        if mode == "pass":
            self._forwarding.set()
        else:
            self._forwarding.clear()
        if mode == "down":
            await self._drop()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        if self._address.path is not None:
            self._server = await asyncio.start_unix_server(self._connected, self._address.path)
            return
        self._server = await asyncio.start_server(self._connected, self._address.host, self._address.port)
        self._address = Address(port=self._server.sockets[0].getsockname()[1])

    async def _drop(self) -> None:
        # what was accepted a moment ago becomes a connection only now, and a server that is closed meanwhile
        # forgets it (asyncio leaves its socket open), so this asks until nothing is left
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for connection, writer in self._connections.items():
                connection.cancel()
                writer.transport.abort()  # a task that is cancelled before its first step closes nothing
            await asyncio.wait(others)
        if self._server is not None:
            self._server.close()
            self._server = None

    def _connected(self, reader: _Reader, writer: _Writer) -> None:
        task = self._loop.create_task(self._connection(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)

    async def _connection(self, reader: _Reader, writer: _Writer) -> None:
        try:
            await self._forwarding.wait()
            await self._forward(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()  # down
        except (OSError, ValueError):
            pass  # the server is down or the protocol unknown: the client sees its connection end
        finally:
            writer.close()

    async def _forward(self, reader: _Reader, writer: _Writer) -> None:
        from_server, to_server = await _open(address(self._target))
        waiting: deque[Sent] = deque()
        pumps = [
            asyncio.create_task(self._pump(reader, to_server, self._statement_reader(waiting))),
            asyncio.create_task(self._pump(from_server, writer, self._row_reader(waiting))),
        ]
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            for pump in pumps:
                pump.cancel()
            to_server.close()
            await asyncio.gather(*pumps, return_exceptions=True)

    def _statement_reader(self, waiting: deque[Sent]) -> Callable[[bytes], None] | None:
        def record(sql: str) -> None:
            waiting.append(Sent(sql=sql, began_s=time.monotonic()))
            self._sent.append(waiting[-1])

        return StatementReader(record).feed if self._postgresql() else None

    def _row_reader(self, waiting: deque[Sent]) -> Callable[[bytes], None] | None:
        def ended() -> None:
            # PostgreSQL answers in order, and a text of several statements ends several times
            if waiting:
                waiting.popleft().ended_s = time.monotonic()

        return RowReader(self._row, ended).feed if self._postgresql() else None

    def _row(self) -> None:
        self._rows += 1

    def _postgresql(self) -> bool:
        return urlsplit(self._target).scheme in {"postgresql", "postgres"}

    async def _pump(self, reader: _Reader, writer: _Writer, inspect: Callable[[bytes], None] | None) -> None:
        while data := await reader.read(_CHUNK):
            await self._forwarding.wait()
            if inspect is not None:
                inspect(data)
            writer.write(data)
            with contextlib.suppress(ConnectionError):
                await writer.drain()


async def _open(place: Address) -> tuple[_Reader, _Writer]:
    if place.path is not None:
        return await asyncio.open_unix_connection(place.path)
    return await asyncio.open_connection(place.host, place.port)
