from __future__ import annotations

from pathlib import Path

from perfcompare.core.measurement import Cell
from perfcompare.plugins import generators
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.sequential import measure
from perfcompare.runner.trial import Surroundings, Trial
from tests.perfcompare.factories import make_conditions


def test_a_trial_at_a_fixed_rate_is_sent_in_an_open_loop_at_that_rate(tmp_path: Path) -> None:
    conditions = make_conditions(tmp_path, generator="locust")
    surroundings = Surroundings(placement=Placement(server=None, rest=None), services={}, all_known=False)
    cell = Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=4, share=50)

    measurement = measure(
        Trial(PlannedTrial(round=1, cell=cell, rate=40.0), conditions, surroundings), generators["locust"]
    )

    assert measurement.rate == 40.0
    assert measurement.load.due in (39, 40, 41)
    assert measurement.load.answers <= 41  # a closed loop would have sent hundreds
    assert (tmp_path / "01-simple-floor-uvicorn-4-50percent" / "server.log").exists()
