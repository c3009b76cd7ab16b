"""The one part of the lever: the synchronous reads of QuerySet."""

from __future__ import annotations

from typing import Final

from perfcompare.levers._replacing import Installation, Part
from perfcompare.levers.compiled_queries import LEVER

INSTALLATION: Final = Installation("compiled_queries", Part("reads"), tested=LEVER.tested)
