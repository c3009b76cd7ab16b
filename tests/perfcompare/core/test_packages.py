from __future__ import annotations

from perfcompare.core.packages import installed, version


def test_an_installed_distribution_has_a_version() -> None:
    assert installed("pytest")
    assert version("pytest")


def test_a_missing_one_has_none() -> None:
    assert not installed("no-such-distribution")
    assert version("no-such-distribution") is None
