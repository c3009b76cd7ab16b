from __future__ import annotations

import pytest

from perfcompare.report.data.collection import collect
from perfcompare.report.sections import waterfall
from tests.perfcompare.report.tuned import laddered

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("_tuned")
def test_a_ladder_says_what_each_lever_gives_and_what_is_left() -> None:
    report = collect(laddered(300.0, 150.0, 120.0))

    (ladder,) = report.ladders
    gains = [step.gain.value for step in ladder.steps if step.gain]
    (fall,) = waterfall.build(report)
    assert [step.label for step in ladder.steps] == ["no levers yet", "+ first lever", "+ second lever"]
    assert gains == pytest.approx([0.5, 0.8])
    assert "-150 µs" in fall.drawing
    assert "left to FastAPI" in fall.drawing
    assert "1.20x" in fall.left[0]


@pytest.mark.usefixtures("_tuned")
def test_a_lever_that_makes_it_dearer_is_drawn_as_one() -> None:
    (fall,) = waterfall.build(collect(laddered(300.0, 150.0, 180.0)))

    assert 'class="bar loss"' in fall.drawing
    assert "+30 µs" in fall.drawing
