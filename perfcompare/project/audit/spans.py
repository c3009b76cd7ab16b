"""Nested timers: what a part of a request takes by itself, without the parts inside it, so that all add up.

A span that begins under another is its part, also across an await or in another thread: the parent is in a context
variable, which asgiref carries along. Outside of a request nothing is timed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

Key = tuple[str, str]
"""A category, and what it is within it: `("middleware", "SessionMiddleware")`."""
ORM: Final = "ORM"
SQL: Final = "SQL"
CONNECTIONS: Final = "connections"
ROOT: Final[Key] = ("handler", "handler and what no other part names")


class Listener(Protocol):
    """Gets what happens in a request while somebody looks."""

    def statement(self, sql: str, parameters: Any) -> None:
        """A statement is about to be sent."""

    def happened(self, what: str, who: str) -> None:
        """A connection was opened, a thread was changed."""


class Span:
    """One part while it runs. `wall` and `cpu` are nanoseconds; those of the children are kept apart.

    `orm` is the outermost part of the ORM that it is in; there, `statements` and the time for connections add up.
    """

    __slots__ = (
        "children",
        "children_cpu",
        "children_wall",
        "connecting_cpu",
        "connecting_wall",
        "cpu",
        "key",
        "orm",
        "parent",
        "statements",
        "wall",
    )

    def __init__(self, key: Key, parent: Span | None) -> None:
        self.key = key
        self.parent = parent
        self.children = self.children_wall = self.children_cpu = self.connecting_wall = self.connecting_cpu = 0
        self.statements: list[tuple[str, int, int]] = []
        outer = parent.orm if parent is not None else None
        self.orm: Span | None = outer if outer is not None or key[0] != ORM else self
        self.wall = self.cpu = 0


@dataclass
class Total:
    """The sum over all spans with one key. Times are nanoseconds."""

    count: int = 0
    wall: int = 0
    cpu: int = 0
    """By itself, without its children."""
    children: int = 0
    """How many spans began directly under it: each left some of its own cost here."""


@dataclass
class Whole:
    """A statement with the ORM's work around it, but for connections: what a request is spared without it."""

    count: int = 0
    wall: int = 0
    cpu: int = 0


@dataclass
class Recorder:
    """Adds up the spans of requests."""

    totals: dict[Key, Total] = field(default_factory=lambda: defaultdict(Total))
    wholes: dict[str, Whole] = field(default_factory=lambda: defaultdict(Whole))
    listener: Listener | None = None
    current: ContextVar[Span | None] = field(default_factory=lambda: ContextVar("span", default=None))

    def clear(self) -> None:
        """Forget what was added up."""
        self.totals.clear()
        self.wholes.clear()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Everything inside belongs to a request."""
        span = self.begin(ROOT, None)
        try:
            yield
        finally:
            self.end(span)

    def begin(self, key: Key, parent: Span | None) -> Span:
        """Start a part of `parent`."""
        span = Span(key, parent)
        self.current.set(span)
        return self.start(span)

    def start(self, span: Span) -> Span:
        """Start the clocks of a span that was made before."""
        span.cpu = time.process_time_ns()
        span.wall = time.perf_counter_ns()
        return span

    def end(self, span: Span) -> None:
        """Stop it, and go on with its parent."""
        self.stop(span)
        self.current.set(span.parent)

    def stop(self, span: Span) -> None:
        """Stop the clocks of a span, and add it up."""
        wall = time.perf_counter_ns() - span.wall
        cpu = time.process_time_ns() - span.cpu
        total = self.totals[span.key]
        total.count += 1
        total.children += span.children
        # Parts that ran at the same time can take longer than the whole.
        total.wall += max(0, wall - span.children_wall)
        total.cpu += max(0, cpu - span.children_cpu)
        if span.parent is not None:
            span.parent.children += 1
            span.parent.children_wall += wall
            span.parent.children_cpu += cpu
            if span.key[0] == CONNECTIONS != span.parent.key[0] and span.orm is not None:
                span.orm.connecting_wall += wall
                span.orm.connecting_cpu += cpu
        self._whole(span, wall, cpu)

    def _whole(self, span: Span, wall: int, cpu: int) -> None:
        if span.key[0] == SQL:
            if span.orm is not None:
                span.orm.statements.append((span.key[1], wall, cpu))
            else:
                self._count(span.key[1], wall, cpu)
        elif span.orm is span:
            texts = {text for text, _wall, _cpu in span.statements}
            if len(texts) == 1:
                number = len(span.statements)
                each = (wall - span.connecting_wall) // number, (cpu - span.connecting_cpu) // number
                for text, _wall, _cpu in span.statements:
                    self._count(text, *each)
            else:
                for statement in span.statements:
                    self._count(*statement)

    def _count(self, text: str, wall: int, cpu: int) -> None:
        whole = self.wholes[text]
        whole.count += 1
        whole.wall += wall
        whole.cpu += cpu
