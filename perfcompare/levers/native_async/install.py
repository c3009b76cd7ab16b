"""The parts of the lever: the asynchronous methods of QuerySet, and `on_commit` without a connection."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.native_async import LEVER

INSTALLATION: Final = Installation("native_async", Part("queryset"), Part("on_commit"), tested=LEVER.tested)
