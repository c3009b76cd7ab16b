from __future__ import annotations

import pytest

from perfcompare.core.errors import UsageError
from perfcompare.core.lever import Lever
from perfcompare.core.stack import Stack, prefix
from perfcompare.registries import levers, stacks

WSGI, ASGI = "config.wsgi:application", "config.asgi:application"


def _lever(label: str, **given: object) -> Lever:
    return Lever(label=label, changes="", costs="", source="", lines=(), tested=(), **given)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    """`plain` without levers, `tuned` with three: the second and the third put another application in place."""
    made = {
        "first": _lever("one", packages=("orjson",)),
        "second": _lever("two", targets={"asgi": "second:application"}),
        "third": _lever("three", targets={"asgi": "third:application"}, packages=("orjson", "msgspec")),
    }
    for name, lever in made.items():
        monkeypatch.setitem(levers._items, name, lever)
    for name, applied in {"plain": (), "tuned": tuple(made)}.items():
        stack = Stack(
            label=name.capitalize(),
            summary="",
            packages=("Django",),
            scenarios=frozenset({"simple"}),
            targets={"wsgi": WSGI, "asgi": ASGI},
            server="uvicorn",
            levers=applied,
        )
        monkeypatch.setitem(stacks._items, name, stack)


def test_a_step_has_the_first_levers_of_its_ladder() -> None:
    assert stacks["tuned@0"].levers == ()
    assert stacks["tuned@2"].levers == ("first", "second")
    assert stacks["tuned@3"].levers == stacks["tuned"].levers


def test_a_step_says_what_it_adds() -> None:
    assert stacks["tuned@0"].label == "Tuned, step 0: no levers yet"
    assert stacks["tuned@2"].label == "Tuned, step 2: + two"


@pytest.mark.parametrize(
    ("name", "target"),
    [("plain", ASGI), ("tuned@1", ASGI), ("tuned@2", "second:application"), ("tuned", "third:application")],
)
def test_the_last_lever_with_a_target_replaces_the_stacks(name: str, target: str) -> None:
    assert stacks[name].targets == {"wsgi": WSGI, "asgi": target}


def test_the_packages_of_the_levers_are_added_once() -> None:
    assert stacks["tuned@1"].packages == ("Django", "orjson")
    assert stacks["tuned"].packages == ("Django", "orjson", "msgspec")


def test_the_prefix_is_that_of_the_whole_ladder() -> None:
    assert prefix("tuned@2") == prefix("tuned") == "/api/tuned/"


def test_steps_are_found_but_not_listed() -> None:
    assert "tuned@1" in stacks
    assert "tuned@1" not in list(stacks)


@pytest.mark.parametrize("name", ["tuned@4", "tuned@-1", "tuned@x", "plain@1"])
def test_a_step_that_the_ladder_lacks_is_a_usage_error(name: str) -> None:
    assert name not in stacks
    with pytest.raises(UsageError, match=r"there is no step"):
        stacks.choose([name])


def test_a_step_of_an_unknown_stack_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"There is no stack 'tund'. Did you mean 'tuned'\?"):
        stacks.choose(["tund@1"])


def test_chosen_stacks_carry_what_their_levers_replace() -> None:
    assert stacks.choose(["tuned@2"])["tuned@2"].targets["asgi"] == "second:application"
