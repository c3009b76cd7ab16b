from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfcompare.core.errors import UsageError
from perfcompare.core.registry import Registry, RegistryError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package `plugs` with the plug-ins `one` and `two`."""
    folder = tmp_path / "plugs"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "one.py").write_text("THING = 1")
    (folder / "two.py").write_text("THING = 2")
    for name in ("_shared", "apps", "management"):
        (folder / f"{name}.py").write_text("raise RuntimeError('not a plug-in')")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "plugs"]:
        del sys.modules[name]


def registry() -> Registry[int]:
    return Registry("plugs", attribute="THING", kind=int)


@pytest.mark.usefixtures("package")
def test_every_file_is_a_plug_in_under_its_own_name() -> None:
    assert dict(registry()) == {"one": 1, "two": 2}


def test_a_file_without_its_object_is_named(package: Path) -> None:
    (package / "three.py").touch()
    with pytest.raises(RegistryError, match=r"plugs\.three must define THING as a int, got None\."):
        dict(registry())


@pytest.mark.usefixtures("package")
def test_an_unknown_name_gets_a_suggestion_and_the_list() -> None:
    with pytest.raises(UsageError, match=r"no int 'twoo'\. Did you mean 'two'\? Known: one, two\."):
        registry().choose(["one", "twoo"])


@pytest.mark.usefixtures("package")
def test_chosen_plug_ins_keep_the_order_of_the_names() -> None:
    assert list(registry().choose(["two", "one"])) == ["two", "one"]
