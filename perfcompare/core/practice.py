"""A practice: a documented change that teams add to a stack, such as a caching package, measured beside the stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from perfcompare.core.http import NOTHING
from perfcompare.core.setting import Setting
from perfcompare.core.stack import Stack


def of_django(stack: Stack) -> bool:
    """Whether it is a Django stack."""
    return stack.django is not None


def with_views_of(urlconf: str) -> Callable[[Stack], bool]:
    """A function that says whether a stack serves the views of this URLconf."""
    return lambda stack: stack.django is not None and stack.django.urlconf == urlconf


@dataclass(frozen=True, kw_only=True)
class Practice(Setting):
    """One practice. Its source is the documentation of Django, a framework or a package."""

    scenarios: frozenset[str]
    """Where it changes something and answers stay right for the traffic of a run."""
    fits: Callable[[Stack], bool] = of_django
    """Whether a stack can have it."""
    packages: tuple[str, ...] = ()
    """The distributions it needs beyond the stack's own."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """What the stack's server is told in its environment."""
