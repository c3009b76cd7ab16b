from __future__ import annotations

from itertools import islice
from random import Random

import pytest

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.dataset import Dataset
from perfcompare.registries import scenarios

DATASET = Dataset(count=1500, seed=1)


def test_the_first_contract_has_all_its_scenarios() -> None:
    assert scenarios.keys() >= ENDPOINTS


@pytest.mark.parametrize("name", scenarios)
def test_the_same_seed_gives_the_same_traffic(name: str) -> None:
    def first() -> list[object]:
        return list(islice(scenarios[name].traffic(DATASET, Random(7)), 50))

    assert first() == first()


@pytest.mark.parametrize("name", scenarios)
def test_every_case_has_a_name_of_its_own(name: str) -> None:
    names = [case.name for case in scenarios[name].cases(DATASET)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", scenarios)
def test_a_scenario_has_good_and_bad_cases(name: str) -> None:
    good = [case.expected.status < 400 for case in scenarios[name].cases(DATASET)]
    assert any(good)
    assert not all(good)


def test_created_users_never_repeat() -> None:
    traffic = scenarios["user_create"].traffic
    bodies = [one.request.body for seed in (1, 2) for one in islice(traffic(DATASET, Random(seed)), 500)]
    assert len(set(bodies)) == 1000
