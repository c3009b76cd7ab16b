from __future__ import annotations

import json
import os
import sys

import pytest

from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.measurement import Environment
from perfcompare.runner import environment


def test_everything_a_figure_depends_on_is_found_and_can_be_stored() -> None:
    facts = environment.collect(os.environ).facts

    assert json.loads(json.dumps(facts)).keys() >= {"cpu_model", "cores", "kernel", "python", "packages"}
    assert facts["packages"]["Django"].startswith("5.2")
    assert facts["postgresql"].keys() >= {"server_version", "fsync", "synchronous_commit", "shared_buffers"}
    assert facts["redis"]["server_version"]
    assert facts["pinning"].endswith(".")


def test_looking_twice_at_one_machine_finds_the_same_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_at(load: float) -> Environment:
        monkeypatch.setattr(os, "getloadavg", lambda: (load, load, load))
        monkeypatch.setattr(sys, "argv", ["manage.py", str(load)])
        return environment.collect(os.environ)

    quiet, busy = looked_at(0.1), looked_at(3.0)

    # others may commit to the repository meanwhile
    assert {**quiet.facts, "dirty": None, "commit": None} == {**busy.facts, "dirty": None, "commit": None}
    assert quiet.at_start["load_average"] != busy.at_start["load_average"]


@pytest.mark.parametrize(
    ("variable", "url", "name"),
    [
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing", "PostgreSQL"),
        ("REDIS_URL", "redis://127.0.0.1:9/0", "Redis"),
    ],
)
def test_a_service_that_does_not_answer_is_named_with_the_way_out(variable: str, url: str, name: str) -> None:
    with pytest.raises(EnvironmentProblem, match=rf"{name} cannot be used: .*correct {variable}"):
        environment.collect({**os.environ, variable: url})


def test_what_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_required", lambda: iter(["Django", "no-such-distribution"]))

    found = environment.packages()

    assert found.keys() == {"Django", "no-such-distribution"}
    assert found["no-such-distribution"] is None


def test_without_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert environment._commit(env.ROOT) == {"commit": None, "dirty": None}
