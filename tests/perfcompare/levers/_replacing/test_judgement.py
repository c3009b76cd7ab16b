"""How it is said who leaves a class to stock."""

from __future__ import annotations

from typing import Any

from perfcompare.levers._replacing import judged, overriding


class Base:
    def greet(self) -> str:
        return "hello"

    @property
    def size(self) -> int:
        return 1


class Child(Base):
    pass


def _traced(self: Any) -> str:
    return "traced"


def test_a_method_is_overridden_by_the_class_that_defines_it() -> None:
    assert overriding(Child, "greet") == f"{__name__}.Base overrides `greet`"
    assert overriding(Child, "size") == f"{__name__}.Base overrides `size`"


def test_a_patch_is_named_with_what_it_stands_for() -> None:
    class Patched(Base):
        pass

    Patched.greet = _traced  # type: ignore[method-assign]
    assert overriding(Patched, "greet") == (
        f"{__name__}._traced stands in the place of {__name__}.{Patched.__qualname__}.greet"
    )


def test_one_that_cannot_be_looked_at_says_so_and_the_others_are_judged() -> None:
    def objection(cls: type[Any]) -> str | None:
        if cls is Child:
            raise LookupError("No.")
        return None

    found = list(judged("classes", (Base, Child), objection, what="size"))
    assert [(one.kind, one.what, one.name, one.reason) for one in found] == [
        ("classes", "size", f"{__name__}.Base", None),
        ("classes", "size", f"{__name__}.Child", "looking at it raises LookupError('No.')"),
    ]
