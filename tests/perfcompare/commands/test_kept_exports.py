"""Runs that earlier versions of this program exported: they open, compare and gate as before.

The files are from runs on real servers, cut down to a few trials: version 1 of 25 November, version 2 of 27 November
2026, when failures had no kind and full collections were not told.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from perfcompare.core.measurement import FailureKind
from perfcompare.models import Run
from tests.perfcompare.commands.conftest import Call

pytestmark = pytest.mark.django_db
FILES = sorted(Path(__file__).with_name("files").glob("schema_version_*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest, call: Call) -> Run:
    """The run, imported twice: a run and its baseline."""
    for _ in range(2):
        outcome = call("import", str(request.param))
        assert (outcome.code, outcome.err) == (0, "")
    before, run = Run.objects.order_by("pk")
    before.mark_baseline()
    return run


def test_each_version_that_is_read_has_a_file() -> None:
    assert [path.stem for path in FILES] == ["schema_version_1", "schema_version_2"]


def test_it_is_shown_and_becomes_a_report(call: Call, kept: Run, tmp_path: Path) -> None:
    assert kept.label in call("show", str(kept.pk)).out

    outcome = call("report", str(kept.pk), "--folder", str(tmp_path))

    assert (outcome.code, outcome.err) == (0, "")
    assert "FastAPI" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_it_is_compared_with_another(call: Call, kept: Run) -> None:
    outcome = call("compare", "baseline", str(kept.pk))

    assert (outcome.code, outcome.err) == (0, "")
    assert "noise floor of the two runs" in outcome.out


def test_it_passes_a_gate_whose_baseline_is_the_same(call: Call, kept: Run) -> None:
    assert call("gate", str(kept.pk)).code == 0


def test_rows_under_the_former_name_of_the_slowed_variant_open_compare_and_gate(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    text = FILES[-1].read_text(encoding="utf-8")
    file.write_text(text.replace('"stack": "drf"', '"stack": "drf~planted"'), encoding="utf-8")
    for _ in range(2):
        assert call("import", str(file)).code == 0
    before, run = Run.objects.order_by("pk")
    before.mark_baseline()

    compared = call("compare", "baseline", str(run.pk))

    assert "drf~planted" in call("show", str(run.pk)).out
    assert (compared.code, compared.err) == (0, "")
    assert "drf~planted" in compared.out
    assert call("gate", str(run.pk)).code == 0


def test_its_failures_have_a_kind(kept: Run) -> None:
    failed = list(kept.measurements.failed())

    assert failed
    for row in failed:
        wrong = row.error.startswith("wrong answer: ")
        assert row.failure == (FailureKind.WRONG_ANSWER if wrong else FailureKind.FAILED)
