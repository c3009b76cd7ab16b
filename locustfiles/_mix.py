"""What the users of a journey ask for, one after another. Imports no Locust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from perfcompare.registries import scenarios


def mix(names: Iterable[str], random: Random) -> Iterator[str]:
    """The scenarios without end, each as often as it weighs, shuffled anew whenever all have had their turns.

    Dice would give two runs different mixes, and could leave a rare scenario out of a short one.
    """
    turns = weighed(names)
    while True:
        random.shuffle(turns)
        yield from turns


def weighed(names: Iterable[str]) -> list[str]:
    """Each scenario as often as it weighs."""
    return [name for name in names for _ in range(scenarios[name].weight)]
