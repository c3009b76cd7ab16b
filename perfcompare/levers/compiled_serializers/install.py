"""The parts of the lever: representing and validating, the constructor, and adrf."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers._versions import ADRF
from perfcompare.levers.compiled_serializers import LEVER

INSTALLATION: Final = Installation(
    "compiled_serializers",
    Part("representation"),
    Part("construction"),
    Part("asynchronous", tested=(ADRF,)),
    tested=LEVER.tested,
)
install: Final = INSTALLATION.install
uninstall: Final = INSTALLATION.uninstall
