from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from perfcompare import mounted, recording
from perfcompare.core import env
from perfcompare.models import Run
from perfcompare.registries import stacks
from perfcompare.views import front
from tests.perfcompare.factories import DRF, make_measured_run, make_run
from users.models import User

pytestmark = pytest.mark.django_db
WITHOUT_TABLES = """
import django
django.setup()
from django.test import Client
client = Client()
client.cookies["sessionid"] = "of-before"
answered = client.get("/")
print(answered.status_code, answered.content.decode())
"""


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    return client


def shown(client: Client) -> str:
    answered = client.get("/")
    assert answered.status_code == 200
    return answered.content.decode()


def test_without_a_run_it_names_the_command_that_measures(client: Client, root: Client) -> None:
    for one in (client, root):
        page = shown(one)
        assert "<code>make compare</code> measures" in page
        assert "What the last run found" not in page


def test_staff_sees_the_answer_and_the_picture_of_the_last_run(root: Client) -> None:
    make_measured_run(cpu_us=200.0)
    run = make_measured_run(cpu_us=310.0)
    make_run()

    page = shown(root)

    assert "DRF as it comes costs 3.10x FastAPI&#x27;s CPU per request on simple." in page
    assert f'href="{run.get_absolute_url()}"' in page
    assert f'href="{run.get_absolute_url()}?scenario=simple"' in page
    assert 'class="chart"' in page


@pytest.mark.parametrize("signed_in", [False, True])
def test_who_is_no_staff_sees_nothing_that_was_measured(client: Client, signed_in: bool) -> None:
    run = make_measured_run(cpu_us=310.0, label="a secret label")
    if signed_in:
        client.force_login(User.objects.create_user("eve@people.example", "Eve"))

    page = shown(client)

    assert "Sign in to see the last run" in page
    told = ("3.10x", "a secret label", run.get_absolute_url(), 'class="chart"')
    assert [text for text in told if text in page] == []


def test_how_to_make_a_superuser_is_said_as_long_as_nobody_can_sign_in(client: Client) -> None:
    assert "createsuperuser" in shown(client)

    User.objects.create_user("ada@people.example", "Ada", is_staff=True)

    assert "createsuperuser" not in shown(client)


def test_every_documentation_that_is_served_is_linked(client: Client, settings: Settings) -> None:
    links = {name: f'href="/api/{name}/{stack.docs}"' for name, stack in mounted.PRESENT.items() if stack.docs}
    assert {"drf", "fastapi"} <= set(links)

    page = shown(client)
    assert [name for name, link in links.items() if link not in page] == []

    settings.WSGI_APPLICATION = "config.wsgi.application"
    page = shown(client)
    assert [name for name, link in links.items() if link not in page] == list(mounted.BRIDGED)


@pytest.mark.parametrize(
    ("middleware", "said"), [([recording.BOUNDED], "Silk records every request"), ([], "Silk does not record here")]
)
def test_it_says_whether_silk_records(client: Client, settings: Settings, middleware: list[str], said: str) -> None:
    settings.MIDDLEWARE = [*middleware, *settings.MIDDLEWARE]

    assert said in shown(client)


def test_a_run_under_way_is_linked(root: Client) -> None:
    run = make_run([DRF])

    assert f'<a href="{run.get_absolute_url()}">{run}</a> is under way' in shown(root)


@pytest.mark.parametrize(
    "options",
    [{"cells": [{"scenario": "gone"}]}, {"cells": 3}, {"cells": [asdict(DRF)], "anatomy": [{}]}, {"connections": [{}]}],
)
@pytest.mark.filterwarnings("ignore")
def test_an_odd_run_does_not_break_the_page(root: Client, options: dict[str, Any]) -> None:
    run = make_measured_run()
    Run.objects.filter(pk=run.pk).update(options=options)

    page = shown(root)

    assert "It cannot be shown here" in page
    assert f'href="{run.get_absolute_url()}"' in page


def test_a_run_without_anything_to_compare_has_its_reason(root: Client) -> None:
    run = make_run([DRF])
    run.end(Run.State.FINISHED)

    assert str(run) in shown(root)


@pytest.mark.parametrize(("debug", "said"), [(True, "not here"), (False, "The database does not answer.")])
def test_a_database_that_is_away_does_not_break_the_page(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, debug: bool, said: str
) -> None:
    def away() -> None:
        raise OperationalError("not here")

    settings.DEBUG = debug
    monkeypatch.setattr(front, "_hint", away)

    page = shown(client)

    assert said in page
    assert "make setup" in page


def test_missing_tables_do_not_break_the_page(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
        "PERFCOMPARE_STATE": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TABLES], env=environ, cwd=env.ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout[:3], done.stderr) == (0, "200", "")
    assert "The tables for runs are missing" in done.stdout
    assert "make setup" in done.stdout


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/").status_code == 405
    assert client.head("/").status_code == 200


def test_stacks_that_are_left_out_are_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounted, "ABSENT", {"ninja": ("django-ninja",)})

    said = front.LEFT_OUT.format(stacks["ninja"].label, "django-ninja", "django-ninja")
    assert said in shown(client)
