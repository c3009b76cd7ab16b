"""The combinations reach the ends of every range that a lever declares."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from perfcompare.core.lever import Lever
from perfcompare.core.versions import Range
from perfcompare.registries import levers
from tests.matrix.combinations import COMBINATIONS, LEVERS, Combination

IN_RANGE = [one for one in COMBINATIONS if not one.is_out_of_range]


def _tested(combination: Combination) -> Iterator[tuple[str, Lever]]:
    return ((name, levers[name]) for name in LEVERS if name not in combination.off)


def test_every_lever_is_tried() -> None:
    assert list(LEVERS) == list(levers)


def test_every_lever_needs_a_tested_python_and_django() -> None:
    assert all([one.distribution for one in lever.tested][:2] == ["Python", "Django"] for lever in levers.values())


@pytest.mark.parametrize("tested", sorted({one for lever in levers.values() for one in lever.tested}, key=str), ids=str)
def test_both_ends_of_a_range_are_tried_with_a_lever_that_declares_it(tested: Range) -> None:
    tried = [
        combination.version(tested.distribution)
        for combination in IN_RANGE
        if any(tested in lever.tested for _, lever in _tested(combination))
    ]
    inside = [version for version in tried if tested.holds(version)]
    assert any(Range(tested.distribution, tested.oldest, tested.oldest).holds(version) for version in inside)
    assert any(Range(tested.distribution, tested.newest, tested.newest).holds(version) for version in inside)


@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda one: one.name)
def test_what_is_off_is_out_of_a_range_and_nothing_else_is(combination: Combination) -> None:
    for name, lever in levers.items():
        outside = {one.distribution for one in lever.tested if not one.holds(combination.version(one.distribution))}
        parts = {reason for part, reason in combination.parts_off.items() if part.partition(".")[0] == name}
        if name in combination.off:
            assert combination.off[name] in outside
        else:
            assert outside == parts, name


def test_a_part_that_is_off_is_one() -> None:
    for combination in COMBINATIONS:
        for name in combination.parts_off:
            lever, _, part = name.partition(".")
            assert part in importlib.import_module(f"perfcompare.levers.{lever}.install").INSTALLATION.parts
