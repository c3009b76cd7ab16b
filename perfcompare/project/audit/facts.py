"""What is known about a request after it was measured."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from perfcompare.core.http import NOTHING
from perfcompare.core.interface import Interface

_PLACEHOLDERS: Final = re.compile(r"\(\s*%s(?:\s*,\s*%s)+\s*\)")
_LITERALS: Final = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_LEAST: Final = 3
_NAMES: Final = re.compile(r'"[^"]*"')


def normal(sql: str) -> str:
    """The statement without its values: two that differ only in values are the same."""
    quoted = iter(_NAMES.findall(sql))
    bare = _LITERALS.sub("%s", _NAMES.sub('"', sql))
    return _PLACEHOLDERS.sub("(%s, …)", re.sub('"', lambda _: next(quoted), bare))


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part of a request takes by itself."""

    category: str
    label: str
    count: float
    cpu_us: float
    wall_us: float


@dataclass(frozen=True, kw_only=True)
class Statements:
    """The statements of a request that differ only in values and come from one line."""

    sql: str
    count: int
    different: int
    """With how many different values."""
    cpu_us: float
    """Of all of them, with the ORM's work around them."""
    wall_us: float
    origin: Mapping[str, Any]
    """As `look` writes it."""

    @property
    def one_for_each(self) -> bool:
        """Whether it is sent for each object of a list. Two statements can be chance."""
        reads = self.sql.lstrip("(").upper().startswith("SELECT")
        return reads and self.count >= _LEAST and self.different > 1

    @property
    def where(self) -> str:
        """`catalog/api.py:53`; empty where no line of the project is behind it."""
        return f"{self.origin['file']}:{self.origin['line']}" if self.origin["file"] else ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the instances that a request made."""

    model: str
    name: str
    kind: str
    bytes: int
    read: bool


@dataclass(frozen=True, kw_only=True)
class Source:
    """Objects of a model that came with statements of one kind."""

    model: str
    path: str
    """How they are joined to the objects of the queryset: `product__category`; empty where they are those."""
    root: str
    """The model of the queryset."""
    objects: int
    statements: Statements


@dataclass(frozen=True, kw_only=True)
class Middleware:
    """One middleware of the settings."""

    path: str
    """As the settings name it."""
    kind: str
    """The name of its class or function, with the module that defines it."""
    asynchronous: bool
    """Whether it can run in the event loop."""

    @property
    def label(self) -> str:
        """That of its part."""
        return self.kind.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """One request through one interface."""

    name: str
    path: str
    method: str
    weight: float
    interface: Interface
    server: str
    """The project's own."""
    repetitions: int
    cpu_us: float
    """Of the process, without any instrument: the median of the rounds, with the server's own part."""
    wall_us: float
    timing: float
    """By what share timing the parts made the request dearer. It is taken off the parts."""
    calibrated: float
    """The same, as timers around nothing say."""
    parts: Sequence[Part]
    statements: Sequence[Statements]
    instances: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    columns: Sequence[Column] = ()
    sources: Sequence[Source] = ()
    happened: Sequence[tuple[str, str, int]] = ()
    middleware: Sequence[Middleware] = ()
    """Of the settings, in their order."""
    response: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    def of(self, category: str) -> Part:
        """All parts of a category as one."""
        found = [part for part in self.parts if part.category == category]
        return Part(
            category=category,
            label=category,
            count=sum(part.count for part in found),
            cpu_us=sum(part.cpu_us for part in found),
            wall_us=sum(part.wall_us for part in found),
        )

    def how_often(self, what: str) -> int:
        """How often something happened in one request."""
        return sum(number for kind, _who, number in self.happened if kind == what)

    @property
    def number_of_statements(self) -> int:
        """All SQL of one request."""
        return sum(one.count for one in self.statements)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A request that could not be measured."""

    name: str
    interface: Interface
    said: str
