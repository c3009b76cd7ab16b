"""From the placeholders of psycopg (`%s`, `%(name)s`, `%%`) to those of PostgreSQL (`$1`), which asyncpg takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_PLACEHOLDER: Final = re.compile(r"%%|%(?:\((?P<name>[^)]+)\))?[sbt]")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A statement in pieces: the text, and between two pieces of it a value."""

    texts: Sequence[str]
    values: Sequence[Any]
    literals: Sequence[str | None]
    """Each value as the driver writes it into SQL; None where it cannot."""

    def numbered(self, written: Collection[int] = ()) -> tuple[str, Sequence[Any]]:
        """SQL with `$1`, and the values for them. Those at the positions in `written` are literals.

        ValueError when one of these has no literal.
        """
        sql, bound = [self.texts[0]], []
        for position, (value, text) in enumerate(zip(self.values, self.texts[1:], strict=True)):
            if position in written:
                sql += [_literal(self.literals[position]), text]
            else:
                bound.append(value)
                sql += [f"${len(bound)}", text]
        return "".join(sql), bound


def template(sql: str, params: Sequence[Any] | Mapping[str, Any] | None, quote: Any, *, psycopg2: bool) -> Template:
    """The statement as the driver understands it; `quote` writes one value as a literal, or raises."""
    # Without parameters, both drivers leave `%` alone. For psycopg2 an empty sequence is none.
    if params is None or (psycopg2 and not params):
        return Template(texts=[sql], values=[], literals=[])
    texts, end = [""], 0
    values: list[Any] = []
    for found in _PLACEHOLDER.finditer(sql):
        texts[-1] += sql[end : found.start()]
        end = found.end()
        if found[0] == "%%":
            texts[-1] += "%"
            continue
        values.append(params[found["name"]] if isinstance(params, Mapping) else params[len(values)])
        texts.append("")
    texts[-1] += sql[end:]
    return Template(texts=texts, values=values, literals=[_quoted(value, quote) for value in values])


def _quoted(value: Any, quote: Any) -> str | None:
    try:
        return str(quote(value))
    except Exception:  # an adapter of the project may raise anything
        return None


def _literal(text: str | None) -> str:
    if text is None:
        raise ValueError("The driver cannot write the value as a literal.")
    # As psycopg does, so that `- -1` does not become a comment.
    return f" {text}" if text.startswith("-") else text
