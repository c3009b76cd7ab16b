"""The one part of the lever: querysets of tokens that remember, and what makes them forget."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.token_cache import LEVER
from perfcompare.levers.token_cache.remembering import asaved, saved

INSTALLATION: Final = Installation("token_cache", Part("remembering"), tested=LEVER.tested)

_saved, _asaved = saved, asaved
"""Under these names NATIVE_RECEIVERS has them in settings that were written for earlier versions."""
