"""The combinations reach the ends of every range that a lever declares."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from perfcompare import levers as package
from perfcompare.core.lever import Lever
from perfcompare.core.versions import Range
from perfcompare.registries import levers
from tests.matrix.combinations import BESIDE, COMBINATIONS, EARLIER, LEVERS, Combination


def _whole(name: str, lever: Lever) -> Sequence[Range]:
    """The ranges outside of which the lever is off, and not only a part of it."""
    if not (Path(package.__file__).parent / name / "install.py").exists():
        return lever.tested
    tested: Sequence[Range] = importlib.import_module(f"perfcompare.levers.{name}.install").INSTALLATION.tested
    return tested


def _holds(tested: Range, combination: Combination) -> bool:
    return tested.holds(combination.version(tested.distribution))


def test_every_lever_is_tried() -> None:
    assert list(LEVERS) == list(levers)


def test_every_lever_needs_a_tested_python_and_django() -> None:
    assert all([one.distribution for one in lever.tested][:2] == ["Python", "Django"] for lever in levers.values())


@pytest.mark.parametrize("tested", sorted({one for lever in levers.values() for one in lever.tested}, key=str), ids=str)
def test_both_ends_of_a_range_are_tried_with_a_lever_that_declares_it(tested: Range) -> None:
    inside = [
        combination.version(tested.distribution)
        for combination in COMBINATIONS
        if combination.is_tested and _holds(tested, combination)
        for name, lever in levers.items()
        if tested in lever.tested and all(_holds(one, combination) for one in _whole(name, lever))
    ]
    assert any(Range(tested.distribution, tested.oldest, tested.oldest).holds(version) for version in inside)
    assert any(Range(tested.distribution, tested.newest, tested.newest).holds(version) for version in inside)


def test_with_the_earlier_django_every_lever_is_off() -> None:
    django = levers["frozen_gc"].tested[1]
    assert not _holds(django, EARLIER)


def test_every_range_of_a_package_beside_django_has_a_combination_out_of_it() -> None:
    ranges = {one for lever in levers.values() for one in lever.tested[2:]}
    assert [str(one) for one in ranges if _holds(one, BESIDE)] == ["asgiref 3.8.1 to 3.13"]


@pytest.mark.parametrize("combination", [one for one in COMBINATIONS if one.is_tested], ids=lambda one: one.name)
def test_a_combination_that_the_levers_are_tested_with_has_every_lever(combination: Combination) -> None:
    off = [name for name, lever in levers.items() if not all(_holds(one, combination) for one in _whole(name, lever))]
    assert off == []


@pytest.mark.parametrize("name", sorted({name for one in COMBINATIONS for name in one.untested}))
def test_what_a_combination_leaves_out_is_a_test(name: str) -> None:
    path, _, test = name.partition("::")
    tests = Path(__file__).parents[1] / "perfcompare" / "levers" / path
    assert tests.exists()
    assert not test or f"def {test.partition('[')[0]}(" in tests.read_text()
