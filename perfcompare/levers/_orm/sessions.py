"""What makes a session another one than Django opens: receivers that prepare it, statements that last."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


_HARMLESS: Final = ("perfcompare.levers.", "django.contrib.postgres.signals.register_type_handlers")
"""How the paths of receivers begin that prepare psycopg's object, and nothing in the session."""


class _Receivers:
    """Those of `connection_created`, looked at when they are others than before."""

    def __init__(self) -> None:
        self._seen: list[Any] = []
        self._preparing: tuple[str, ...] = ()

    def preparing(self) -> tuple[str, ...]:
        """The paths of those that may prepare a session."""
        present = connection_created.receivers
        if present != self._seen:
            synchronous, asynchronous = connection_created._live_receivers(None)
            paths = map(origin_of, (*synchronous, *asynchronous))
            self._preparing = tuple(path for path in paths if not path.startswith(_HARMLESS))
            self._seen = [*present]
        return self._preparing


preparing: Final = _Receivers().preparing


def objections() -> Iterator[str]:
    """Sentences about receivers that may prepare a session."""
    for path in preparing():
        yield f"off everywhere: {path} receives connection_created and may prepare the session."
