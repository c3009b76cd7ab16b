"""Turns signals that end a run into one exception in the main thread. No signal disturbs the clean-up after it, nor
what must be done as a whole."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from perfcompare.core.errors import Interrupted

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted at the first INT, TERM or HUP; later ones are ignored until the handlers are restored.

    A signal that was ignored before stays ignored (`nohup`, background jobs). Call it in the main thread.
    """
    before = {signum: signal.getsignal(signum) for signum in ENDING}
    taken = [signum for signum in ENDING if before[signum] is not signal.SIG_IGN]

    def interrupt(signum: int, _frame: FrameType | None) -> None:
        for other in taken:
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(signum)

    try:
        for signum in taken:
            signal.signal(signum, interrupt)
        yield
    finally:
        for signum in taken:
            signal.signal(signum, before[signum])


@contextmanager
def deferred() -> Iterator[None]:
    """Let a signal that comes in the block take effect at its end.

    An exception in the middle of a statement would lose its row, and leave a connection that nobody can use. Call it in
    the main thread.
    """
    come: list[int] = []
    before = {signum: signal.getsignal(signum) for signum in ENDING}
    held = [signum for signum in ENDING if before[signum] is not signal.SIG_IGN]
    try:
        for signum in held:
            signal.signal(signum, lambda signum, _frame: come.append(signum))
        yield
    finally:
        for signum in held:
            signal.signal(signum, before[signum])
    for come_first in come[:1]:
        signal.raise_signal(come_first)
