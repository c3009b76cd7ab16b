"""`INSTALLED_APPS += ["perfcompare"]` in a project that knows nothing of this one."""

from __future__ import annotations

from tests.project.conftest import Shop


def test_the_project_gets_the_subcommands_and_no_table(shop: Shop) -> None:
    assert "perfcompare" not in shop.manage("showmigrations")
    assert "No changes detected" in shop.manage("makemigrations", "--check", "--dry-run")
    assert "no issues" in shop.manage("check")
    assert "subcommands" in shop.manage("perfcompare", "--help")
