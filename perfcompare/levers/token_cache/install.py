"""The one part of the lever: querysets of tokens that remember, and cursors that tell of what makes them forget."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.token_cache import LEVER

INSTALLATION: Final = Installation("token_cache", Part("querysets"), tested=LEVER.tested)
