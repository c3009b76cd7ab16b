"""What each method of the cache asks of Redis and how it reads the replies, for threads and loops alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from hiredis import HiredisError

from perfcompare.levers.cached_bytes.address import Command
from perfcompare.levers.cached_bytes.values import decode, encode


class Operation(NamedTuple):
    """Commands that are sent together, and what their replies mean."""

    commands: tuple[Command, ...]
    read: Callable[[list[Any]], Any]
    """Makes the method's result of the replies."""
    away: Any = None
    """The result when Redis is away and that is to be ignored."""


def get(key: str, default: Any) -> Operation:
    """The value, or `default`."""
    return Operation((("GET", key),), lambda replies: default if replies[0] is None else decode(replies[0]), default)


def get_many(keys: Mapping[str, str]) -> Operation:
    """The values that are there; `keys` leads from the cache's own keys to those of the caller."""
    names = list(keys.values())

    def read(replies: list[Any]) -> dict[str, Any]:
        found = zip(names, replies[0], strict=True)
        return {name: decode(stored) for name, stored in found if stored is not None}

    return Operation((("MGET", *keys),), read, {})


def store(key: str, value: Any, timeout_s: float | None, *, only_new: bool = False) -> Operation:
    """Store `value`, for ever without a time-out, not at all with one that is over; True when it was stored."""
    options: tuple[bytes | str | int, ...] = ("NX",) if only_new else ()
    if timeout_s is not None:
        milliseconds = int(timeout_s * 1000)
        if milliseconds <= 0:
            return exists(key, expected=0) if only_new else delete([key])
        options = (*options, "PX", milliseconds)
    return Operation((("SET", key, encode(value), *options),), lambda replies: replies[0] is not None, False)


def store_many(values: Mapping[str, Any], timeout_s: float | None) -> Operation:
    """Store all `values`; gives the keys that could not be stored."""
    single = [store(key, value, timeout_s) for key, value in values.items()]
    return Operation(tuple(one.commands[0] for one in single), lambda _replies: [], list(values))


def delete(keys: Iterable[str]) -> Operation:
    """Delete the keys; True when there was one."""
    return Operation((("DEL", *keys),), lambda replies: bool(replies[0]), False)


def exists(key: str, *, expected: int = 1) -> Operation:
    """Whether there is a value; with `expected` 0, whether there is none."""
    return Operation((("EXISTS", key),), lambda replies: bool(replies[0] == expected), False)


def touch(key: str, timeout_s: float | None) -> Operation:
    """Set a new time-out; True when there is a value."""
    if timeout_s is None:
        return Operation((("PERSIST", key), ("EXISTS", key)), lambda replies: bool(replies[1]), False)
    if timeout_s <= 0:
        return delete([key])
    return Operation((("PEXPIRE", key, int(timeout_s * 1000)),), lambda replies: bool(replies[0]), False)


def clear() -> Operation:
    """Empty the database, as django-redis does."""
    return Operation((("FLUSHDB",),), lambda replies: bool(replies[0]), False)


# INCRBY would make a key that is not there, and one that expires between EXISTS and INCRBY would come back.
_INCREASE: Final = "return redis.call('EXISTS', KEYS[1]) == 1 and redis.call('INCRBY', KEYS[1], ARGV[1])"


def increase(key: str, delta: int) -> Operation:
    """The integer after adding `delta`; ValueError when there is none."""

    def read(replies: list[Any]) -> int:
        if replies[0] is None:
            raise ValueError(f"Key {key!r} not found")
        return int(replies[0])

    return Operation((("EVAL", _INCREASE, 1, key, delta),), read)


def checked(operation: Operation, replies: list[Any]) -> Any:
    """The result of `operation`; raises what Redis complains of, ValueError for no integer."""
    for reply in replies:
        if isinstance(reply, HiredisError):
            raise ValueError(str(reply)) if "not an integer" in str(reply) else reply
    return operation.read(replies)
