"""The parts of the lever; views that were made while it was installed stay lean when it is taken away."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import DJANGO, NINJA, Installation, Part

INSTALLATION: Final = Installation(
    "lean_ninja", Part("operations"), Part("authenticating"), Part("views"), tested=(DJANGO, NINJA)
)
