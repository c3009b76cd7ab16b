from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measured_run

pytestmark = pytest.mark.django_db


def test_json_goes_to_standard_output(call: Call) -> None:
    run = make_measured_run()

    assert json.loads(call("export").out)["run"]["id"] == run.pk


def test_markdown_goes_to_standard_output(call: Call) -> None:
    make_measured_run()

    assert call("export", "latest", "--format", "md").out.startswith("## Performance comparison")


def test_csv_goes_into_a_file_that_is_named(call: Call, tmp_path: Path) -> None:
    make_measured_run(rounds=2)
    path = tmp_path / "new" / "run.csv"

    outcome = call("export", "--format", "csv", "--output", str(path))

    assert outcome.out == f"{path}\n"
    with path.open(newline="", encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == 4


def test_an_unknown_format_is_a_usage_error(call: Call) -> None:
    assert call("export", "--format", "xls").code == 2
