"""A stack: one framework as its users write it. Dotted strings declare it, so that listing imports no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from perfcompare.core.http import NOTHING
from perfcompare.core.interface import Interface
from perfcompare.core.middleware import DJANGO_MIDDLEWARE
from perfcompare.core.setting import Setting, Settings


@dataclass(frozen=True, kw_only=True)
class DjangoPart:
    """Everything that a stack adds to a Django process, and nothing of another stack."""

    urlconf: str
    """Mounted at `/api/<stack>/`."""
    apps: tuple[str, ...] = ()
    middleware: tuple[str, ...] = DJANGO_MIDDLEWARE
    """A stack that runs with less is a tuned one."""
    settings: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    """Settings that the process gets beside the shared ones, e.g. REST_FRAMEWORK."""

    def apply(self, settings: Settings) -> None:
        """Write them into a settings module, as a Setting and a Lever do with theirs."""
        settings.update(self.settings)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One way to serve the contract."""

    label: str
    summary: str
    packages: tuple[str, ...]
    """The distributions whose versions are part of its results, the framework first."""
    scenarios: frozenset[str]
    """The scenarios it offers. Reports show the others as not offered."""
    targets: Mapping[Interface, str]
    """For each interface it speaks, the `module:attribute` that a server loads."""
    server: str
    """The server that suits it best without tuning; the default of a run."""
    django: DjangoPart | None = None
    fewer: Mapping[Interface, frozenset[str]] = field(default_factory=dict)
    """The scenarios of an interface over which it does not offer all of them."""
    docs: str | None = None
    """Its interactive documentation, relative to its prefix."""
    by_settings: tuple[Setting, ...] = ()
    """The documented settings that it changes, its server among them; without levers it stands for settings alone."""
    streams: bool = False
    """Whether it also answers `GET stream` (docs/streams.md), which only `manage.py perfcompare streams` measures."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """What its server is told in its environment, beside the services."""
    levers: tuple[str, ...] = ()
    """The names of the levers it applies, in the order of its ladder; with neither of the two it is as it comes."""

    def offers(self, scenario: str, interface: Interface) -> bool:
        """Whether it answers the scenario over the interface."""
        return scenario in self.fewer.get(interface, self.scenarios)


STEP = "@"
"""`drf_tuned@2` is drf_tuned with the first two of its levers."""
PRACTICE = "+"
"""`drf+cachalot` is drf with a practice of perfcompare/practices/; several may follow each other."""
VARIANT = "~"
"""`fastapi~twin` is fastapi once more under another name; `drf_tuned@2~twin` works too."""
TWIN = "twin"
"""The same stack again. The difference between a stack and its twin is noise."""
PROXIED = "proxied"
"""The same stack behind nginx: the difference is what the proxy costs."""
SLOWED = "slowed"
"""The same stack with an injected slowdown: a known amount of extra work in each request, which a study must find."""
FORMERLY_SLOWED = "planted"
"""The former name of that variant. Stored runs and scripts still use it."""


def original(name: str) -> str:
    """The stack or step that a name means, without the name of a variant."""
    return name.partition(VARIANT)[0]


def variant(name: str) -> str:
    """The variant in a name; empty for the stack itself."""
    return name.partition(VARIANT)[2]


def plain(name: str) -> str:
    """The stack behind the name of a variant, of a stack with practices, and of a step."""
    return original(name).partition(PRACTICE)[0].partition(STEP)[0]


def practices(name: str) -> tuple[str, ...]:
    """The names of the practices in a name, in their order."""
    return tuple(original(name).split(PRACTICE)[1:])


def prefix(name: str) -> str:
    """The path under which the stack called `name` answers, with both slashes; the same for all that `plain` strips."""
    return f"/api/{plain(name)}/"


DJANGO_TARGETS: Mapping[Interface, str] = {"wsgi": "config.wsgi:application", "asgi": "config.asgi:application"}
