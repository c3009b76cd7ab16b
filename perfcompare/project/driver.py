"""Which PostgreSQL driver the project's processes use.

Django takes psycopg 3 wherever it is installed, and this package's extra `lab` brings it. A project that is made for
psycopg2 would then be measured with another driver than it has in production.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any, Final

from perfcompare.core import env
from perfcompare.core.packages import version

VARIABLE: Final = "PERFCOMPARE_DRIVER"
"""Tells a process of the project which driver it has: psycopg2, or psycopg, which Django takes by itself."""
NEW: Final = "psycopg"
OLD: Final = "psycopg2"
_OLD: Final = (OLD, "psycopg2-binary")
_REQUESTED: Final = "REQUESTED"
"""The file with which pip marks what somebody asked for by name (PEP 376). uv marks everything."""


def own(path: Sequence[str] | None = None) -> str:
    """psycopg2 where it is installed, and psycopg 3 is there for this package alone. Else empty: Django chooses.

    `path` is where distributions are looked for.
    """
    places: Mapping[str, Any] = {} if path is None else {"path": list(path)}
    found = {_name(one.metadata["Name"]): one for one in metadata.distributions(**places)}
    if NEW not in found or not any(one in found for one in _OLD):
        return ""
    others = (one for name, one in found.items() if name != "perfcompare")
    named = _was_named(found[NEW]) and not all(_was_named(one) for one in found.values())
    return "" if named or any(_asks(one) for one in others) else OLD


def apply() -> None:
    """Keep Django of this process from finding psycopg 3, where the variable says psycopg2."""
    if env.text(VARIABLE, NEW) == OLD:
        sys.modules[NEW] = None  # type: ignore[assignment]


def said(environ: Mapping[str, str]) -> str:
    """The driver of processes with this environment, for people; empty without any."""
    versions = {NEW: version(NEW), OLD: next(filter(None, map(version, _OLD)), None)}
    there = [name for name, number in versions.items() if number]
    if not there:
        return ""
    chosen = environ.get(VARIABLE) or there[0]
    also = [name for name in there if name != chosen]
    text = f"{chosen} {versions.get(chosen) or 'is not installed'}"
    if not also:
        return f"The driver for PostgreSQL is {text}."
    why = "perfcompare brings it" if chosen == OLD else "Django prefers psycopg 3"
    return (
        f"The driver for PostgreSQL is {text}. {also[0]} {versions[also[0]]} is installed too; {why}. "
        f'To measure with it: {VARIABLE} = "{also[0]}" under [environ] in perfcompare.toml.'
    )


def _name(given: str) -> str:
    return re.sub(r"[-_.]+", "-", given).lower()


def _was_named(one: metadata.Distribution) -> bool:
    """Whether somebody asked for it by its name, and not only another package."""
    return any(path.name == _REQUESTED for path in one.files or ())


def _asks(one: metadata.Distribution) -> bool:
    """Whether it needs psycopg 3, and not in an extra only."""
    wanted = (text for text in one.requires or () if "extra ==" not in text)
    return any(_name(re.split(r"[^\w.-]", text, maxsplit=1)[0]) == NEW for text in wanted)
