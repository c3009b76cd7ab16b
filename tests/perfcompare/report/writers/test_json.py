from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfcompare.models import Run
from perfcompare.models.importing import SCHEMA_VERSION
from perfcompare.report.data.collection import collect
from perfcompare.report.writers.json import MEASUREMENT_FIELDS, as_json
from tests.perfcompare.factories import (
    DRF,
    make_measured_run,
    make_measurement,
    make_run,
)

pytestmark = pytest.mark.django_db
DOCUMENTATION = (Path(__file__).parents[4] / "docs" / "export.md").read_text(encoding="utf-8")


def exported(run: Run) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(as_json(run, collect(run)))
    return document


def test_json_holds_the_run_its_cells_and_its_measurements() -> None:
    run = make_measured_run(rounds=3, cpu_us=310.0, label="first")

    document = exported(run)

    assert (document["schema_version"], document["run"]["label"], document["run"]["state"]) == (2, "first", "finished")
    assert document["environment"]["facts"]["cores"] == 2
    assert len(document["measurements"]) == 6
    drf = next(cell for cell in document["cells"] if cell["stack"] == "drf")
    assert drf["rounds"] == {"planned": 3, "visited": 3, "valid": 3}
    assert drf["medians"]["server_cpu_us"] == pytest.approx(310.0)
    assert drf["cpu_ratio"]["interval"]["low"] == pytest.approx(3.1)


def test_json_holds_every_stored_figure() -> None:
    run = make_run()
    row = run.record(make_measurement(DRF))

    (measurement,) = exported(run)["measurements"]

    assert measurement["p999_ms"] == row.p999_ms
    assert measurement.keys() == set(MEASUREMENT_FIELDS)


def test_every_key_is_documented() -> None:
    document = exported(make_measured_run(rounds=3))
    parts = [document, document["run"], document["cells"][0], document["cells"][0]["cpu_ratio"]]
    keys = {key for part in [*parts, document["measurements"][0]] for key in part}

    undocumented = {key for key in keys if f"`{key}`" not in DOCUMENTATION}

    assert not undocumented
    assert f"`schema_version` {SCHEMA_VERSION}" in DOCUMENTATION
