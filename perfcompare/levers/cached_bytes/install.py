"""The lever as a whole: without its packages, or with another Django, every cache stays as it was."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import DJANGO, Installation, Part, Range

INSTALLATION: Final = Installation(
    "cached_bytes", Part("cache"), tested=(DJANGO, Range("hiredis", "3.0", "4"), Range("orjson", "3.10", "4"))
)
