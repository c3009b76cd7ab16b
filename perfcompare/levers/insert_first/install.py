"""The one part of the lever: the mixin puts off what the validator would ask."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.insert_first import LEVER

INSTALLATION: Final = Installation("insert_first", Part("creation"), tested=LEVER.tested)
