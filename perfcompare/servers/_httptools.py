"""What the parser httptools does differently from the others."""

from __future__ import annotations

from typing import Final

BLANKS: Final = "The parser leaves blanks behind the values of headers: a Host with one is refused as a foreign one."
