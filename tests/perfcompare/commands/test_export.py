from __future__ import annotations

import csv
import json
import tarfile
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


def test_raw_samples_are_packed_with_the_json(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    run = make_measured_run()
    trial = tmp_path / "state" / "runs" / str(run.pk) / "01-simple-drf"
    trial.mkdir(parents=True)
    (trial / "server.log").write_text("started")

    outcome = call("export", "--format", "raw", "--output", str(tmp_path / "new" / "raw.tar.gz"))

    assert outcome.out == f"{tmp_path}/new/raw.tar.gz\n"
    with tarfile.open(tmp_path / "new" / "raw.tar.gz") as archive:
        names = archive.getnames()
        document = archive.extractfile(f"run-{run.pk}/run.json")
        assert document is not None
        assert json.load(document)["run"]["id"] == run.pk
    assert f"run-{run.pk}/trials/01-simple-drf/server.log" in names


def test_a_run_of_another_machine_has_no_raw_samples(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    make_measured_run()

    outcome = call("export", "--format", "raw", "--output", str(tmp_path / "raw.tar.gz"))

    assert outcome.code == 4
    assert "another machine" in outcome.err
