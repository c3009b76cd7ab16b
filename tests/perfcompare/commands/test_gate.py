from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import DRF, make_environment, make_measured_run, make_measurement, make_run, objection

pytestmark = pytest.mark.django_db


def test_the_gate_is_open_when_nothing_became_slower(call: Call) -> None:
    make_measured_run(3).mark_baseline()
    make_measured_run(3)

    outcome = call("gate")

    assert (outcome.code, outcome.err) == (0, "")
    assert "The gate passed." in outcome.out


def test_the_gate_is_closed_when_something_became_slower(call: Call) -> None:
    baseline = make_measured_run(3, cpu_us=300.0)
    make_measured_run(3, cpu_us=330.0)

    outcome = call("gate", "latest", "--baseline", str(baseline.pk))

    assert outcome.code == 1
    assert "The gate failed" in outcome.err
    assert "drf" in outcome.err
    assert "fastapi" not in outcome.err


def test_what_is_tolerated_keeps_the_gate_open(call: Call) -> None:
    make_measured_run(3, cpu_us=300.0).mark_baseline()
    make_measured_run(3, cpu_us=330.0)

    assert call("gate", "--tolerance", "15").code == 0


def test_a_cell_without_valid_figures_closes_the_gate(call: Call) -> None:
    make_measured_run(3).mark_baseline()
    run = make_run([DRF])
    run.record(make_measurement(DRF, objections=(objection("errors", "many."),)))

    outcome = call("gate")

    assert outcome.code == 1
    assert "no valid figures" in outcome.err


def test_too_few_rounds_are_told_and_close_nothing(call: Call) -> None:
    make_measured_run(2).mark_baseline()
    make_measured_run(2, cpu_us=900.0)

    outcome = call("gate")

    assert outcome.code == 0
    assert "2 cells have too few rounds" in outcome.out


def test_ci_servers_and_pull_requests_get_their_files(call: Call, tmp_path: Path) -> None:
    make_measured_run(3, cpu_us=300.0).mark_baseline()
    make_measured_run(3, cpu_us=600.0)

    call("gate", "--junit", str(tmp_path / "gate.xml"), "--markdown", str(tmp_path / "gate.md"))

    suite = parse(tmp_path / "gate.xml").getroot()  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert len(suite.findall("testcase/failure")) == 1
    assert (tmp_path / "gate.md").read_text().startswith("## Performance gate: 1 failed")


def test_r15_unlike_machines_are_refused(call: Call) -> None:
    make_measured_run(3).mark_baseline()
    make_measured_run(3, environment=make_environment(cores=64))

    assert call("gate").code == 4


def test_without_a_baseline_one_is_told_how_to_get_it(call: Call) -> None:
    make_measured_run(3)

    outcome = call("gate")

    assert outcome.code == 2
    assert "baseline" in outcome.err


@pytest.mark.parametrize("text", ["-1", "many", "nan"])
def test_a_tolerance_is_a_percentage(call: Call, text: str) -> None:
    assert call("gate", "--tolerance", text).code == 2
