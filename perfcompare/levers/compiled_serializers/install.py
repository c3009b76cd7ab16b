"""The parts of the lever: representing and validating, the constructor, and adrf."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import ADRF, DJANGO, DRF, Installation, Part

INSTALLATION: Final = Installation(
    "compiled_serializers",
    Part("representing"),
    Part("making"),
    Part("asynchronous", tested=(ADRF,)),
    tested=(DJANGO, DRF),
)
install: Final = INSTALLATION.install
uninstall: Final = INSTALLATION.uninstall
