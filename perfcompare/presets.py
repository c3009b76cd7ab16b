"""The presets: what the command line and the start page measure when nothing else is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.core.measurement import Cell
from perfcompare.core.stack import TWIN, VARIANT
from perfcompare.core.target import CEILING, FLOOR, REFERENCE
from perfcompare.registries import scenarios, stacks
from perfcompare.targets.demonstration import selection


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Values for options that are not given."""

    stacks: Callable[[], Sequence[str]]
    scenarios: Callable[[], Sequence[str]]
    seconds: float
    warmup_s: float
    rounds: int
    without: Callable[[Cell], bool] = lambda _cell: False
    """Cells that it leaves out, where neither stacks nor scenarios are given."""


NOISE: Final = f"{REFERENCE}{VARIANT}{TWIN}"
"""The reference a second time. The difference between the two is this machine's noise."""


def _usable() -> list[str]:
    """Every stack whose packages are installed, the reference and its twin first."""
    found = [name for name, stack in stacks.items() if not selection.missing_packages(stack)]
    return [REFERENCE, NOISE, *(name for name in found if name != REFERENCE)]


PRESETS: Final[Mapping[str, Preset]] = {
    # Under six minutes on two cores.
    "quick": Preset(
        stacks=lambda: ["fastapi", NOISE, "drf", "drf_settings", "drf_tuned", "ninja_async_tuned", "floor"],
        scenarios=lambda: ["simple", "user_detail", "user_list", "user_create", "cached_users", "upstream"],
        seconds=0.35,
        warmup_s=0.3,
        rounds=5,
        # The limit of the other scenarios would take 22 s more: --preset full has it.
        without=lambda cell: cell.stack == FLOOR and cell.scenario != CEILING,
    ),
    "full": Preset(
        stacks=_usable,
        scenarios=lambda: list(scenarios),
        seconds=0.5,
        warmup_s=1.0,
        rounds=5,
    ),
}
