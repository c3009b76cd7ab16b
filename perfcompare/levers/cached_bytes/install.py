"""The lever as a whole: without its packages, or with another Django, every cache stays as it was."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.cached_bytes import LEVER

INSTALLATION: Final = Installation("cached_bytes", Part("cache"), tested=LEVER.tested)
