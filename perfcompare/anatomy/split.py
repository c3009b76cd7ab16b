"""Splits the CPU time of one request in two ways: by difference, and by sampling.

By difference: separate processes request an empty page, without and with the middleware, and then the scenario, all
without a server. The scenario also runs under its real server. By sampling: the innermost known frame decides the
layer. The two ways are independent. Where both have a figure, the report shows both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.anatomy import inprocess, layers
from perfcompare.anatomy.inprocess import Work
from perfcompare.core.statistics import median
from perfcompare.models.side_results import Group

ROUNDS: Final = 3
"""How often each way is measured, in turn. Medians are kept."""
TARGET_S: Final = 2.0
"""The intended length of one measurement."""
_PROBE: Final = 30
_MOST: Final = 20_000
_LEAST: Final = 30
_PAGE: Final = "/health"
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Split:
    """One request, taken apart. All figures are CPU microseconds per request."""

    in_process: float
    """The application alone, without a server."""
    by_difference: dict[str, float]
    """The cost of an empty page without middleware, of the middleware, and of the view."""
    layers: dict[str, float]
    """From sampling, scaled to `in_process`."""
    groups: tuple[Group, ...]
    disagreement: float
    """The largest difference between the two ways in a group, as a share of `in_process`."""


def take_apart(work: Work, say: Say) -> Split:
    """Split the requests of one cell. `say` receives the current step."""
    probe = inprocess.cost_us(work, _PROBE)
    requests = _number(probe)
    say(f"{requests} requests at a time")
    bare, page, whole = _costs(work, requests, say)
    say("sampling")
    shares = inprocess.layer_shares(work, requests * ROUNDS)
    split = {layer: share * whole for layer, share in shares.items()}
    groups = _groups(page, whole, split)
    return Split(
        in_process=whole,
        by_difference={
            "handler and routing": bare,
            "middleware": page - bare,
            "everything inside the view": whole - page,
        },
        layers=split,
        groups=groups,
        disagreement=max(abs(group.by_difference - group.by_sampling) for group in groups) / whole,
    )


def _number(cost_us: float) -> int:
    return max(_LEAST, min(_MOST, int(TARGET_S * 1e6 / cost_us)))


def _costs(work: Work, requests: int, say: Say) -> tuple[float, float, float]:
    """The page without middleware, the page with it, and the scenario, interleaved: medians of ROUNDS."""
    found: list[tuple[float, float, float]] = []
    for number in range(1, ROUNDS + 1):
        say(f"round {number} of {ROUNDS}")
        found.append(
            (
                inprocess.cost_us(work, requests, path=_PAGE, middleware=False),
                inprocess.cost_us(work, requests, path=_PAGE),
                inprocess.cost_us(work, requests),
            )
        )
    bare, page, whole = (median(column) for column in zip(*found, strict=True))
    return bare, page, whole


def _groups(page: float, whole: float, split: dict[str, float]) -> tuple[Group, ...]:
    # Middleware hops between threads too, and a sample does not say for whom: all around the view is one group.
    outer = (layers.SERVER, layers.HANDLER, layers.HOPS, layers.ROUTING, layers.MIDDLEWARE)
    inner = [layer for layer in layers.LAYERS if layer not in outer]
    return (
        Group(name="handler, routing and middleware", by_difference=page, by_sampling=_sum(split, outer)),
        Group(name="everything inside the view", by_difference=whole - page, by_sampling=_sum(split, inner)),
    )


def _sum(split: dict[str, float], names: Sequence[str]) -> float:
    return sum(split.get(name, 0.0) for name in names)
