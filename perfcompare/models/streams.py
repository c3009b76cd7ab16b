"""The streams of stacks, which `manage.py perfcompare streams` stores."""

from __future__ import annotations

from typing import Final

from perfcompare.models.by_level import Kept
from perfcompare.runner.streams import Level

STREAMS: Final = Kept(name="streams", kind=Level)
