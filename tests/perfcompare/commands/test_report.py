from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measured_run

pytestmark = pytest.mark.django_db
FILES = ("index.html", "data.json", "data.csv", "summary.md")


def test_four_files_are_written_and_named(call: Call, tmp_path: Path) -> None:
    run = make_measured_run(cpu_us=310.0)
    folder = tmp_path / "new" / "report"

    outcome = call("report", "--folder", str(folder))

    assert outcome.out.splitlines() == [str(folder / name) for name in FILES]
    assert "3.10x" in (folder / "index.html").read_text(encoding="utf-8")
    assert json.loads((folder / "data.json").read_text(encoding="utf-8"))["run"]["id"] == run.pk
    assert (folder / "data.csv").read_text(encoding="utf-8").startswith("run,scenario,")
    assert "3.10x" in (folder / "summary.md").read_text(encoding="utf-8")


def test_a_second_report_replaces_the_first(call: Call, tmp_path: Path) -> None:
    first, second = make_measured_run(label="the old one"), make_measured_run(label="the new one")

    call("report", str(first.pk), "--folder", str(tmp_path))
    call("report", str(second.pk), "--folder", str(tmp_path))

    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "the new one" in page
    assert "the old one" not in page


def test_a_folder_that_cannot_be_written_is_named(call: Call, tmp_path: Path) -> None:
    make_measured_run()
    (tmp_path / "file").write_text("in the way")

    outcome = call("report", "--folder", str(tmp_path / "file"))

    assert outcome.code == 4
    assert "Choose another place" in outcome.err
