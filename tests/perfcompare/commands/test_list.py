from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from perfcompare import plugins, registries
from perfcompare.commands import list as subject
from perfcompare.core import env
from perfcompare.core.generator import Generator
from tests.perfcompare.commands.conftest import Call


def test_every_plug_in_is_listed(call: Call) -> None:
    outcome = call("list")

    assert outcome.code == 0
    kinds = (
        registries.scenarios,
        registries.stacks,
        registries.practices,
        plugins.servers,
        plugins.generators,
        plugins.rooms,
    )
    for kind in kinds:
        assert all(f"  {name} " in outcome.out for name in kind)


def test_json_holds_the_same(call: Call) -> None:
    found = json.loads(call("list", "--json").out)

    assert found == json.loads(json.dumps(subject.inventory()))
    assert found["stacks"].keys() == set(registries.stacks)


def test_what_a_stack_does_not_offer_is_said(call: Call) -> None:
    outcome = call("list")

    assert "not offered by every server: cached_users, dashboard" in outcome.out
    assert "simple" not in subject.inventory()["stacks"]["floor"]["not_offered"]


def test_a_stack_is_listed_with_the_servers_that_can_serve_it() -> None:
    stacks = subject.inventory()["stacks"]

    assert "gunicorn_sync" not in stacks["fastapi"]["servers"]
    assert {"gunicorn_sync", "uvicorn"} <= set(stacks["drf"]["servers"])


def test_what_a_stack_changes_by_settings_is_listed_apart_from_its_levers(call: Call) -> None:
    stacks = subject.inventory()["stacks"]

    assert (stacks["drf"]["by_settings"], stacks["drf_settings"]["levers"]) == ([], [])
    assert "settings: persistent connections, granian\n" in call("list").out


def test_a_practice_is_listed_with_the_stacks_and_scenarios_that_it_changes() -> None:
    practices = subject.inventory()["practices"]

    assert practices["throttled"]["scenarios"] == ["protected"]
    assert {"drf", "fastapi"} <= set(practices["throttled"]["stacks"])
    assert "floor" not in practices["throttled"]["stacks"]
    assert practices["cache_page"]["stacks"] == ["drf", "drf_settings", "drf_tuned"]


def test_what_a_server_cannot_do_is_said(call: Call) -> None:
    assert "It closes the connection after each answer" in call("list").out


def test_a_missing_package_is_said() -> None:
    assert subject._packages(subject._versions(["Django", "no-such-package"])).endswith("no-such-package NOT INSTALLED")


def test_a_stack_that_is_not_installed_is_listed_and_says_so(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    stack = replace(registries.stacks["floor"], packages=("no-such-framework", "Django"))
    monkeypatch.setattr(registries.stacks, "_items", {"absent": stack, "drf": registries.stacks["drf"]})

    outcome = call("list")

    assert outcome.code == 0
    assert "  absent " in outcome.out
    assert "no-such-framework NOT INSTALLED, Django " in outcome.out
    assert json.loads(call("list", "--json").out)["stacks"]["absent"]["packages"]["no-such-framework"] is None


def test_listing_imports_no_framework_of_a_stack() -> None:
    frameworks = ["django", "rest_framework", "adrf", "ninja", "dmr", "fastapi", "sqlalchemy"]
    script = (
        "import sys; from perfcompare import registries; list(registries.stacks.items());"
        f"print([name for name in {frameworks} if name in sys.modules])"
    )

    outcome = subprocess.run([sys.executable, "-c", script], cwd=env.ROOT, capture_output=True, text=True, check=True)

    assert outcome.stdout.strip() == "[]"


@pytest.mark.parametrize(("program", "installed"), [("python", True), ("no-such-program", False)])
def test_a_generator_is_installed_when_its_program_is_found(
    monkeypatch: pytest.MonkeyPatch, call: Call, program: str, installed: bool
) -> None:
    monkeypatch.setattr(plugins.generators, "_items", {"one": _generator(program)})

    assert json.loads(call("list", "--json").out)["generators"]["one"]["installed"] is installed
    assert ("not installed; apt install it" in call("list").out) is not installed


def _generator(program: str) -> Generator:
    def unused(*_arguments: object) -> None:
        raise AssertionError

    return Generator(
        label="One",
        program=program,
        command=unused,  # type: ignore[arg-type]
        parse=unused,  # type: ignore[arg-type]
        installation="apt install it",
    )
