"""The project keeps its own PostgreSQL driver, although this package brings another one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from perfcompare.project import driver


def _installed(folder: Path, name: str, *, requested: bool, requires: str = "") -> None:
    place = folder / f"{name}-3.2.dist-info"
    place.mkdir()
    asked = f"Requires-Dist: {requires}\n" if requires else ""
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 3.2\n{asked}\n")
    if requested:
        (place / "REQUESTED").touch()
    (place / "RECORD").write_text(f"{place.name}/REQUESTED,,\n" if requested else "")


@pytest.mark.parametrize(
    ("old_requested", "new_requested", "another", "found"),
    [
        (True, False, "", "psycopg2"),
        (True, False, 'psycopg>=3; extra == "postgres"', "psycopg2"),
        (True, False, "psycopg[binary]>=3", ""),
        (True, True, "", ""),
        (False, False, "", ""),
    ],
)
def test_psycopg2_stays_where_only_this_package_asked_for_psycopg_3(
    tmp_path: Path, old_requested: bool, new_requested: bool, another: str, found: str
) -> None:
    _installed(tmp_path, "psycopg2_binary", requested=old_requested)
    _installed(tmp_path, "psycopg", requested=new_requested)
    _installed(tmp_path, "perfcompare", requested=True, requires="psycopg[binary,pool]>=3.2.3")
    _installed(tmp_path, "another", requested=True, requires=another)

    assert driver.own([str(tmp_path)]) == found


def test_a_process_that_keeps_psycopg2_finds_no_psycopg_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", sys.modules.get("psycopg"))
    monkeypatch.setenv(driver.VARIABLE, "psycopg2")

    driver.apply()

    with pytest.raises(ImportError):
        importlib.import_module("psycopg")


def test_the_driver_is_named_and_how_another_one_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "version", {"psycopg": "3.2", "psycopg2": "2.9"}.get)

    said = driver.said({driver.VARIABLE: "psycopg2"})

    assert said.startswith("The driver for PostgreSQL is psycopg2 2.9. psycopg 3.2 is installed too;")
    assert 'PERFCOMPARE_DRIVER = "psycopg"' in said
    assert driver.said({}).startswith("The driver for PostgreSQL is psycopg 3.2. psycopg2 2.9 is installed too;")
