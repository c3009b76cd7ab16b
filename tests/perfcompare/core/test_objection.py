from __future__ import annotations

import json
from typing import Any

import pytest

from perfcompare.core.objection import EVERY, TIMES, Figure, Objection

STEAL = Objection(code="steal", figures=TIMES, sentence="the hypervisor gave 2.0% of this machine's time to others.")


def test_it_is_told_with_its_code_first() -> None:
    assert str(STEAL) == "steal: the hypervisor gave 2.0% of this machine's time to others."


def test_it_is_stored_as_json_in_the_same_order_each_time() -> None:
    assert STEAL.stored() == {"code": "steal", "figures": ["latency", "rate"], "sentence": STEAL.sentence}
    assert Objection(code="x", figures=EVERY, sentence="y").stored()["figures"] == ["cost", "latency", "memory", "rate"]


@pytest.mark.parametrize("figures", [TIMES, EVERY, frozenset({Figure.MEMORY}), frozenset[Figure]()])
def test_what_was_stored_is_read_as_it_was(figures: frozenset[Figure]) -> None:
    one = Objection(code="a: b", figures=figures, sentence="c: d")

    assert Objection.read(json.loads(json.dumps(one.stored()))) == one


@pytest.mark.parametrize(
    ("changed", "error"),
    [({"figures": ["speed"]}, ValueError), ({"figures": None}, TypeError), ({"code": ...}, KeyError)],
)
def test_anything_else_is_refused(changed: dict[str, Any], error: type[Exception]) -> None:
    stored = {name: value for name, value in {**STEAL.stored(), **changed}.items() if value is not ...}

    with pytest.raises(error):
        Objection.read(stored)


def test_times_are_what_passes_on_the_clock() -> None:
    assert {Figure.RATE, Figure.LATENCY} == TIMES
    assert set(Figure) == EVERY
