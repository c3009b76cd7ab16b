"""What a span itself costs on this machine, so that it can be taken off."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Final

from perfcompare.project.audit.spans import Recorder
from perfcompare.project.audit.wrapping import of_class, spanned

_TIMES: Final = 400
_ROUNDS: Final = 9


@dataclass(frozen=True, kw_only=True)
class Overhead:
    """Nanoseconds that one span costs: inside its own time, and outside, in that of its parent."""

    inside_wall: float
    inside_cpu: float
    outside_wall: float
    outside_cpu: float


class _Nothing:
    def do(self) -> None:
        """Take no time."""


def overhead() -> Overhead:
    """The median of some rounds."""
    rounds = [_round() for _ in range(_ROUNDS)]
    return Overhead(
        inside_wall=median(one.inside_wall for one in rounds),
        inside_cpu=median(one.inside_cpu for one in rounds),
        outside_wall=median(one.outside_wall for one in rounds),
        outside_cpu=median(one.outside_cpu for one in rounds),
    )


def _round() -> Overhead:
    recorder, nothing = Recorder(), _Nothing()
    do = spanned(recorder, _Nothing.do, "calibration", of_class)
    outer = recorder.begin(("calibration", "outer"), None)
    for _ in range(_TIMES):
        do(nothing)
    recorder.end(outer)
    inner, around = recorder.totals["calibration", "_Nothing"], recorder.totals["calibration", "outer"]
    return Overhead(
        inside_wall=inner.wall / _TIMES,
        inside_cpu=inner.cpu / _TIMES,
        outside_wall=around.wall / _TIMES,
        outside_cpu=around.cpu / _TIMES,
    )
