"""The part of granian's command line that its interfaces share (https://github.com/emmett-framework/granian)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from perfcompare.core.server import Launch
from perfcompare.servers._settings import LOG_LEVEL, MAX_CONNECTIONS, STOP_S

LONGEST_HEADER_READ_MS = 60_000
