"""What a part of a lever does with one class of a project: its own way, or stock's and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from perfcompare.levers._replacing.codes import origin_of
from perfcompare.levers._replacing.replacement import path_of

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One of several `kind`, such as "serializers"."""

    kind: str
    name: str
    reason: str | None
    """Why it is left to stock, as the end of a sentence; None when it is not."""
    what: str = ""
    """Which of its sides this is about, when there are several."""


def judged(
    kind: str,
    those: Iterable[T],
    objection: Callable[[T], str | None],
    *,
    what: str = "",
    name: Callable[[T], str] = path_of,
) -> Iterator[Judgement]:
    """What `objection`, which a lever decides by at run time, says of each; one that cannot be looked at says so."""
    for one in those:
        try:
            reason = objection(one)
        except Exception as error:  # a project's class may do anything
            reason = f"looking at it raises {error!r}"
        yield Judgement(kind=kind, name=name(one), reason=reason, what=what)


def overriding(cls: type[Any], name: str) -> str:
    """Who gives `cls` an attribute that is not the library's: the end of a sentence."""
    definer = next((one for one in cls.__mro__ if name in vars(one)), cls)
    written = f"{path_of(definer)}.{name}"
    origin = origin_of(vars(definer).get(name))
    return (
        f"{path_of(definer)} overrides `{name}`" if origin == written else f"{origin} stands in the place of {written}"
    )
