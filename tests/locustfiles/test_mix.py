from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random

from locustfiles._mix import mix
from perfcompare.registries import scenarios

TURNS = sum(one.weight for one in scenarios.values())


def test_each_scenario_is_asked_as_often_as_it_weighs() -> None:
    asked = mix(list(scenarios), Random(1))

    for _ in range(3):
        assert Counter(islice(asked, TURNS)) == {name: one.weight for name, one in scenarios.items()}


def test_the_order_is_another_one_each_time() -> None:
    asked = mix(list(scenarios), Random(1))

    assert list(islice(asked, TURNS)) != list(islice(asked, TURNS))
