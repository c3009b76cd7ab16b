from __future__ import annotations

import re

import pytest

from perfcompare.report.data.collection import collect
from perfcompare.report.sections import gaps
from perfcompare.report.writers import html
from tests.perfcompare.factories import DRF, make_measurement, make_run
from tests.perfcompare.report.findings.test_headline import ALL, SETTINGS, measured
from tests.perfcompare.report.tuned import TUNED
from tests.perfcompare.report.writers.test_html import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("_tuned")
def test_the_drawing_tells_the_rungs_apart() -> None:
    report = collect(measured(ALL))

    drawing = gaps.drawing(report)
    assert drawing is not None
    assert "8.00x → 2.00x → 1.30x" in drawing
    assert [name for _number, name in gaps.keys(report)] == [
        "up to FastAPI's cost", "left above it", "taken away by levers", "taken away by settings",
    ]  # fmt: skip


@pytest.mark.usefixtures("_tuned")
def test_the_drawing_gives_nothing_to_a_rung_that_is_not_known() -> None:
    without_settings = collect(measured({**ALL, SETTINGS: (None, None)}))
    without_levers = collect(measured({**ALL, TUNED: (None, None)}))

    assert "8.00x → not known → 1.30x" in str(gaps.drawing(without_settings))
    assert gaps.keys(without_settings)[-1] == (4, "removed by both together")
    assert "8.00x → 2.00x → not known" in str(gaps.drawing(without_levers))
    assert [number for number, _name in gaps.keys(without_levers)] == [0, 1, 3]


@pytest.mark.usefixtures("_tuned")
def test_the_pieces_of_a_bar_are_as_long_as_what_they_stand_for() -> None:
    drawing = str(gaps.drawing(collect(measured({name: cost[1:] for name, cost in ALL.items()}))))

    widths = [float(width) for width in re.findall(r'width="([\d.]+)" class="bar p', drawing)]
    assert [width / sum(widths) * 8 for width in widths] == pytest.approx([1.0, 0.3, 0.7, 6.0, 0.0], rel=0.01)


@pytest.mark.usefixtures("_tuned")
def test_the_table_behind_the_drawing_names_every_rung_and_its_rounds() -> None:
    page = html.page(collect(measured({**ALL, TUNED: (90.0, None)})))

    table = text_of("</style>" + page[page.index("The gap of each scenario") : page.index('id="claims"')])
    assert "DRF on gunicorn gthread Valid rounds DRF by settings on granian WSGI Valid rounds DRF tuned on" in table
    assert "user_detail 8.00x [8.00, 8.00] 3/3 2.00x [2.00, 2.00] 3/3 not known 0/3" in table


def test_without_the_reference_there_is_no_drawing() -> None:
    run = make_run([DRF])
    run.record(make_measurement(DRF))

    assert gaps.drawing(collect(run)) is None
