"""The lever as a whole: where Django's handler is not the one that it was made for, that one serves."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.lean_asgi import LEVER

INSTALLATION: Final = Installation("lean_asgi", Part("handler"), tested=LEVER.tested)
