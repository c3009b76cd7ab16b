"""What the users of a journey ask for, one after another. Imports no Locust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from perfcompare.registries import scenarios


def mix(names: Sequence[str], random: Random) -> Iterator[str]:
    """The scenarios without end, each as often as it weighs, shuffled anew whenever all have had their turns.

    Dice would give two runs different mixes, and could leave a rare scenario out of a short one.
    """
    pile = [name for name in names for _ in range(scenarios[name].weight)]
    while True:
        random.shuffle(pile)
        yield from pile
