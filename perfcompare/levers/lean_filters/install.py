"""The parts of the lever."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.lean_filters import LEVER

INSTALLATION: Final = Installation("lean_filters", Part("filtersets"), tested=LEVER.tested)
