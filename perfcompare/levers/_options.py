"""The setting PERFCOMPARE: one dictionary with the options of each lever.

`PERFCOMPARE = {"token_cache": {"ttl_s": 10}}`. A lever's options are the fields of a dataclass, which `Lever.options`
names. Unknown names, and values that are not of the field's type, have no effect, so that a mistake does not end a
server: it logs them, and these checks refuse them:

| id | finds |
|---|---|
| perfcompare.E001 | a key of PERFCOMPARE that is no lever with options, or a value that is no dictionary |
| perfcompare.E002 | an option that the lever does not have |
| perfcompare.E003 | a value that is not of the option's type, or out of its range |
| perfcompare.E004 | a lever in INSTALLED_APPS that is no app, but named elsewhere in the settings |
| perfcompare.W010 | a setting of an earlier version, which PERFCOMPARE replaces |
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from perfcompare.levers._registry import levers

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_log: Final = logging.getLogger("perfcompare.levers")
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

Count = Annotated[int, 1]
"""The type of an option: of a number, its least value and perhaps its greatest."""
Bytes = Annotated[int, 0]
Seconds = Annotated[float, 0]
Limit = Annotated[float, 0.001, 2**31 / 1000]
"""Seconds to wait; the server counts them in milliseconds, and takes 0 for ever."""
_WORDS: Final[Mapping[object, str]] = {
    NoneType: "None",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Collection: "a list of texts",
    Mapping: "a dictionary of texts",
}

T = TypeVar("T", bound="DataclassInstance")


def read(lever: str, kind: type[T]) -> T:
    """The options of `lever` as the settings have them at this moment."""
    given, types = _given(lever), _types(kind)
    return kind(**{name: value for name, value in given.items() if name in types and _fits(value, types[name])})


def _given(lever: str) -> dict[str, Any]:
    return {**_earlier(lever), **_dictionary(_dictionary(getattr(settings, NAME, {})).get(lever, {}))}


def _earlier(lever: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for setting, (owners, option) in _EARLIER.items():
        if lever in owners and hasattr(settings, setting):
            value = getattr(settings, setting)
            found |= _dictionary(value) if option is None else {option: value}
    return found


def _dictionary(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _kinds() -> Mapping[str, type[DataclassInstance]]:
    """What each lever that has options declares."""
    return {name: import_string(one.options) for name, one in levers.items() if one.options}


@cache
def _types(kind: type[DataclassInstance]) -> Mapping[str, Any]:
    """The type of each option."""
    return get_type_hints(kind, include_extras=True)


def _fits(value: object, wanted: object) -> bool:
    """Whether `value` is of the type `wanted`."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        kind, least, *most = inner
        return isinstance(value, int | float) and _fits(value, kind) and least <= value <= min(most, default=value)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if origin is Mapping:
        return isinstance(value, Mapping) and all(isinstance(one, str) for pair in value.items() for one in pair)
    if origin is Collection:
        return isinstance(value, list | tuple | set | frozenset) and all(isinstance(one, str) for one in value)
    if isinstance(value, bool):  # to Python it is a number, too
        return wanted is bool
    return isinstance(value, (int, float) if wanted is float else cast("type", wanted))


def _said(wanted: object) -> str:
    """The type in words."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        kind, least, *most = inner
        return " to ".join([f"{_said(kind)} from {least}", *(f"{one:.0f}" for one in most)])
    if origin in (Union, UnionType):
        return " or ".join(map(_said, inner))
    return " or ".join(map(repr, inner)) if origin is Literal else _WORDS[origin or wanted]


@checks.register(checks.Tags.compatibility)
def check_options(app_configs: object = None, **_options: object) -> list[checks.CheckMessage]:
    """An error for each setting that has no effect, a warning for each earlier name."""
    given = getattr(settings, NAME, {})
    if not isinstance(given, Mapping):
        wrong = checks.Error(f"{NAME} is not a dictionary.", hint=_example(), id="perfcompare.E001")
        return [wrong, *_no_apps(), *_outdated()]
    named = (message for lever, options in given.items() for message in _refused(lever, options))
    return [*named, *_wrong(), *_no_apps(), *_outdated()]


@cache
def tell() -> None:
    """Log, once in a process, what the check refuses: few servers run the checks."""
    for one in check_options():
        if one.is_serious():
            _log.warning("%s %s", one.msg, one.hint)


def _refused(lever: Any, options: object) -> Iterator[checks.CheckMessage]:
    known = _kinds()
    if lever not in known:
        yield checks.Error(
            f"{NAME} names {lever!r}, which is not a lever with options.",
            hint=_nearest(lever, known),
            id="perfcompare.E001",
        )
    elif not isinstance(options, Mapping):
        yield checks.Error(f"{NAME}[{lever!r}] is not a dictionary.", hint=_example(), id="perfcompare.E001")
    else:
        names = _types(known[lever])
        for option in options:
            if option not in names:
                yield checks.Error(
                    f"{NAME}[{lever!r}] has {option!r}, which is not an option of the lever.",
                    hint=_nearest(option, names),
                    id="perfcompare.E002",
                )


def _wrong() -> Iterator[checks.CheckMessage]:
    for lever, kind in _kinds().items():
        types = _types(kind)
        for option, value in _given(lever).items():
            if option in types and not _fits(value, types[option]):
                yield checks.Error(
                    f"{NAME}[{lever!r}][{option!r}] is {value!r}, which is not {_said(types[option])}.",
                    hint=f"Until it is, the default is used: {getattr(kind(), option)!r}.",
                    id="perfcompare.E003",
                )


def _no_apps() -> Iterator[checks.CheckMessage]:
    for name, lever in levers.items():
        if (package := f"perfcompare.levers.{name}") in settings.INSTALLED_APPS and not find_spec(f"{package}.apps"):
            yield checks.Error(
                f"INSTALLED_APPS names {package!r}, which is not an app, so it has no effect there.",
                hint="Write: " + "; ".join(lever.lines),
                id="perfcompare.E004",
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
