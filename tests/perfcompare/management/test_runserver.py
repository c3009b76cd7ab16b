"""The development server as a person starts it: in a state folder where nobody has made silk's tables."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

import psycopg
import pytest
from django.core.management import CommandError, call_command

from perfcompare import mounted
from perfcompare.core import env
from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Reply, Request
from perfcompare.registries import scenarios, stacks
from perfcompare.runner.client import Client
from perfcompare.services import databases
from perfcompare.targets.demonstration import differences
from tests.waiting import until

DATASET: Final = Dataset(count=1200, seed=1)
DATABASE: Final = "perfcompare_development"
PREPARE: Final = """
import json
from django.core.management import call_command
from django.test import Client
from users.models import User
call_command("migrate", verbosity=0)
call_command("seed_users", count={count}, seed={seed}, verbosity=0)
User.objects.filter(pk=1).update(is_staff=True, is_superuser=True)  # another user would be in the answers
client = Client()
client.force_login(User.objects.get(pk=1))
print(json.dumps(client.cookies["sessionid"].value))
"""
READ_ONLY: Final = [
    (stack, name)
    for stack in mounted.DJANGO
    for name in ("simple", "user_detail", "user_list", "dashboard", "protected")
    if name in stacks[stack].scenarios
]


@dataclass(frozen=True, kw_only=True)
class Running:
    """The server, and a session of a superuser."""

    client: Client
    session: str
    records: Path

    def get(self, path: str) -> Reply:
        return self.client.send(Request(method="GET", path=path, headers={"cookie": f"sessionid={self.session}"}), "/")

    def statements(self, number: str) -> int:
        """How many silk has of one of its requests."""
        with closing(sqlite3.connect(self.records)) as connection:
            (count,) = connection.execute("SELECT num_sql_queries FROM silk_request WHERE id = ?", (number,)).fetchone()
        return int(count)


@pytest.fixture(scope="module")
def running(services: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("state")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "DATABASE_URL": databases.ensure(os.environ["DATABASE_URL"], DATABASE),
        "PERFCOMPARE_STATE": str(folder),
        "SILK": "1",
    }
    manage = [sys.executable, str(env.ROOT / "manage.py")]
    prepare = PREPARE.format(count=DATASET.count, seed=DATASET.seed)
    prepared = subprocess.run([*manage, "shell", "-c", prepare], env=environ, capture_output=True, text=True)
    assert prepared.returncode == 0, prepared.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log"
    with log.open("w") as written:
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", f"127.0.0.1:{port}"], env=environ, stdout=written, stderr=written
        )
    client = Client("127.0.0.1", port)
    try:
        until(lambda: _answers(client) or server.poll() is not None)
        assert server.poll() is None, log.read_text()
        session = json.loads(prepared.stdout.splitlines()[-1])
        yield Running(client=client, session=session, records=folder / "profiles.sqlite3")
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(client: Client) -> bool:
    with suppress(OSError):
        return client.send(Request(method="GET", path="health"), "/").status == 200
    return False


def test_r3_a_taken_port_names_the_process_that_holds_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} of 127.0.0.1 is taken by process {os.getpid()} \("):
            call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)


def test_silks_pages_are_there_from_the_start(running: Running) -> None:
    for path in ("silk/", "silk/requests/", "silk/profiling/"):
        assert running.get(path).status == 200, path
        anonymous = running.client.send(Request(method="GET", path=path), "/")
        assert (anonymous.status, anonymous.headers["location"]) == (302, f"/admin/login/?next=/{path}")


@pytest.mark.parametrize(("stack", "name"), READ_ONLY)
def test_a_request_is_answered_rightly_and_recorded_with_its_statements(
    running: Running, stack: str, name: str
) -> None:
    for exchange in islice(scenarios[name].traffic(DATASET, Random(1)), 2):  # the first one warms up
        answered = running.client.send(exchange.request, f"/api/{stack}/")
        assert exchange.expected.difference(answered) is None

    number = answered.headers["x-perfcompare-silk"]
    assert running.statements(number) == differences.statements(stack, (), name, scenarios[name])
    assert running.get(f"silk/request/{number}/sql/").status == 200


@pytest.mark.parametrize("stack", mounted.BRIDGED)
def test_fastapi_is_served_and_not_recorded(running: Running, stack: str) -> None:
    answered = running.client.send(Request(method="GET", path="users/1"), f"/api/{stack}/")

    assert answered.status == 200
    assert "x-perfcompare-silk" not in answered.headers


def test_the_front_page_says_what_is_here(running: Running) -> None:
    page = running.get("").body.decode()

    assert "Silk records every request to a Django stack" in page
    assert 'href="/api/fastapi/docs"' in page
