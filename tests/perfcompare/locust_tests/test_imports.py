from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfcompare.locust_tests.rows import UNSEEN
from perfcompare.models import Run
from tests.perfcompare.commands.conftest import Call, call
from tests.perfcompare.factories import objection

__all__ = ["call"]
pytestmark = pytest.mark.django_db

FIGURES: dict[str, Any] = {
    "answers": 400, "errors": 0, "failures": {}, "goodput": 200.0, "received_bytes": 9000, "late_p99_ms": None,
    "latency": {"mean_ms": 3.0, "min_ms": 1.0, "p50_ms": 2.0, "p90_ms": 4.0, "p99_ms": 5.0, "p999_ms": 6.0,
                "max_ms": 7.0},
}  # fmt: skip
SECOND = {"second": 0, "answers": 200, "failures": 0, "p50_ms": 2.0, "p99_ms": 5.0, "users": 4}
RESULT: dict[str, Any] = {
    "schema_version": 1, "locust": "2.47.0", "began_at": "2026-11-24T19:45:21+00:00", "file": "mixed",
    "host": "http://api.example", "stacks": ["drf"], "scenarios": ["simple", "user_list"], "seed": 3,
    "mode": "closed", "rate": None, "due": None, "users": 4, "interrupted": False,
    "window": {"started_s": 10.0, "ended_s": 12.0, "seconds": 2.0},
    "processes": [{"label": "host process 7", "cpu_share": 0.4}],
    "warnings": ["Locust (other process 8) joined 6 s after the start."],
    "total": FIGURES, "series": [SECOND],
    "names": [{"method": "GET", "name": "simple", **FIGURES}],
    "targets": [{"stack": "drf", **FIGURES, "series": [SECOND]}],
}  # fmt: skip


def test_a_result_from_elsewhere_is_a_run_with_what_it_holds_and_no_more(call: Call, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps(RESULT))

    assert call("import", str(tmp_path / "result.json")).code == 0

    run = Run.objects.newest()
    whole, one = run.measurements.all()
    assert (run.state, run.seed, run.pid) == ("finished", 3, None)
    assert run.started_at.isoformat() == "2026-11-24T19:45:21+00:00"
    assert (whole.scenario, whole.server, whole.concurrency, whole.goodput) == ("mixed", "elsewhere", 4, 200.0)
    assert (whole.p99_ms, whole.series) == (5.0, [SECOND])
    assert one.scenario == "mixed GET simple"
    assert UNSEEN in whole.warnings
    assert whole.server_cpu_us is None
    assert [str(one) for one in whole.against] == ["generator: Locust (other process 8) joined 6 s after the start."]


def test_an_interrupted_test_stays_one(call: Call, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps({**RESULT, "interrupted": True}))

    call("import", str(tmp_path / "result.json"))

    run = Run.objects.newest()
    assert run.state == "interrupted"
    said = objection("interrupted", "the test was ended before its planned end.")
    assert [said in row.against for row in run.measurements.all()] == [True, True]


def test_it_can_be_shown_exported_and_reported(call: Call, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps({**RESULT, "warnings": []}))
    call("import", str(tmp_path / "result.json"))

    assert "mixed GET simple" in call("show").out
    assert call("export", "--output", str(tmp_path / "run.json")).code == 0
    assert call("import", str(tmp_path / "run.json")).code == 0
    first, second = (list(run.measurements.values_list("scenario", "series")) for run in Run.objects.all())
    assert first == second


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda result: result.update(schema_version=2),
        lambda result: result.update(window=None),
        lambda result: result.update(began_at="2026-11-24T19:45:21"),
        lambda result: result.update(began_at=7),
        lambda result: result.update(users="many"),
        lambda result: result.update(users=10**30),
        lambda result: result["targets"][0].update(answers=-5),
        lambda result: result["targets"][0].update(latency={"p50_ms": 1.0}),
        lambda result: result["targets"][0].update(series=[{}]),
        lambda result: result.update(names=result["names"] * 2),
    ],
)
def test_what_is_no_result_is_refused_and_leaves_nothing(call: Call, tmp_path: Path, change: Change) -> None:
    document = copy.deepcopy(RESULT)
    change(document)
    (tmp_path / "result.json").write_text(json.dumps(document))

    outcome = call("import", str(tmp_path / "result.json"))

    assert outcome.code == 2, outcome
    assert "not a result of a locustfile" in outcome.err
    assert not Run.objects.exists()
