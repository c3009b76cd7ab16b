"""The stages of a `try`: a look at each change, more rounds of the promising ones, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from perfcompare.project.trying.measuring import Stage
from perfcompare.project.trying.options import Options, sample

TOGETHER: Final = 2
"""By settings, and with levers."""
_PROMISING: Final = 8
"""So many changes are expected to be worth more than a look."""
Told = Sequence[tuple[str, Stage]]
"""Stages, and what each is in words."""


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Of variants whose number is known as soon as the stage before is over."""

    options: Options
    costs: Mapping[str, float]
    """What each request costs the traffic."""

    @property
    def sample(self) -> Mapping[str, float]:
        """The requests at which each change is measured alone."""
        return sample(self.costs)

    def look(self, variants: int) -> Stage:
        """Each change, in one round."""
        return Stage(variants=variants, rounds=1, options=self.options.look, costs=self.sample)

    def more(self, variants: int) -> Stage:
        """Those that seemed to save something."""
        options = replace(self.options, latency=False)
        return Stage(variants=variants, rounds=options.rounds_alone, options=options, costs=self.sample)

    def whole(self, variants: int) -> Stage:
        """The answer, at all requests."""
        rounds = self.options.rounds_together
        return Stage(variants=variants, rounds=rounds, options=self.options, costs=self.costs)

    def told(self, alone: int, ends: int) -> tuple[Told, Sequence[str]]:
        """What is expected of so many changes and bounds, and what is left out, in words."""
        look, more, whole = self.look(alone), self.more(min(_PROMISING, alone)), self.whole(TOGETHER + ends)
        found = [(f"First, each of {alone} changes alone, in one round", look)] if alone else []
        left_out = []
        if more.variants and more.rounds:
            found.append((f"Then those that seem to save something, in {more.rounds} rounds more", more))
        elif alone:
            left_out.append(
                "Left out: more rounds of each change alone. Those go together that seemed to save something in one "
                "round."
            )
        answer = (
            f"Then the project as it is, by settings, with levers, and the bounds ({ends}), in {whole.rounds} rounds. "
            "Their figures are the answer, and have intervals"
        )
        if len(self.sample) < len(self.costs):
            share = sum(self.sample.values()) / sum(self.costs.values())
            left_out.append(
                f"Left out at all but {len(self.sample)} requests: each change alone, and latencies. These requests "
                f"take {share:.0%} of the traffic's time. The answer is measured at all."
            )
        if not self.options.latency:
            left_out.append("Left out: latencies.")
        return [*found, (answer, whole)], left_out
