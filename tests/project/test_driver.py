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
    ("new_requested", "all_requested", "another", "found"),
    [
        (False, False, "", "psycopg2"),
        (False, False, 'psycopg>=3; extra == "postgres"', "psycopg2"),
        (False, False, "psycopg2-binary", "psycopg2"),
        (False, False, "psycopg[binary]>=3", ""),
        (True, False, "", ""),
        (True, True, "", "psycopg2"),
        (True, True, "psycopg[binary]>=3", ""),
    ],
)
def test_psycopg2_stays_where_only_this_package_needs_psycopg_3(
    tmp_path: Path, new_requested: bool, all_requested: bool, another: str, found: str
) -> None:
    _installed(tmp_path, "psycopg2_binary", requested=all_requested)
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
