from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from perfcompare.models import Run, profile_url
from perfcompare.pictures.browser import Page
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import html
from tests.perfcompare.factories import make_profile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "profiles"])
WIDTHS = (360, 768, 1440)

SIDEWAYS = "return document.documentElement.scrollWidth - innerWidth"
OVERLAPS = Path(__file__).with_name("overlaps.js").read_text(encoding="utf-8")
COVERED = """
return [...document.querySelectorAll("main > section")].map((one) => one.getBoundingClientRect())
  .some((box, number, all) => number && box.top < all[number - 1].bottom - 1);
"""


def addresses(run: Run) -> list[str]:
    make_profile(
        frames={
            "name": "asgi",
            "file": "config/profiled.py:1",
            "seconds": 1.0,
            "children": [{"name": "view", "file": "views.py:2", "seconds": 0.7, "children": []}],
        }
    )
    return [
        "/",
        reverse("perfcompare:runs"),
        run.get_absolute_url(),
        reverse("perfcompare:recommendation", args=[run.pk]),
        reverse("perfcompare:compare", args=[run.pk, run.pk]),
        reverse("perfcompare:start"),
        reverse("perfcompare:starting", args=[2**22 + 1]),
        profile_url("drf", "simple"),
    ]


def test_pages_load_without_complaint_and_nothing_overlaps(signed_in: Page, live_server: LiveServer, run: Run) -> None:
    for address in addresses(run):
        for width in WIDTHS:
            signed_in.resize(width, 900)
            signed_in.open(live_server.url + address)

            assert signed_in.complaints() == [], address
            assert signed_in.run(SIDEWAYS) <= 0, (address, width)
            assert signed_in.run(OVERLAPS) == [], (address, width)
            assert not signed_in.run(COVERED), (address, width)


@pytest.mark.parametrize("model", ["run", "measurement", "environment", "profile"])
def test_the_admin_loads_without_complaint(signed_in: Page, live_server: LiveServer, run: Run, model: str) -> None:
    signed_in.resize(1440, 900)
    signed_in.open(live_server.url + reverse(f"admin:perfcompare_{model}_changelist"))

    assert signed_in.complaints() == []
    assert run.label


def test_the_answer_is_on_the_first_screen(signed_in: Page, live_server: LiveServer, run: Run) -> None:
    signed_in.resize(1440, 900)
    signed_in.open(live_server.url + run.get_absolute_url())

    bottoms = signed_in.run(
        "return ['.lead', '.decision', '.hero svg'].map("
        "(one) => document.querySelector(one).getBoundingClientRect().bottom)"
    )
    assert max(bottoms) < 900


def test_the_front_page_shows_the_picture_of_the_last_run_on_its_first_screen(
    signed_in: Page, live_server: LiveServer, run: Run
) -> None:
    signed_in.resize(1440, 900)
    signed_in.open(live_server.url)

    bottom = signed_in.run("return document.querySelector('.hero svg').getBoundingClientRect().bottom")
    leads = signed_in.run("return document.querySelector('#last a').getAttribute('href')")
    assert (bottom < 900, leads) == (True, run.get_absolute_url())


def test_charts_hold_the_numbers_of_the_database(signed_in: Page, live_server: LiveServer, run: Run) -> None:
    signed_in.resize(1440, 900)
    signed_in.open(live_server.url + run.get_absolute_url())

    shown = signed_in.run(
        "return [...document.querySelectorAll('#cpu figure[data-scenario=simple] .row')].map((row) => ["
        "row.dataset.stack, row.querySelector('.figure').textContent, row.querySelector('rect').getBBox().width])"
    )

    block = next(one for one in collect(run).main_blocks if one.scenario == "simple")
    wanted = {cell.cell.stack: cell for cell in block.cells}
    assert [stack for stack, _figure, _width in shown] == [cell.cell.stack for cell in block.cells]
    unit = next(width for stack, _figure, width in shown if stack == "fastapi")
    for stack, figure, width in shown:
        ratio = wanted[stack].cpu_ratio
        assert ratio is not None
        assert f"{wanted[stack].figures.server_cpu_us:,.0f} µs" in figure
        assert width / unit == pytest.approx(ratio.value, rel=0.01)


def test_filters_narrow_the_page_and_live_in_the_address(signed_in: Page, live_server: LiveServer, run: Run) -> None:
    signed_in.resize(1440, 900)
    signed_in.open(live_server.url + run.get_absolute_url())
    rows = "return document.querySelectorAll('#cpu .row:not(.out)').length"
    tall = "return document.querySelector('#cpu svg').getBoundingClientRect().height"
    everything, height = signed_in.run(rows), signed_in.run(tall)

    signed_in.run("document.querySelector('[name=stack][value=drf]').click()")

    assert signed_in.run(rows) == everything / 4
    assert signed_in.run(tall) < height
    assert signed_in.run("return location.search") == "?stack=drf"

    signed_in.open(f"{live_server.url}{run.get_absolute_url()}?scenario=simple")
    assert signed_in.run(rows) == everything / 2

    signed_in.run("document.querySelector('#filters [type=reset]').click()")
    signed_in.run("return new Promise((done) => setTimeout(done))")
    assert (signed_in.run(rows), signed_in.run("return location.search")) == (everything, "")


def test_the_file_works_alone_in_the_dark_and_offline(browser: Page, run: Run, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(html.page(collect(run)), encoding="utf-8")
    browser.media(prefers_color_scheme="dark")
    try:
        browser.open(f"file://{tmp_path}/report.html?stack=drf")
        background = browser.run("return getComputedStyle(document.body).backgroundColor")
        requests = browser.run("return performance.getEntriesByType('resource').length")
    finally:
        browser.media(prefers_color_scheme="light")

    assert sum(map(int, background.removeprefix("rgb(").removesuffix(")").split(","))) < 150
    assert requests == 0
    assert browser.complaints() == []


CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(
    signed_in: Page, live_server: LiveServer, run: Run, scheme: str
) -> None:
    signed_in.resize(1440, 900)
    signed_in.media(prefers_color_scheme=scheme)
    try:
        for address in ("/", run.get_absolute_url()):
            signed_in.open(live_server.url + address)
            assert signed_in.run(CONTRAST) == [], address
    finally:
        signed_in.media(prefers_color_scheme="light")


def test_everything_can_be_reached_by_keyboard(signed_in: Page, live_server: LiveServer, run: Run) -> None:
    signed_in.resize(1440, 900)
    signed_in.open(live_server.url + run.get_absolute_url())

    unreachable = signed_in.run(
        "return [...document.querySelectorAll('.scroll')].filter("
        "(one) => one.scrollWidth > one.clientWidth && one.tabIndex < 0).length"
    )
    tables = signed_in.run(
        "return [...document.querySelectorAll('main figure')].filter((one) => one.querySelector('svg.chart')"
        " && !one.querySelector('table') && !one.closest('.sweep, .card')?.querySelector('table')).length"
    )
    assert (unreachable, tables) == (0, 0)
