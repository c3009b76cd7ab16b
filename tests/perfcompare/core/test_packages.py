from __future__ import annotations

from importlib import metadata

import pytest

from perfcompare.core.packages import installed, missing, version


def test_an_installed_distribution_has_a_version() -> None:
    assert installed("pytest")
    assert version("pytest")


def test_a_missing_one_has_none() -> None:
    assert not installed("no-such-distribution")
    assert version("no-such-distribution") is None


def test_what_an_extra_lacks_is_named_and_what_others_lack_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["Django>=5.2", "pytest>=7; extra == 'lab'", "no-such-one[x]>=1; extra == 'lab'", "none; extra == 'drf'"]
    monkeypatch.setattr(metadata, "requires", lambda _name: asked)

    assert missing("lab") == ["no-such-one"]


def test_a_clone_that_is_not_installed_lacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)

    assert missing("lab") == []
