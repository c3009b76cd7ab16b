"""The setting PERFCOMPARE: one dictionary with the options of each lever.

`PERFCOMPARE = {"token_cache": {"ttl_s": 10}}`. A lever's options are the fields of a dataclass, which `Lever.options`
names. Unknown names have no effect, so that a spelling mistake does not end a server; these checks refuse them:

| id | finds |
|---|---|
| perfcompare.E001 | a key of PERFCOMPARE that is no lever with options, or a value that is no dictionary |
| perfcompare.E002 | an option that the lever does not have |
| perfcompare.W010 | a setting of an earlier version, which PERFCOMPARE replaces |
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from perfcompare.levers._registry import levers

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NAME: Final = "PERFCOMPARE"
_EARLIER: Final[Mapping[str, tuple[tuple[str, ...], str | None]]] = {
    "DATABASE_CONNECTIONS": (("database_connections",), None),
    "INSERT_FIRST": (("insert_first",), "serializers"),
    "NATIVE_ASYNC": (("native_async",), None),
    "NATIVE_RECEIVERS": (("native_async",), "receivers"),
    "REQUEST_BODY_LIMIT": (("lean_asgi", "lean_wsgi"), "body_limit"),
    "TOKEN_CACHE_MAX": (("token_cache",), "max_entries"),
    "TOKEN_CACHE_POLL_S": (("token_cache",), "poll_s"),
    "TOKEN_CACHE_TTL_S": (("token_cache",), "ttl_s"),
}
"""Settings from before there was PERFCOMPARE: levers and their option, or None for all of them. They still work."""

T = TypeVar("T", bound="DataclassInstance")


def read(lever: str, kind: type[T]) -> T:
    """The options of `lever` as the settings have them at this moment."""
    given = {**_earlier(lever), **_dictionary(_dictionary(getattr(settings, NAME, {})).get(lever, {}))}
    return kind(**{name: value for name, value in given.items() if name in _names(kind)})


def _earlier(lever: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for setting, (owners, option) in _EARLIER.items():
        if lever in owners and hasattr(settings, setting):
            value = getattr(settings, setting)
            found |= _dictionary(value) if option is None else {option: value}
    return found


def _dictionary(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(kind: type[DataclassInstance]) -> Collection[str]:
    return {one.name for one in fields(kind)}


@checks.register(checks.Tags.compatibility)
def check_options(app_configs: object = None, **_options: object) -> list[checks.CheckMessage]:
    """An error for what PERFCOMPARE must not hold, a warning for each earlier name."""
    given = getattr(settings, NAME, {})
    if not isinstance(given, Mapping):
        return [checks.Error(f"{NAME} is not a dictionary.", hint=_example(), id="perfcompare.E001")]
    return [*(message for lever, options in given.items() for message in _refused(lever, options)), *_outdated()]


def _refused(lever: Any, options: object) -> Iterator[checks.CheckMessage]:
    known = {name: one.options for name, one in levers.items() if one.options}
    if lever not in known:
        yield checks.Error(
            f"{NAME} names {lever!r}, which is not a lever with options.",
            hint=_nearest(lever, known),
            id="perfcompare.E001",
        )
    elif not isinstance(options, Mapping):
        yield checks.Error(f"{NAME}[{lever!r}] is not a dictionary.", hint=_example(), id="perfcompare.E001")
    else:
        names = _names(import_string(known[lever]))
        for option in options:
            if option not in names:
                yield checks.Error(
                    f"{NAME}[{lever!r}] has {option!r}, which is not an option of the lever.",
                    hint=_nearest(option, names),
                    id="perfcompare.E002",
                )


def _outdated() -> Iterator[checks.CheckMessage]:
    for setting, (owners, option) in _EARLIER.items():
        if hasattr(settings, setting):
            place = " or ".join(f"{NAME}[{lever!r}]" + (f"[{option!r}]" if option else "") for lever in owners)
            yield checks.Warning(
                f"{setting} is a setting of an earlier version.", hint=f"Write {place}.", id="perfcompare.W010"
            )


def _nearest(name: object, known: Collection[str]) -> str:
    close = difflib.get_close_matches(str(name), known, n=1)
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Known: {', '.join(sorted(known))}."


def _example() -> str:
    return f'Write {NAME} = {{"lever": {{"option": value}}}}.'
