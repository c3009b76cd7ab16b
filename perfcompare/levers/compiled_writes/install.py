"""The parts of the lever: what `save()` inserts, and with DRF what its validators ask and where there are none."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers._versions import DRF
from perfcompare.levers.compiled_writes import LEVER

INSTALLATION: Final = Installation(
    "compiled_writes",
    Part("inserts"),
    Part("unique", tested=(DRF,)),
    Part("validators", tested=(DRF,)),
    tested=LEVER.tested,
)
