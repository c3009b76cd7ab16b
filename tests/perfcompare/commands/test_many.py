"""What `perfcompare streams` and `perfcompare sockets` have in common."""

from __future__ import annotations

from typing import Any

import pytest

from perfcompare.commands import sockets, streams
from perfcompare.commands._many import Visit
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import html
from perfcompare.runner import held_connections
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measured_run, make_sockets, make_streams

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_data", "measured")]
every_command = pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("streams", "8 of 50 streams at once: the others had not begun, or had ended."),
        ("sockets", "Not valid. 3 messages were lost."),
    ],
)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is started."""

    def streamed(visit: Visit, *_: Any) -> Any:
        return make_streams(visit.wanted, at_once=8)

    def talked(visit: Visit, *_: Any) -> Any:
        return make_sockets(visit.wanted, lost=3)

    monkeypatch.setattr(streams, "_streamed", streamed)
    monkeypatch.setattr(sockets, "_measured", talked)


@every_command
def test_too_few_files_are_told(call: Call, monkeypatch: pytest.MonkeyPatch, name: str, remark: str) -> None:
    monkeypatch.setattr(held_connections, "raise_limit", lambda: (256, 1024))

    outcome = call(name, "--levels", "2000")

    assert outcome.code == 1
    assert f"1024 open files per process, too few for so many {name}" in outcome.err


@every_command
def test_the_report_of_every_run_on_this_machine_shows_what_is_kept(call: Call, name: str, remark: str) -> None:
    other = make_measured_run()
    assert f'id="{name}"' not in html.page(collect(other))

    call(name, "--levels", "50")

    stored = Run.objects.newest()
    assert (stored.preset, stored.state) == (name, "finished")
    for run in (stored, other):
        page = html.page(collect(run))
        assert remark in page
        assert f"run {stored.pk}, manage.py perfcompare {name}" in page
