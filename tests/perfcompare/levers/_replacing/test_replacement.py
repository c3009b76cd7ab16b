"""What becomes of an attribute of another package's class, alone and with other people's patches."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import pytest

from perfcompare.levers._replacing import Replacement
from tests.perfcompare.levers._replacing.library import library, louder, replacement


def _louder(owner: Any, name: str = "LOUDER") -> Replacement:
    greet, calls = louder(name)
    made: Replacement = replacement(owner, "greet", greet)
    calls.append(made)
    return made


def _patched(owner: Any) -> Any:
    """Patch as instrumentation does: with a wrapper that looks like what it wraps."""
    stock = owner.greet

    @functools.wraps(stock)
    def greet(self: Any, *args: Any) -> str:
        return f"traced({stock(self, *args)})"

    owner.greet = greet
    return greet


def test_a_method_is_replaced_and_stock_again() -> None:
    owner = library()
    stock, one = owner.greet, _louder(owner)

    assert one.refusal() is None
    one.install()
    assert owner().greet("Ada") == "LOUDER(hello Ada)"
    one.uninstall()
    assert owner.greet is stock


def test_installing_twice_is_installing_once() -> None:
    owner = library()
    stock, one = owner.greet, _louder(owner)

    one.install()
    one.install()
    assert owner().greet() == "LOUDER(hello you)"
    one.uninstall()
    assert owner.greet is stock


def test_a_property_keeps_its_setter_and_its_words() -> None:
    owner = library()
    stock = vars(owner)["size"]
    one = replacement(owner, "size", lambda self: 10 * self._size)

    one.install()
    made = owner()
    made.size = 3
    assert (made.size, owner.size.__doc__) == (30, "How large it is.")
    one.uninstall()
    assert vars(owner)["size"] is stock


@pytest.mark.parametrize(("name", "before"), [("added", "absent"), ("limit", "None")])
def test_a_value_comes_and_goes(name: str, before: str) -> None:
    owner = library()
    state = dict(vars(owner))
    one = Replacement(owner, name, 5, before)

    assert one.refusal() is None
    one.install()
    assert getattr(owner, name) == 5
    one.uninstall()
    assert dict(vars(owner)) == state


def test_what_a_newer_version_has_itself_is_not_added() -> None:
    owner = library()
    one = Replacement(owner, "size", property(lambda _self: 0))

    assert one.refusal() == f"{one.target} exists here, and the lever would add it."


def test_what_an_older_version_lacks_is_not_replaced() -> None:
    owner = library()
    one = _louder(owner)
    del owner.greet

    assert one.refusal() == f"{one.target} does not exist here."


def test_a_patch_that_came_first_is_left_alone() -> None:
    owner = library()
    one = _louder(owner)
    _patched(owner)

    refusal = one.refusal()
    assert refusal is not None
    assert refusal.endswith(f"has been replaced by {__name__}._patched.<locals>.greet.")


def test_code_that_was_exchanged_in_place_is_left_alone() -> None:
    owner = library()
    one = _louder(owner)
    other = library().leave
    owner.greet.__code__ = other.__code__.replace(co_qualname=owner.greet.__code__.co_qualname)

    assert "is not what the lever was tested with" in str(one.refusal())


def test_a_patch_that_came_later_stays_and_calls_the_lever() -> None:
    owner = library()
    one = _louder(owner)
    one.install()
    theirs = _patched(owner)

    assert one.is_stuck
    one.uninstall()
    assert owner.greet is theirs
    assert owner().greet() == "traced(LOUDER(hello you))"
    assert str(one.patched_by).endswith("_patched.<locals>.greet")

    owner.greet = one.value
    one.uninstall()
    assert owner().greet() == "hello you"


@pytest.mark.parametrize("first_goes", [True, False])
def test_a_lever_on_another_lever(first_goes: bool) -> None:
    owner = library()
    stock, first, second = owner.greet, _louder(owner, "first"), _louder(owner, "second")
    first.install()
    assert second.refusal() is None
    second.install()
    assert owner().greet() == "second(first(hello you))"

    gone, left = (first, second) if first_goes else (second, first)
    gone.uninstall()
    assert owner().greet() == f"{'second' if first_goes else 'first'}(hello you)"
    assert owner.greet.__wrapped__ is stock
    left.uninstall()
    assert owner.greet is stock


def test_nothing_of_the_lever_can_be_seen() -> None:
    owner = library()
    stock, one = owner.greet, _louder(owner)
    stock.alters_data = True
    one.install()

    seen = owner.greet
    assert [getattr(seen, name) for name in ("__name__", "__qualname__", "__module__", "__doc__", "alters_data")] == [
        getattr(stock, name) for name in ("__name__", "__qualname__", "__module__", "__doc__", "alters_data")
    ]
    assert inspect.signature(seen) == inspect.signature(stock)
    assert inspect.unwrap(seen) is stock
    one.uninstall()
