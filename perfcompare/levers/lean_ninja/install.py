"""The parts of the lever; views that were made while it was installed stay lean when it is taken away."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.lean_ninja import LEVER

INSTALLATION: Final = Installation(
    "lean_ninja", Part("operations"), Part("authentication"), Part("views"), tested=LEVER.tested
)
