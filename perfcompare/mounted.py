"""The stacks that the development and production servers mount side by side: those whose packages are installed.

Levers and settings change a whole process. A stack with some has its own process (config.settings.bench), and is not
mounted here.
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
"""The missing packages of a stack, by its name."""
PRESENT: Final[Mapping[str, Stack]] = {name: stack for name, stack in _PLAIN.items() if name not in ABSENT}
DJANGO: Final[Mapping[str, DjangoPart]] = {
    name: stack.django for name, stack in PRESENT.items() if stack.django is not None
}
BRIDGED: Final[Mapping[str, str]] = {
    name: stack.targets["asgi"] for name, stack in PRESENT.items() if stack.django is None and stack.docs
}
"""The applications without Django that people can try, as `module:attribute`. The bare server has no documentation."""
