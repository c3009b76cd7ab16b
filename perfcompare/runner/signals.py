"""Turns signals that end a run into one exception in the main thread. No signal disturbs the clean-up after it, nor
what must be done as a whole."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
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

    def interrupt(signum: int, _frame: FrameType | None) -> None:
        for other in ENDING:
            if signal.getsignal(other) is interrupt:
                signal.signal(other, signal.SIG_IGN)
        raise Interrupted(signum)

    with _handled(interrupt):
        yield


@contextmanager
def deferred() -> Iterator[None]:
    """Let a signal that comes in the block take effect at its end.

    An exception in the middle of a statement would lose its row, and leave a connection that nobody can use. Call it in
    the main thread.
    """
    come: list[int] = []
    with _handled(lambda signum, _frame: come.append(signum)):
        yield
    for first in come[:1]:
        signal.raise_signal(first)


@contextmanager
def _handled(handle: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Call `handle` for the signals that are not ignored, and restore what was before."""
    before = {signum: signal.getsignal(signum) for signum in ENDING}
    taken = [signum for signum in ENDING if before[signum] is not signal.SIG_IGN]
    try:
        for signum in taken:
            signal.signal(signum, handle)
        yield
    finally:
        for signum in taken:
            signal.signal(signum, before[signum])
