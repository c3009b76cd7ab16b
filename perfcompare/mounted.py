"""Which stacks the servers of people mount side by side: those whose packages are installed here.

Levers and settings change a whole process, so that a stack that applies some has one of its own (config.settings.bench)
and is none of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from perfcompare.core.stack import DjangoPart, Stack
from perfcompare.registries import stacks
from perfcompare.targets.demonstration.selection import missing_packages

_PLAIN: Final = {name: stack for name, stack in stacks.items() if not stack.levers and not stack.by_settings}
ABSENT: Final[Mapping[str, tuple[str, ...]]] = {
    name: missing for name, stack in _PLAIN.items() if (missing := tuple(missing_packages(stack)))
}
"""The packages that a stack lacks here, by its name."""
PRESENT: Final[Mapping[str, Stack]] = {name: stack for name, stack in _PLAIN.items() if name not in ABSENT}
DJANGO: Final[Mapping[str, DjangoPart]] = {
    name: stack.django for name, stack in PRESENT.items() if stack.django is not None
}
