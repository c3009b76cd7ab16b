"""Whether a class was changed is read from where this Python keeps the version of a class."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from textwrap import dedent
from typing import Any

import pytest

from perfcompare.levers._replacing import watch
from perfcompare.levers._replacing.watch import Version, arm, watch_of


class Parent:
    method: Any = None


class Child(Parent):
    pass


def armed(*classes: type[Any]) -> Version:
    version = watch_of(classes)
    assert version is not None, "the tested Pythons all say it"
    assert version.value == 0
    arm(version)
    assert version.value
    return version


def test_what_is_only_looked_at_keeps_the_version() -> None:
    version = armed(Child)
    before = version.value

    assert Child.method is None
    assert repr(Child())
    gc.collect()

    assert version.value == before


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(Parent, "method", 1),
        lambda patch: patch.setattr(Child, "method", 1, raising=False),
        lambda patch: patch.setattr(Child, "other", 1, raising=False),
        lambda patch: patch.delattr(Parent, "method"),
    ],
)
def test_a_change_of_a_class_or_its_parent_takes_it(
    change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = armed(Child)

    change(monkeypatch)
    assert (Parent(), Child()) and version.value == 0  # noqa: PT018
    arm(version)
    assert version.value
    monkeypatch.undo()
    assert version.value == 0


def test_so_does_a_change_of_the_bases() -> None:
    class Other(Parent):
        pass

    class Grandchild(Child):
        pass

    version = armed(Grandchild)
    Grandchild.__bases__ = (Other,)
    assert version.value == 0


def test_a_version_keeps_its_class() -> None:
    version = armed(Child)
    gc.collect()
    assert version.cls is not None
    assert issubclass(version.cls, Child)


def test_classes_that_cannot_be_inherited_from_together_have_none() -> None:
    assert watch_of([int, str]) is None


def test_elsewhere_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.implementation, "name", "pypy")
    monkeypatch.setattr(watch, "string_at", lambda *_: pytest.fail("read"))

    assert watch._place() is None


def test_without_ctypes_all_is_compared_each_time() -> None:
    code = """
        import sys
        sys.modules["ctypes"] = None
        from perfcompare.levers._replacing import comparison
        from perfcompare.levers._replacing.watch import NEVER, watch_of

        class Parent:
            one = two = three = four = None

        same = comparison([(Parent, name, None) for name in ("one", "two", "three", "four")])
        print(watch_of([Parent]), NEVER.value, same())
        Parent.four = 1
        print(same())
    """
    done = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["None", "0", "True", "False"]


def test_where_a_change_takes_nothing_no_place_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_numbers", lambda _cls: memoryview(bytes(range(1, 65))).cast("I"))

    assert watch._place() is None
