from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from perfcompare.levers._replacing import DIFFERENT, MISSING, comparison
from perfcompare.levers._replacing.watch import NEVER


class Parent:
    def first(self) -> None: ...
    def second(self) -> None: ...
    def third(self) -> None: ...


class Child(Parent): ...


class OfMeta(type): ...


class Unwatched(metaclass=OfMeta):
    first, second, third = Parent.first, Parent.second, Parent.third


class Proxy:
    """As those of wrapt."""

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped

    def __eq__(self, other: object) -> bool:
        return bool(self.wrapped == other)

    def __hash__(self) -> int:
        return hash(self.wrapped)


NAMES = ("first", "second", "third")


def same_of(cls: type[Any]) -> Any:
    return comparison((cls, name, getattr(cls, name)) for name in NAMES)


@pytest.mark.parametrize(("asked", "changed"), [(Parent, Parent), (Child, Parent), (Child, Child), (Unwatched,) * 2])
def test_a_change_is_seen_for_as_long_as_it_is_there(
    asked: type[Any], changed: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    same = same_of(asked)
    assert same()
    assert same()
    with monkeypatch.context() as patch:
        patch.setattr(changed, "second", lambda self: 1, raising=False)
        assert not same()
        assert not same()
    assert same()


def test_a_change_is_seen_after_somebody_has_looked_at_all_subclasses(monkeypatch: pytest.MonkeyPatch) -> None:
    same = same_of(Child)
    assert same()
    monkeypatch.setattr(Parent, "second", lambda self: 1)
    assert all(hasattr(one, "second") for one in (Parent, Child, *Child.__subclasses__()))
    assert not same()


class Other:
    def fourth(self) -> None: ...


def test_who_walks_the_subclasses_of_one_of_several_finds_its_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Django does when a lookup is registered: a class of two parents would lack those of the second."""
    same = comparison([*((Parent, name, getattr(Parent, name)) for name in NAMES), (Other, "fourth", Other.fourth)])
    assert same()
    assert all(hasattr(one, "first") for one in Parent.__subclasses__())
    assert all(hasattr(one, "fourth") for one in Other.__subclasses__())
    monkeypatch.setattr(Other, "fourth", None)
    assert not same()


def test_who_finds_what_watches_a_class_takes_it_for_that_class() -> None:
    """As a test of django-import-export does, which looks for each subclass of Field among those that it knows."""
    assert same_of(Parent)()
    found = [one for one in Parent.__subclasses__() if one is not Child]
    assert found
    assert {Parent, Child, *found} == {Parent, Child}
    for one in found:
        assert (one == Parent, one == Child, repr(one)) == (True, False, repr(Parent))
        assert type(one()) is Parent
        assert isinstance(Child(), one)
        assert issubclass(Child, one)


def walked(cls: type[Any]) -> list[type[Any]]:
    return [cls, *(one for inner in cls.__subclasses__() for one in walked(inner))]


def test_a_walk_through_all_subclasses_ends() -> None:
    assert same_of(Parent)()
    assert {one.__name__ for one in walked(Parent)} >= {"Parent", "Child"}


def test_a_proxy_that_says_it_is_the_function_is_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    same = same_of(Child)
    proxy = Proxy(Parent.second)
    assert proxy == Parent.second
    monkeypatch.setattr(Parent, "second", proxy)
    assert not same()


def test_what_was_missing_and_is_there_now_is_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    same = comparison([(Unwatched, "fourth", MISSING)])
    assert same()
    monkeypatch.setattr(Unwatched, "fourth", 1, raising=False)
    assert not same()


class Hooked:
    """An attribute whose look runs something, in the middle of a comparison."""

    def __init__(self) -> None:
        self.hook: Callable[[], object] | None = None

    def __get__(self, instance: object, owner: type) -> str:
        hook, self.hook = self.hook, None
        if hook is not None:
            hook()
        return "hooked"


def test_a_change_that_another_thread_has_seen_during_a_look_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    hooked = Hooked()
    monkeypatch.setattr(Parent, "third", hooked)
    same = same_of(Parent)
    assert same()
    monkeypatch.setattr(Parent, "fourth", 1, raising=False)  # so that the next one looks

    def change() -> None:
        monkeypatch.setattr(Parent, "second", lambda self: 1)
        thread = Thread(target=same)
        thread.start()
        thread.join()

    hooked.hook = change
    same()

    assert not same()


def test_a_class_that_changes_all_the_time_is_still_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting:
        number = 0
        first, second, third = Parent.first, Parent.second, Parent.third

    same = same_of(Counting)
    for number in range(1000):
        Counting.number = number
        assert same()
    monkeypatch.setattr(Counting, "second", lambda self: 1)
    assert not same()
    monkeypatch.undo()
    assert same()


def test_what_has_not_been_looked_at_is_never_the_same() -> None:
    assert not any(hasattr(one, "never") for one in object.__subclasses__())
    assert not DIFFERENT()
    assert not NEVER.value


class Wide(metaclass=OfMeta):
    """A class of somebody's metaclass, of which so many attributes are asked that its version is looked at."""

    one = two = three = four = five = six = seven = eight = Parent.first


def test_a_change_of_a_class_with_a_metaclass_is_seen_for_as_long_as_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Below(Wide): ...

    names = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    same = comparison([(Below, name, Parent.first) for name in names]).holds
    assert [same(), same()] == [True, True]
    for owner in (Below, Wide):
        for name in names:
            with monkeypatch.context() as patched:
                patched.setattr(owner, name, Proxy(Parent.first), raising=False)
                assert [same(), same()] == [False, False]
            assert [same(), same()] == [True, True]
    monkeypatch.delattr(Wide, "one")
    assert [same(), same()] == [False, False]


def test_what_a_metaclass_answers_itself_is_compared_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    same = comparison([(Wide, name, Parent.first) for name in names]).holds
    assert same()

    with monkeypatch.context() as patched:
        patched.setattr(OfMeta, "nine", property(lambda _cls: 1), raising=False)
        assert same()
