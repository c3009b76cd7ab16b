"""A lever's parts: each as a whole or not at all, with its reasons."""

from __future__ import annotations

import functools
from typing import Any

import django
import pytest
from django.core.checks import run_checks

from perfcompare.core.versions import Range
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, installation, works
from perfcompare.levers._replacing.installation import check_levers
from perfcompare.levers._versions import DJANGO
from tests.perfcompare.levers._replacing.conftest import Make
from tests.perfcompare.levers._replacing.library import library, replacement

OLDER = Range("Django", "1.0", "2.0")
MISSING = Range("no-such-distribution", "1.0", "2.0")


def _constant(owner: Any, name: str) -> Replacement:
    return replacement(owner, name, lambda _self, *_args: "lever")


def _reasons(lever: Any) -> dict[str, list[tuple[str, str]]]:
    return {name: [(one.id, one.sentence) for one in part.reasons] for name, part in lever.parts.items()}


def _warnings() -> list[tuple[str | None, str]]:
    return [(one.id, one.msg) for one in check_levers() if "sample" in one.msg]


def test_a_part_with_one_unknown_original_is_stock_as_a_whole(lever: Make) -> None:
    owner, other = library(), library()
    known, unknown = _constant(owner, "greet"), Replacement(owner, "leave", lambda _self: "lever", "0123456789ab")
    made = lever(tested=(DJANGO,), bad=(known, unknown), good=(_constant(other, "greet"),))
    made.install()

    assert (owner().greet(), owner().leave(), other().greet()) == ("hello you", "bye", "lever")
    ((identity, sentence),) = _reasons(made)["bad"]
    assert (identity, _reasons(made)["good"]) == ("perfcompare.W002", [])
    assert _warnings() == [("perfcompare.W002", f"The lever sample leaves its part bad stock. {sentence}")]


def test_an_owner_that_cannot_be_changed_leaves_nothing_behind(lever: Make) -> None:
    owner = library()
    made = lever(bad=(_constant(owner, "greet"), Replacement(int, "added", 1)))
    made.install()

    assert owner().greet() == "hello you"
    assert [identity for identity, _ in _reasons(made)["bad"]] == ["perfcompare.W003"]


def test_another_version_is_stock_and_its_module_is_not_even_imported(lever: Make) -> None:
    made = lever(tested=(OLDER,), absent=())
    del __import__("sys").modules["perfcompare.levers.sample.absent"]
    made.install()

    (reason,) = made.reasons
    assert reason.id == "perfcompare.W001"
    assert reason.sentence == f"Django {django.get_version()} is installed; tested: 1.0 to 2.0."
    assert _warnings() == [("perfcompare.W001", f"The lever sample is off. {reason.sentence}")]
    assert made.parts["absent"].reasons == ()


def test_a_package_that_a_part_can_do_without_is_no_warning(lever: Make) -> None:
    made = lever(tested=(DJANGO,), optional=(MISSING,), part=())
    made.install()

    assert not made.parts["part"].is_active
    assert _reasons(made) == {"part": [("", "no-such-distribution is not installed.")]}
    assert _warnings() == []


def test_a_package_that_the_lever_needs_is_one(lever: Make) -> None:
    lever(tested=(MISSING,), part=()).install()

    assert [identity for identity, _ in _warnings()] == ["perfcompare.W001"]


def test_a_module_that_cannot_be_loaded_is_told_of(lever: Make) -> None:
    def broken() -> Any:
        raise LookupError("No installed app with label 'authtoken'.")

    made = lever(part={"REPLACEMENTS": broken}, other={})
    made.install()

    assert [identity for parts in _reasons(made).values() for identity, _ in parts] == ["perfcompare.W003"] * 2
    assert "authtoken" in _reasons(made)["part"][0][1]


def test_a_part_whose_own_set_up_fails_leaves_nothing_behind(lever: Make) -> None:
    def fail() -> None:
        raise RuntimeError("No.")

    owner = library()
    made = lever(part={"REPLACEMENTS": (_constant(owner, "greet"),), "after_install": fail})
    made.install()

    assert owner().greet() == "hello you"
    ((identity, sentence),) = _reasons(made)["part"]
    assert (identity, sentence) == (
        "perfcompare.W003",
        "perfcompare.levers.sample.part cannot be installed: RuntimeError('No.')",
    )


def test_the_module_hears_when_it_is_installed_and_taken_away(lever: Make) -> None:
    heard: list[str] = []
    hooks = {name: functools.partial(heard.append, name) for name in ("after_install", "after_uninstall")}
    made = lever(part={"REPLACEMENTS": (), **hooks})
    made.install()
    made.install()
    made.uninstall()

    assert heard == ["after_install", "after_uninstall"]


def test_a_part_on_which_a_patch_stands_stays_as_a_whole(lever: Make) -> None:
    owner = library()
    made = lever(part=(_constant(owner, "greet"), _constant(owner, "leave")))
    made.install()
    ours, owner.greet = owner.greet, lambda self: f"traced({ours(self)})"
    made.uninstall()

    assert (owner().greet(), owner().leave()) == ("traced(lever)", "lever")
    assert made.parts["part"].is_active
    assert [identity for identity, _ in _warnings()] == ["perfcompare.W004"]
    owner.greet = ours


def test_a_lever_that_nobody_asked_for_is_no_warning(lever: Make) -> None:
    made = lever(tested=(OLDER,), part=())
    made.install()
    made.uninstall()

    assert _warnings() == []


def test_django_runs_the_check(lever: Make) -> None:
    lever(tested=(OLDER,), part=()).install()

    assert "perfcompare.W001" in [one.id for one in run_checks(tags=["compatibility"])]


def test_a_range_that_a_part_names_concerns_that_part_alone(lever: Make) -> None:
    made = lever(tested=(DJANGO, OLDER), optional=(OLDER,), part=())
    made.install()

    assert made.reasons == ()
    assert [identity for identity, _ in _reasons(made)["part"]] == ["perfcompare.W001"]


def test_a_lever_that_replaces_nothing_asks_and_is_told_of_once(lever: Make, caplog: pytest.LogCaptureFixture) -> None:
    assert [works("sample", (DJANGO, OLDER)), works("sample", (DJANGO, OLDER))] == [False, False]
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["sample is off"]
    assert [identity for identity, _ in _warnings()] == ["perfcompare.W001"]

    lever(tested=(DJANGO,))
    assert works("sample", ()) is True


def test_what_depends_on_settings_is_forgotten_as_long_as_the_part_is_active(lever: Make, settings: Any) -> None:
    heard: list[str | None] = []
    made = lever(part={"REPLACEMENTS": (), "forget": lambda **signal: heard.append(signal.get("setting"))})
    settings.DEFAULT_CHARSET = "utf-16"
    made.install()
    settings.DEFAULT_CHARSET = "utf-8"
    made.uninstall()
    settings.DEFAULT_CHARSET = "utf-16"

    assert heard == ["DEFAULT_CHARSET", None]


def test_a_part_that_cannot_look_at_what_it_leaves_says_so(lever: Make) -> None:
    def objections() -> Any:
        raise LookupError("No driver.")

    made = lever(part={"REPLACEMENTS": (), "objections": objections})
    made.install()

    assert made.parts["part"].objections == ("what it leaves to stock cannot be looked at: LookupError('No driver.').",)


def test_a_lever_whose_module_cannot_be_loaded_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "_installations", {})
    made = installation.Installation("frozen_gc", tested=(), module="missing")
    made.install()

    (said,) = made.objections
    assert said.startswith("what it leaves to stock cannot be looked at: ModuleNotFoundError(")


def test_only_an_active_part_judges_the_classes_of_a_project(lever: Make) -> None:
    judgement = Judgement(kind="classes", name="Ada", reason=None)
    made = lever(part={"REPLACEMENTS": (), "judgements": lambda _project: iter((judgement,))}, silent=())
    project = Project()
    assert [*made.parts["part"].judgements(project)] == []

    made.install()
    assert [[*one.judgements(project)] for one in made.parts.values()] == [[judgement], []]
