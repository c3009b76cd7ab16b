"""A headless Chromium, signed in as staff, and a run to look at. Without a browser the tests fail and name the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from perfcompare.pictures.browser import Page, opened
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run
from users.models import User

LEVELS = (1, 8, 32)


@pytest.fixture(scope="session")
def browser() -> Iterator[Page]:
    """One browser for all tests."""
    with opened() as page:
        yield page


@pytest.fixture
def signed_in(browser: Page, live_server: LiveServer) -> Page:
    """The browser with a session of a superuser."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    browser.open(f"{live_server.url}/health")
    browser.sign_in({settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value})
    browser.complaints()
    return browser


@pytest.fixture
def run(transactional_db: None) -> Run:
    """Four stacks, two scenarios, three concurrencies and three rounds."""
    stacks = {"fastapi": FASTAPI.server, "drf": DRF.server, "ninja": DRF.server, "adrf": FASTAPI.server}
    costs = {"fastapi": 100.0, "drf": 310.0, "ninja": 190.0, "adrf": 400.0}
    cells = [
        Cell(scenario=scenario, stack=stack, server=server, concurrency=level)
        for scenario in ("simple", "user_detail")
        for level in LEVELS
        for stack, server in stacks.items()
    ]
    made = make_run(cells, rounds=3, label="A run to look at")
    for number in range(1, 4):
        for cell in cells:
            cost = costs[cell.stack] * (1 + number / 100)
            made.record(make_measurement(cell, round=number, cpu_us=cost, load={"answers": int(2e6 / cost)}))
    made.end(Run.State.FINISHED)
    return made
