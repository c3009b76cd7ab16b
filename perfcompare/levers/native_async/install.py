"""The parts of the lever: the asynchronous methods of QuerySet, and `on_commit` without a connection."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import DJANGO, Installation, Part

INSTALLATION: Final = Installation("native_async", Part("querying"), Part("committing"), tested=(DJANGO,))
