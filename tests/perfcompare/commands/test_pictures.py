from __future__ import annotations

from pathlib import Path

import pytest

from perfcompare.models import side_results
from perfcompare.pictures import browser
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measured_run, make_profile
from tests.perfcompare.report.sections.test_anatomies import TAKEN
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "profiles"])
NAMES = ("report", "claims", "gap", "ladder", "layers", "recommendation", "runs", "admin", "profile")


def test_the_main_pages_become_pictures_and_nobody_stays_behind(call: Call, tmp_path: Path) -> None:
    side_results.keep_anatomies(make_measured_run(rounds=3), (TAKEN,))
    make_profile()

    outcome = call("pictures", "--folder", str(tmp_path / "images"))

    files = [tmp_path / "images" / f"{name}.png" for name in NAMES]
    assert outcome.out.splitlines() == list(map(str, files))
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
    assert not User.objects.exists()


def test_without_a_browser_the_way_to_one_is_named(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_measured_run()
    monkeypatch.setattr(browser, "PROGRAMS", ("no-such-browser",))

    outcome = call("pictures", "--folder", str(tmp_path))

    assert outcome.code == 4
    assert "apt-get install chromium" in outcome.err
