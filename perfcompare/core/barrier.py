"""A barrier: a load generator that is ready waits until it is let go, so that several begin at the same moment.

It stops itself (SIGSTOP); whoever started it with MARK in its environment sees that, and sends SIGCONT.
"""

from __future__ import annotations

import os
import signal
from typing import Final

MARK: Final = "PERFCOMPARE_BARRIER"


def wait() -> None:
    """Stop this process until it is let go, if it was started so."""
    if os.environ.pop(MARK, None):
        os.kill(os.getpid(), signal.SIGSTOP)
