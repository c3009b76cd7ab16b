"""The parts of a stream: server-sent events, one after another, as a language model answers.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Final

CONTENT_TYPE: Final = "text/event-stream"


def part(number: int, parts: int) -> bytes:
    """One event of about 30 bytes. Its number tells a client whether all came, and in order."""
    return b'data: {"part": %d, "of": %d}\n\n' % (number, parts)


def parts(parts: int, interval_ms: int) -> Iterator[bytes]:
    """The events, and sleep between them."""
    for number in range(1, parts + 1):
        if number > 1:
            time.sleep(interval_ms / 1000)
        yield part(number, parts)


async def aparts(parts: int, interval_ms: int) -> AsyncIterator[bytes]:
    """The same, without a thread."""
    for number in range(1, parts + 1):
        if number > 1:
            await asyncio.sleep(interval_ms / 1000)
        yield part(number, parts)
