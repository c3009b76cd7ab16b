"""The worked example of CONTRIBUTING.md, performed with a real server."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import perfcompare.servers as package
from perfcompare import plugins
from perfcompare.commands.list import inventory
from perfcompare.core.dataset import Dataset
from perfcompare.core.registry import Registry
from perfcompare.core.server import Server
from perfcompare.registries import stacks
from perfcompare.runner.client import Client
from perfcompare.runner.verification import check
from perfcompare.targets.demonstration.target import endpoint
from tests.docs.pages import section
from tests.serving import serve

EXAMPLE: Final = section("CONTRIBUTING.md", "A server: a worked example")


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The example's file, written as it says, beside the other servers; found as any other one is."""
    (path,) = re.findall(r"Create `perfcompare/servers/(\w+)\.py`", EXAMPLE)
    (program,) = re.findall(r"^```python\n(.*?)^```$", EXAMPLE, flags=re.MULTILINE | re.DOTALL)
    known = set(plugins.servers)  # before the new one can be found
    (tmp_path / f"{path}.py").write_text(program, encoding="utf-8")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    found = Registry("perfcompare.servers", attribute="SERVER", kind=Server)
    assert set(found) == {*known, path}
    monkeypatch.setitem(plugins.servers._items, path, found[path])
    yield path
    sys.modules.pop(f"perfcompare.servers.{path}")


def test_the_new_server_is_listed_for_every_stack_of_its_interface(name: str) -> None:
    found = inventory()

    assert found["servers"][name]["interface"] == "asgi"
    assert all((name in one["servers"]) == ("asgi" in stacks[stack].targets) for stack, one in found["stacks"].items())


def test_the_new_server_answers_as_the_contract_says(name: str, tmp_path: Path) -> None:
    scenario = endpoint("simple", Dataset(count=1, seed=1))

    with serve("floor", name, environ=os.environ, log=tmp_path / "server.log") as server:
        assert check(Client(server.host, server.port), server.prefix, scenario, sample=5, every_case=True) is None


def test_the_example_says_how_to_go_on(name: str) -> None:
    assert f"-k {name}" in EXAMPLE
    assert f"--servers uvicorn,{name}" in EXAMPLE
