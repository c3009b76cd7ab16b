"""The client's end of one stream: what arrives, and when.

While streams run, it only appends and looks at the clock, so that thousands of them leave it time. What the bytes mean
is read afterwards.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, cast

from perfcompare.work import streaming

_END: Final = b"\r\n"
_HEAD_END: Final = b"\r\n\r\n"


class Receiver(asyncio.Protocol):
    """One connection, on which one stream is asked for."""

    def __init__(self) -> None:
        self.sent_s: float | None = None
        """When the request was sent; all moments are of CLOCK_MONOTONIC."""
        self.ended = False
        """Whether the server has closed the connection."""
        self.over = asyncio.get_running_loop().create_future()
        self._raw = bytearray()
        self._moments: list[float] = []
        self._lengths: list[int] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what sends."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep what came, and when."""
        self._moments.append(time.monotonic())
        self._raw += data
        self._lengths.append(len(self._raw))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        if not self.over.done():
            self.ended = True
            self.over.set_result(None)

    def send(self, wire: bytes) -> None:
        """Ask for the stream."""
        if self._transport is not None:
            self.sent_s = time.monotonic()
            self._transport.write(wire)

    def leave(self) -> None:
        """Close the connection at once, as a client that goes away."""
        if not self.over.done():
            self.over.set_result(None)
        if self._transport is not None:
            self._transport.abort()

    def record(self, parts: int) -> Record:
        """What the stream was, if it should have had so many parts."""
        head, separator, _rest = bytes(self._raw).partition(_HEAD_END)
        body = _Body(bytes(self._raw), len(head) + len(separator), chunked=b"chunked" in head.lower())
        wanted = [streaming.part(number, parts) for number in range(1, parts + 1)]
        moments: list[float] = []
        at = 0
        for part in wanted:
            if not body.content.startswith(part, at):
                break
            at += len(part)
            moments.append(self._moments[bisect_left(self._lengths, body.arrived(at))])
        whole = len(moments) == parts and at == len(body.content)
        return Record(
            sent_s=self.sent_s,
            moments=moments,
            ended=self.ended,
            trouble=_trouble(head, body, whole=whole) if self.ended else "",
        )


@dataclass(frozen=True, kw_only=True)
class Record:
    """A stream as the client saw it."""

    sent_s: float | None
    moments: list[float]
    """When each of its parts had arrived, up to the first that was wrong or missing."""
    ended: bool
    """Whether the server ended it."""
    trouble: str
    """What was wrong with one that it ended; empty for a right one."""


class _Body:
    """The content of an answer without its chunks, and which byte of the connection brought each byte of it.

    https://www.rfc-editor.org/rfc/rfc9112#section-7.1
    """

    def __init__(self, raw: bytes, start: int, *, chunked: bool) -> None:
        self.complete = not chunked
        self._ends = [0]
        """Where in the content each chunk ends."""
        self._places = [start]
        """Where in the connection it begins."""
        content = [] if chunked else [raw[start:]]
        while chunked:
            line = raw.find(_END, start)
            size = _size(raw[start:line]) if line >= 0 else None
            if not size:
                self.complete = size == 0 and raw.startswith(_END, line + len(_END))
                break
            start = line + len(_END)
            content.append(raw[start : start + size])
            self._places.append(start)
            self._ends.append(self._ends[-1] + len(content[-1]))
            start += size + len(_END)
        self.content = b"".join(content)

    def arrived(self, length: int) -> int:
        """How many bytes the connection had brought when there were so many of the content."""
        chunk = min(bisect_left(self._ends, length), len(self._ends) - 1)
        before = self._ends[chunk - 1] if chunk else 0
        return self._places[chunk] + length - before


def _size(line: bytes) -> int | None:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError:
        return None


def _trouble(head: bytes, body: _Body, *, whole: bool) -> str:
    status, *headers = head.decode("latin-1").split("\r\n")
    if status.split(" ")[1:2] != ["200"]:
        return f"the answer was {status.partition(' ')[2] or 'none'}"
    kinds = [line.partition(":")[2].strip() for line in headers if line.lower().startswith("content-type:")]
    if [kind.partition(";")[0].strip().lower() for kind in kinds] != [streaming.CONTENT_TYPE]:
        return f"the content type was {', '.join(kinds) or 'missing'}"
    if not body.complete:
        return "the connection ended before the stream"
    return "" if whole else f"the parts were not those that were asked for: {body.content[-80:]!r}"
