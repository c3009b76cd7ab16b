"""What makes a session another one than Django opens: receivers that prepare it, statements that last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.backends.signals import connection_created

from perfcompare.levers._replacing import origin_of

_LASTING: Final = re.compile(
    r"""
      ;\s*\S                                                       # several statements
    | set_config
    | ^\s*(SET(?!\s+(LOCAL|CONSTRAINTS|TRANSACTION)\b)|RESET|DISCARD|CALL|DO|PREPARE|LOAD)\b
    | ^\s*CREATE\s+((LOCAL|GLOBAL)\s+)?TEMP                        # seen by this session alone
    | ^\s*SELECT\b(?!.*\bFROM\b).*\(                               # a function for its effect
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_QUIET: Final = ('SELECT "', "INSERT", "UPDATE", "DELETE", "SAVEPO", "RELEAS")
"""How the statements of Django's compilers begin."""


def may_last(sql: object) -> bool:
    """Whether a statement may do something to its session that outlives it."""
    if type(sql) is not str:
        return True
    if sql.startswith(_QUIET) and "set_config" not in sql and ";" not in sql:
        return False
    return _LASTING.search(sql) is not None


class Receivers:
    """Those of `connection_created`, looked at when they are others than before; `prepares` is asked their paths."""

    def __init__(self, prepares: Callable[[str], bool]) -> None:
        self._prepares = prepares
        self._seen: list[Any] = []
        self._foreign: tuple[str, ...] = ()

    def foreign(self) -> tuple[str, ...]:
        """The paths of those that might prepare a session."""
        present = connection_created.receivers
        if present != self._seen:
            synchronous, asynchronous = connection_created._live_receivers(None)
            self._foreign = tuple(filter(self._prepares, map(origin_of, (*synchronous, *asynchronous))))
            self._seen = [*present]
        return self._foreign

    def objections(self) -> Iterator[str]:
        """Sentences about them."""
        for path in self.foreign():
            yield f"off everywhere: {path} receives connection_created and may prepare the session."
