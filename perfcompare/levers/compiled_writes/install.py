"""The parts of the lever: what `save()` inserts, and with DRF what its validators ask and where there are none."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import DJANGO, DRF, Installation, Part

INSTALLATION: Final = Installation(
    "compiled_writes",
    Part("inserting"),
    Part("unique", tested=(DRF,)),
    Part("validators", tested=(DRF,)),
    tested=(DJANGO,),
)
