from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core.objection import EVERY
from perfcompare.models import Run
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import DRF, make_failure, make_measured_run

pytestmark = pytest.mark.django_db
VERSION_1 = Path(__file__).with_name("files") / "schema_version_1.json"


def exported(call: Call, path: Path) -> dict[str, Any]:
    call("export", "--output", str(path))
    document: dict[str, Any] = json.loads(path.read_text())
    return document


@pytest.mark.parametrize("microsecond", [0, 123, 456_789])
def test_an_exported_run_comes_back_as_it_was(call: Call, tmp_path: Path, microsecond: int) -> None:
    run = make_measured_run(3, label="from elsewhere")
    run.measurements.update(measured_at=datetime(2026, 11, 25, 1, 2, 3, microsecond, tzinfo=UTC))
    run.record(make_failure(DRF, round=4))
    before = exported(call, tmp_path / "run.json")

    outcome = call("import", str(tmp_path / "run.json"))

    assert outcome.code == 0
    stored = Run.objects.get(pk=int(outcome.out.split()[3].rstrip(".")))
    assert stored.pk != run.pk
    call("export", str(stored.pk), "--output", str(tmp_path / "again.json"))
    after = json.loads((tmp_path / "again.json").read_text())
    before["run"]["id"] = after["run"]["id"]
    assert after == before


def test_a_run_that_was_under_way_was_interrupted(call: Call, tmp_path: Path) -> None:
    make_measured_run()
    document = exported(call, tmp_path / "run.json")
    document["run"]["state"] = "running"
    (tmp_path / "run.json").write_text(json.dumps(document))

    call("import", str(tmp_path / "run.json"))

    assert {run.state for run in Run.objects.all()} == {"finished", "interrupted"}


def test_it_is_judged_anew_as_a_whole(call: Call, tmp_path: Path) -> None:
    make_measured_run()
    document = exported(call, tmp_path / "run.json")
    for row in document["measurements"]:
        row["body_bytes"] = 44.0 if row["stack"] == "fastapi" else 90.0
    (tmp_path / "run.json").write_text(json.dumps(document))

    call("import", str(tmp_path / "run.json"))

    (reason,) = Run.objects.order_by("pk")[1].measurements.get(stack="drf").against
    assert reason.code == "unequal bytes"


def test_an_export_of_version_1_is_read_with_its_reasons_as_data(call: Call, tmp_path: Path) -> None:
    """Made by the program of then from made-up trials."""
    outcome = call("import", str(VERSION_1))

    assert outcome.code == 0
    run = Run.objects.get()
    assert (run.label, run.state, run.rounds) == ("of version 1", "finished", 2)
    rows = {(row.stack, row.share, row.round): row for row in run.measurements.all()}
    assert {key: [one.code for one in row.against] for key, row in rows.items()} == {
        ("fastapi", 0, 1): [],
        ("drf", 0, 1): ["few answers", "steal"],
        ("drf", 75, 1): ["saturated"],
        ("fastapi", 0, 2): ["withdrawn"],
        ("drf", 0, 2): [],
        ("drf", 75, 2): ["unequal bytes"],
    }
    assert all(one.figures == EVERY for row in rows.values() for one in row.against)
    assert rows["drf", 0, 2].error == "server: it ended"
    assert (rows["drf", 75, 1].anchor, rows["drf", 75, 1].in_use) == ("", None)
    assert rows["drf", 75, 1].against[0].sentence.startswith("700 of the 750 answers that were due came")
    assert rows["fastapi", 0, 1].server_cpu_us == pytest.approx(100.0)
    assert "of version 1" in call("show").out


def test_what_was_imported_from_version_1_is_exported_as_this_version(call: Call, tmp_path: Path) -> None:
    call("import", str(VERSION_1))

    document = exported(call, tmp_path / "run.json")

    assert document["schema_version"] == 2
    assert not [row for row in document["measurements"] if "invalid" in row]
    assert call("import", str(tmp_path / "run.json")).code == 0


@pytest.mark.parametrize("name", ["in_use", "anchor", "series", "withdrawn", "statements"])
def test_a_row_of_a_version_that_did_not_know_a_column_is_read_without_it(
    call: Call, tmp_path: Path, name: str
) -> None:
    make_measured_run()
    document = exported(call, tmp_path / "run.json")
    for row in document["measurements"]:
        del row[name]
    (tmp_path / "run.json").write_text(json.dumps(document))

    assert call("import", str(tmp_path / "run.json")).code == 0
    assert not [row for row in Run.objects.order_by("pk")[1].measurements.all() if getattr(row, name)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": 3}, "schema version 3"),
        ({"schema_version": 0}, "reads versions 1 and 2"),
        ({"run": {}}, "is missing"),
        ({"measurements": [{"round": 1}]}, "This field"),
        ({"measurements": "x"}, "not an export of a run"),
        ({"environment": {"facts": None}}, "not an export of a run"),
    ],
)
def test_what_is_no_export_is_refused_and_leaves_nothing(
    call: Call, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    make_measured_run()
    document = exported(call, tmp_path / "run.json")
    (tmp_path / "run.json").write_text(json.dumps({**document, **change}))

    outcome = call("import", str(tmp_path / "run.json"))

    assert outcome.code == 2
    assert said in outcome.err
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "objections", [["steal: much."], [{"code": "steal"}], [{"code": "steal", "figures": ["speed"], "sentence": ""}], 7]
)
def test_objections_that_are_none_are_refused(call: Call, tmp_path: Path, objections: Any) -> None:
    make_measured_run()
    document = exported(call, tmp_path / "run.json")
    document["measurements"][0]["objections"] = objections
    (tmp_path / "run.json").write_text(json.dumps(document))

    assert call("import", str(tmp_path / "run.json")).code == 2
    assert Run.objects.count() == 1


@pytest.mark.parametrize("name", ["connections", "streams", "sockets"])
def test_levels_that_are_none_are_refused(call: Call, tmp_path: Path, name: str) -> None:
    make_measured_run()
    document = exported(call, tmp_path / "run.json")
    document["run"]["options"][name] = [{"stack": "drf", "server": "uvicorn", "wanted": "many"}]
    (tmp_path / "run.json").write_text(json.dumps(document))

    assert call("import", str(tmp_path / "run.json")).code == 2
    assert Run.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"schema_version": NaN}', b"\xff\xfe"])
def test_what_is_no_json_of_ours_is_refused(call: Call, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)

    assert call("import", str(tmp_path / "run.json")).code == 2


def test_a_file_that_is_not_there_is_named(call: Call, tmp_path: Path) -> None:
    outcome = call("import", str(tmp_path / "nothing.json"))

    assert outcome.code == 4
    assert "nothing.json" in outcome.err
