"""Probes in a module: assignments that note which of its lines ran, and which way its branches went.

A probe costs 30 ns, and only the measured modules have them. The tracer that coverage.py needs before Python 3.14 slows
every line of every module down.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_SEEN: Final = "__seen__"
_OPENING: Final = f"""
def {_SEEN}():
    import mmap, sys
    if not hasattr(sys, "{_SEEN}"):
        with open({{path!r}}, "r+b") as file:
            sys.{_SEEN} = mmap.mmap(file.fileno(), 0)
    return sys.{_SEEN}
{_SEEN} = {_SEEN}()
"""
"""One mapping for each process: memory that all of them share outlives them, however they end."""


@dataclass(frozen=True)
class Way:
    """One way on from the line of a branch: into the lines of its body, or elsewhere."""

    line: int
    body: range
    into: bool


@dataclass(frozen=True)
class Probe:
    """What has happened when it is reached."""

    lines: Sequence[int]
    ways: Sequence[Way]


class Instrumentation:
    """A module's `tree`, into which it puts `probes`, numbered from `first`, that write to the file `seen`."""

    def __init__(self, tree: ast.Module, *, first: int, seen: str) -> None:
        self.tree = tree
        self.first = first
        self.probes: list[Probe] = []
        start = next((at for at, one in enumerate(tree.body) if not _must_be_first(one)), len(tree.body))
        opening = ast.parse(_OPENING.format(path=seen)).body
        tree.body = [*tree.body[:start], *opening, *self._block(tree.body)[start:]]
        ast.fix_missing_locations(tree)

    def _block(
        self, statements: Sequence[ast.stmt], lines: Sequence[int] = (), ways: Sequence[Way] = ()
    ) -> list[ast.stmt]:
        """The statements, each behind a probe; the first one says too how the block was entered."""
        placed: list[ast.stmt] = []
        for statement in statements:
            lines = [*lines, *_lines(statement)]
            if not _runs_nothing(statement):
                placed.append(self._probe(lines, ways))
                lines, ways = (), ()
            placed.append(statement)
            self._inside(statement)
        return [*placed, self._probe(lines, ways)] if lines or ways else placed

    def _probe(self, lines: Sequence[int], ways: Sequence[Way]) -> ast.stmt:
        number = self.first + len(self.probes)
        self.probes.append(Probe(lines, ways))
        place = ast.Subscript(ast.Name(_SEEN, ast.Load()), ast.Constant(number), ast.Store())
        return ast.Assign([place], ast.Constant(1))

    def _inside(self, statement: ast.stmt) -> None:
        match statement:
            case ast.If() | ast.While() | ast.For() | ast.AsyncFor():
                line, body = statement.lineno, _range(statement.body)
                statement.body = self._block(statement.body, ways=[Way(line, body, into=True)])
                statement.orelse = self._block(statement.orelse, ways=[Way(line, body, into=False)])
            case ast.Match():
                self._cases(statement)
            case ast.Try() | ast.TryStar():
                statement.body = self._block(statement.body)
                for at, handler in enumerate(statement.handlers, 1):
                    handler.body = self._block(handler.body, [one.lineno for one in statement.handlers[:at]])
                statement.orelse = self._block(statement.orelse)
                statement.finalbody = self._block(statement.finalbody)
            case ast.With() | ast.AsyncWith() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                statement.body = self._block(statement.body)

    def _cases(self, statement: ast.Match) -> None:
        lines: list[int] = []
        passed: list[Way] = []
        for case in statement.cases:
            lines = [*lines, case.pattern.lineno]
            body = _range(case.body)
            case.body = self._block(case.body, lines, [*passed, Way(lines[-1], body, into=True)])
            passed = [*passed, Way(lines[-1], body, into=False)]
        if not _matches_all(statement.cases[-1]):
            statement.cases.append(ast.match_case(ast.MatchAs(), body=[self._probe(lines, passed)]))


def _must_be_first(statement: ast.stmt) -> bool:
    return _is_constant(statement) or (isinstance(statement, ast.ImportFrom) and statement.module == "__future__")


def _runs_nothing(statement: ast.stmt) -> bool:
    return _must_be_first(statement) or isinstance(statement, ast.Global | ast.Nonlocal)


def _is_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _matches_all(case: ast.match_case) -> bool:
    pattern = case.pattern
    while isinstance(pattern, ast.MatchOr):
        pattern = pattern.patterns[-1]
    return case.guard is None and isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _range(body: Sequence[ast.stmt]) -> range:
    return range(min(_lines(body[0])), (body[-1].end_lineno or 0) + 1)


def _lines(statement: ast.stmt) -> Iterator[int]:
    yield from (one.lineno for one in getattr(statement, "decorator_list", ()))
    yield statement.lineno
