"""The one part of the lever: the mixin puts off what the validator would ask."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import DJANGO, DRF, Installation, Part

INSTALLATION: Final = Installation("insert_first", Part("creating"), tested=(DJANGO, DRF))
