"""Files that a real Locust wrote (foreign_files.py), with a locustfile that knows nothing of this project."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfcompare.locust_tests import locust_csv, locust_output
from perfcompare.models import Measurement, Run
from tests.perfcompare.commands.conftest import Call, call
from tests.perfcompare.locust_tests.foreign_files import FOLDER, USERS

__all__ = ["call"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with what Locust wrote."""
    return Path(shutil.copytree(FOLDER, tmp_path / "written"))


def table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def copied(source: Path, target: Path, *endings: str) -> Path:
    """The table of requests in a folder of its own, with those beside it that are named."""
    for ending in ("_stats.csv", *endings):
        (target / f"api{ending}").write_text((source / f"api{ending}").read_text())
    return target / "api_stats.csv"


def row(scenario: str) -> Measurement:
    return Run.objects.newest().measurements.get(scenario=scenario)


def test_csv_files_become_a_run_with_a_row_for_the_test_and_each_request(call: Call, written: Path) -> None:
    outcome = call("import", str(written / "api_stats.csv"))

    assert outcome.code == 0, outcome.err
    run = Run.objects.newest()
    assert (run.label, run.state, run.rounds) == ("api", "finished", 1)
    assert [one.scenario for one in run.measurements.all()] == ["Aggregated", "GET /right", "GET wrong"]
    assert {(one.stack, one.server, one.concurrency) for one in run.measurements.all()} == {("api", "elsewhere", USERS)}
    (right,) = (line for line in table(written / "api_stats.csv") if line["Name"] == "/right")
    assert (row("GET /right").answers, row("GET /right").errors) == (int(right["Request Count"]), 0)
    assert row("GET /right").goodput == pytest.approx(float(right["Requests/s"]))
    assert row("GET /right").mean_ms == pytest.approx(float(right["Average Response Time"]))
    assert row("GET /right").received_bytes == 5 * int(right["Request Count"])


def test_failed_requests_are_in_neither_goodput_nor_latency(call: Call, written: Path) -> None:
    call("import", str(written / "api_stats.csv"))

    assert (row("GET wrong").answers, row("GET wrong").goodput, row("GET wrong").p50_ms) == (0, 0.0, None)
    assert row("Aggregated").answers == row("GET /right").answers
    assert row("Aggregated").p99_ms is None
    assert locust_output.MIXED in row("Aggregated").warnings
    assert locust_output.MIXED not in row("GET /right").warnings
    ((reason, count),) = row("GET wrong").failures.items()
    assert "404" in reason
    assert row("Aggregated").failures == {reason: count}
    assert count == row("GET wrong").errors


def test_the_history_is_the_time_series(call: Call, written: Path) -> None:
    call("import", str(written / "api_stats.csv"))

    series = row("Aggregated").series
    last = table(written / "api_stats_history.csv")[-1]
    assert sum(second["answers"] + second["failures"] for second in series) == int(last["Total Request Count"])
    assert sum(second["failures"] for second in series) == int(last["Total Failure Count"])
    assert max(second["users"] for second in series) == USERS
    assert [second["second"] for second in series] == sorted({second["second"] for second in series})
    assert row("GET /right").series == []


def test_rounded_times_are_shown_and_take_no_part_in_a_verdict(call: Call, written: Path) -> None:
    call("import", str(written / "api_stats.csv"))

    right = row("GET /right")
    times = [right.min_ms, right.p50_ms, right.p90_ms, right.p99_ms, right.max_ms]
    assert None not in times
    assert (right.p999_ms is None) is ((right.answers or 0) < 1000)
    assert times == sorted(times, key=lambda ms: ms or 0.0)
    assert right.against == (locust_output.ROUNDED,)
    assert not Measurement.objects.valid().exists()
    assert "no cell with valid CPU time in common" in call("compare", "latest", "latest").out
    assert call("gate", "--baseline", "latest").code == 2


def test_json_gives_what_csv_gives_a_moment_later_and_says_what_it_lacks(call: Call, written: Path) -> None:
    """Locust writes its tables once a second, and its JSON at the very end."""
    call("import", str(written / "api_stats.csv"))
    tables, began_at = row("GET /right"), Run.objects.newest().started_at

    assert call("import", str(written / "api.json")).code == 0

    entry = next(one for one in json.loads((written / "api.json").read_text()) if one["name"] == "/right")
    one, run = Run.objects.order_by("pk")[1].measurements.get(scenario="GET /right"), Run.objects.order_by("pk")[1]
    assert (one.answers, one.concurrency, one.against) == (entry["num_requests"], 0, (locust_output.ROUNDED,))
    assert (one.mean_ms, one.min_ms, one.max_ms) == pytest.approx(
        (entry["total_response_time"] / entry["num_requests"], entry["min_response_time"], entry["max_response_time"])
    )
    assert one.p50_ms == pytest.approx(tables.p50_ms, abs=3.0)
    assert one.goodput == pytest.approx(tables.goodput, rel=0.1)
    assert any("users" in said and "not known" in said for said in one.warnings)
    assert abs(run.started_at - began_at).total_seconds() < 2
    assert locust_output.MIXED in run.measurements.get(scenario="Aggregated").warnings


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ((), (locust_csv.NO_HISTORY, locust_csv.NO_FAILURES)),
        (("_failures.csv",), (locust_csv.NO_HISTORY,)),
        (("_stats_history.csv",), (locust_csv.COARSE_SERIES, locust_csv.NO_FAILURES)),
    ],
)
def test_what_is_missing_beside_the_table_is_stated(
    call: Call, written: Path, tmp_path: Path, beside: tuple[str, ...], said: tuple[str, ...]
) -> None:
    assert call("import", str(copied(written, tmp_path, *beside))).code == 0

    warnings = row("Aggregated").warnings
    assert [one for one in warnings if one in {locust_csv.NO_HISTORY, locust_csv.NO_FAILURES}] == [
        one for one in said if one != locust_csv.COARSE_SERIES
    ]
    assert row("Aggregated").concurrency == (USERS if locust_csv.COARSE_SERIES in said else 0)


def test_a_table_without_a_percentile_gives_no_latency_and_says_why(call: Call, written: Path, tmp_path: Path) -> None:
    file = copied(written, tmp_path, "_stats_history.csv", "_failures.csv")
    file.write_text(file.read_text().replace(",99.9%,", ",99.8%,"))

    assert call("import", str(file)).code == 0

    assert row("GET /right").p50_ms is None
    assert any("lacks a column" in said for said in row("GET /right").warnings)


def test_names_that_are_too_long_keep_their_end(call: Call, written: Path, tmp_path: Path) -> None:
    file = copied(written, tmp_path)
    file.write_text(file.read_text().replace("/right", f"/{'long/' * 40}right"))

    assert call("import", str(file)).code == 0

    assert Run.objects.newest().measurements.get(scenario__endswith="long/right").scenario.startswith("…")


def test_it_can_be_shown_reported_and_exported(call: Call, written: Path, tmp_path: Path) -> None:
    call("import", str(written / "api_stats.csv"))

    assert locust_output.ROUNDED.code in call("show").out
    assert call("report", "--folder", str(tmp_path / "page")).code == 0
    assert call("export", "--output", str(tmp_path / "run.json")).code == 0
    assert call("import", str(tmp_path / "run.json")).code == 0


Change = Callable[[str], str]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("Aggregated", "All"),
        lambda text: text.splitlines()[0],
        lambda text: text.replace(",Requests/s", ",Rate"),
        lambda text: text.replace("GET,/right,", "GET,/right,-"),
        lambda text: text.replace("GET,/right,", "GET,/right,many"),
        lambda text: text.replace("GET,/right,", f"GET,/right,{10**30}"),
    ],
)
def test_what_is_no_table_of_locust_is_refused_and_leaves_nothing(
    call: Call, written: Path, tmp_path: Path, change: Change
) -> None:
    file = copied(written, tmp_path)
    file.write_text(change(file.read_text()))

    outcome = call("import", str(file))

    assert (outcome.code, Run.objects.exists()) == (2, False), outcome


JsonChange = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.update(num_failures=10**6),
        lambda entry: entry.update(num_requests=-1),
        lambda entry: entry.update(response_times=[]),
        lambda entry: entry.update(start_time="now"),
        lambda entry: entry.update(start_time=-(10**12)),
        lambda entry: entry.pop("method"),
    ],
)
def test_what_is_no_json_of_locust_is_refused_and_leaves_nothing(
    call: Call, written: Path, tmp_path: Path, change: JsonChange
) -> None:
    entries = json.loads((written / "api.json").read_text())
    change(entries[0])
    (tmp_path / "api.json").write_text(json.dumps(entries))

    outcome = call("import", str(tmp_path / "api.json"))

    assert (outcome.code, Run.objects.exists()) == (2, False), outcome
