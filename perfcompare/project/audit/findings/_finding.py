"""A finding: what costs something here, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from perfcompare.core.http import NOTHING
from perfcompare.project.audit.facts import RequestFacts


@dataclass(frozen=True, kw_only=True)
class Finding:
    """About one request."""

    what: str
    """A sentence without the request's name: what it does, and how often."""
    cpu_us: float
    """What it costs now: a bound on the gain."""
    wall_us: float
    write: tuple[str, ...]
    """What to write instead: lines of code or of settings, or a sentence where it depends on the project."""
    source: str
    """The documentation that says so."""
    where: tuple[str, ...] = ()
    """Lines of the project, as `file:line`."""
    change: str = ""
    """The change of perfcompare/project/changes, or the lever, that does it without touching a file."""
    rewrite: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=lambda: NOTHING)
    """The same as perfcompare/project/audit/rewrites.py does it."""
    middleware: tuple[str, ...] = ()
    """The middleware of the settings in the order that is better."""
    server: str = ""
    """The server that does it, in the place of the project's own."""
    subject: str = ""
    """Findings of several requests about the same subject are shown as one."""

    @property
    def means(self) -> tuple[str, str, tuple[str, ...], str]:
        """What tells the ways apart in which findings are applied."""
        return self.change, repr(dict(self.rewrite)), self.middleware, self.server

    @property
    def applicable(self) -> bool:
        """Whether it can be applied without touching a file."""
        return bool(self.change or self.rewrite or self.middleware or self.server)


@dataclass(frozen=True, kw_only=True)
class Finder:
    """Looks for one kind of finding. Its name is the file's name."""

    label: str
    find: Callable[[RequestFacts], Iterable[Finding]]
