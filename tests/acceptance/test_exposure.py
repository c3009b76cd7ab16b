"""What strangers, other users and files may see. The ids: docs/reliability.md."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import psutil
import pytest
from django.test import Client
from django.urls import reverse

from perfcompare.core import env
from tests.acceptance.conftest import Laboratory
from tests.acceptance.test_run import RUN, STORED
from tests.pages import filled, pages
from users.models import User

KEY: Final = "hush-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SECRETS: Final = re.compile(
    rb"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[baprs]-[0-9A-Za-z-]{10,}|sk_live_[0-9a-zA-Z]{24}"
    rb"|-----BEGIN (?:RSA |EC |OPENSSH |DSA |)PRIVATE KEY-----|eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\."
)
"""Keys of AWS, GitHub, Slack and Stripe, private keys, and JSON web tokens."""
UNPICKLING: Final = {"pickle", "marshal", "shelve", "pstats", "dill", "joblib"}


def _admin() -> list[str]:
    anything: dict[str, Any] = defaultdict(lambda: "1", app_label="users", url="users")
    found = [filled(address, page, anything) for address, _name, page in pages() if address.startswith("admin/")]
    return [address for address in found if "(?P" not in address and address != reverse("admin:login")]


@pytest.mark.django_db(databases=["default", "profiles"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "no staff"])
def test_s1_no_page_of_the_admin_opens_for_others_than_staff(client: Client, signed_in: bool, method: str) -> None:
    if signed_in:
        client.force_login(User.objects.create_user("eve@people.example", "Eve"))
    assert len(_admin()) > 30

    for address in _admin():
        response = getattr(client, method)(address)
        assert response.status_code in (302, 403, 404, 405), address


@pytest.mark.django_db(databases=["default", "profiles"])
def test_s1_nothing_is_changed_without_the_token_of_a_form() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    changing = [reverse("perfcompare:start"), reverse("perfcompare:clear_profiles"), "/silk/cleardb/"]

    for address in [*changing, *(one for one in _admin() if one.endswith(("/add/", "/delete/", "/logout/")))]:
        assert client.post(address).status_code == 403, address


def test_s2_s7_a_run_writes_no_secret_and_listens_on_this_machine_alone(laboratory: Laboratory) -> None:
    report = laboratory.folder / "report"
    telling = Laboratory(laboratory.folder, {"SECRET_KEY": KEY})
    with telling.started(*RUN, "--rounds", "4", "--folder", str(report)) as run:
        run.wait_for(STORED)
        listening = {one.laddr.ip for one in psutil.net_connections("tcp") if one.laddr and _is_of(laboratory, one)}
        assert run.process.wait(timeout=120) == 0, run.log.read_text()

    assert listening == {"127.0.0.1"}
    archive = laboratory.folder / "run.tar.gz"
    assert telling.call("perfcompare", "export", "latest", "--format", "raw", "--output", str(archive)).returncode == 0
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(report)], check=True)
    written = [one for one in [*report.rglob("*"), *laboratory.folder.glob("*.log"), run.log] if one.is_file()]
    assert len(written) > 5
    for file in written:
        assert KEY.encode() not in file.read_bytes(), file


def _is_of(laboratory: Laboratory, one: Any) -> bool:
    if one.status != psutil.CONN_LISTEN or one.pid is None:
        return False
    try:
        return psutil.Process(one.pid).environ().get("PERFCOMPARE_STATE") == str(laboratory.folder)
    except psutil.Error:
        return False


PRODUCTION: Final = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "api.people.example",
    "DEBUG": "0",
}


def _deployed(**told: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(env.ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"],
        env={**os.environ, **PRODUCTION, **told},
        capture_output=True,
        text=True,
    )


def test_s3_production_settings_pass_the_deployment_checks() -> None:
    done = _deployed()

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DEBUG", "1", "DEBUG is on"),
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("SECRET_KEY", "short", "SECRET_KEY has only 5 characters"),
        ("SECRET_KEY", f"django-insecure-{KEY}", "SECRET_KEY is the published one"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is empty"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS holds *"),
    ],
)
def test_s3_production_settings_refuse_what_only_a_developers_machine_may_have(
    variable: str, value: str, said: str
) -> None:
    done = _deployed(**{variable: value})

    assert done.returncode != 0
    assert said in done.stderr


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=env.ROOT, capture_output=True, check=True).stdout
    return [env.ROOT / os.fsdecode(name) for name in listed.split(b"\0") if name]


def test_s8_no_file_of_the_checkout_holds_a_secret() -> None:
    found = [file for file in _tracked() if file.is_file() and SECRETS.search(file.read_bytes())]

    assert found == []


def test_s8_nothing_that_a_user_gives_is_unpickled() -> None:
    """The levers, which read what Django's cache has pickled, take no files."""
    for file in _tracked():
        inside = file.relative_to(env.ROOT).as_posix()
        if file.suffix == ".py" and inside.startswith(("perfcompare/", "users/")) and "/levers/" not in inside:
            imported = {
                name.partition(".")[0] for node in ast.walk(ast.parse(file.read_text())) for name in _imports(node)
            }
            assert not imported & UNPICKLING, inside


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
