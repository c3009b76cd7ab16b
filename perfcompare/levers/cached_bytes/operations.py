"""What each method of the cache asks of Redis and how it reads the replies, for threads and loops alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from hiredis import HiredisError

from perfcompare.levers.cached_bytes.address import Command
from perfcompare.levers.cached_bytes.dialects import Manners, Option
from perfcompare.levers.cached_bytes.values import decode, encode


class Operation(NamedTuple):
    """Commands that are sent together, and what their replies mean."""

    commands: tuple[Command, ...]
    read: Callable[[list[Any]], Any]
    """Makes the method's result of the replies."""
    away: Any = None
    """The result when Redis is away and that is to be ignored."""


def get(key: str, default: object) -> Operation:
    """The value, or `default`."""

    def read(replies: list[Any]) -> Any:
        return default if replies[0] is None else decode(replies[0], key)

    return Operation((("GET", key),), read, default)


def get_many(keys: Mapping[str, Any], kind: type[dict[Any, Any]] = dict) -> Operation:
    """The values that are there, in a `kind`; `keys` leads from the cache's own keys to those of the caller."""

    def read(replies: list[Any]) -> dict[Any, Any]:
        found = zip(keys.items(), replies[0], strict=True)
        values = {name: decode(stored, key) for (key, name), stored in found if stored is not None}
        return values if kind is dict else kind(values)

    return Operation((("MGET", *keys),), read, {})


def store(manners: Manners, key: str, value: object, timeout_s: float | None, *, only_new: bool = False) -> Operation:
    """Store `value`, for ever without a time-out, not at all with one that is over; True when it was stored."""
    stored = encode(value, key)  # a value that cannot be stored is an error in any case
    options: tuple[Option, ...] = ("NX",) if only_new else ()
    if timeout_s is not None:
        expiry = manners.expiry(timeout_s)
        if not expiry:
            return _absent(key) if only_new else delete([key])
        options += expiry
    return Operation((("SET", key, stored, *options),), lambda replies: replies[0] is not None)


def store_many(manners: Manners, values: Mapping[str, Any], timeout_s: float | None) -> Operation:
    """Store all `values`."""
    single = [store(manners, key, value, timeout_s) for key, value in values.items()]
    return Operation(tuple(one.commands[0] for one in single), lambda _replies: None)


def delete(keys: Iterable[str]) -> Operation:
    """Delete the keys; True when there was one."""
    return Operation((("DEL", *keys),), lambda replies: bool(replies[0]))


def delete_many(keys: Iterable[str]) -> Operation:
    """Delete the keys; how many there were."""
    return Operation((("DEL", *keys),), lambda replies: replies[0])


def exists(key: str) -> Operation:
    """Whether there is a value."""
    return Operation((("EXISTS", key),), lambda replies: bool(replies[0]))


def _absent(key: str) -> Operation:
    return Operation((("EXISTS", key),), lambda replies: not replies[0])


def touch(manners: Manners, key: str, timeout_s: float | None) -> Operation:
    """Set a new time-out; True when there is a value whose time-out changes."""
    if timeout_s is None:
        return Operation((("PERSIST", key),), lambda replies: bool(replies[0]))
    expiry = manners.expiry(timeout_s)
    if not expiry:
        return delete([key])
    command = "EXPIRE" if expiry[0] == "EX" else "PEXPIRE"
    return Operation(((command, key, expiry[1]),), lambda replies: bool(replies[0]))


def clear() -> Operation:
    """Empty the database."""
    return Operation((("FLUSHDB",),), lambda replies: bool(replies[0]))


# INCRBY would make a key that is not there, and one that expires between EXISTS and INCRBY would come back.
_INCREASE: Final = "return redis.call('EXISTS', KEYS[1]) == 1 and redis.call('INCRBY', KEYS[1], ARGV[1])"


def increase(key: str, delta: int) -> Operation:
    """The integer after adding `delta`; None when there is none, or it is too large."""

    def read(replies: list[Any]) -> int | None:
        return replies[0] if type(replies[0]) is int else None

    return Operation((("EVAL", _INCREASE, 1, key, delta),), read)


# What stock's asynchronous way does by GET and SET, of which the latter sets the time-out anew. Lua's own numbers are
# floats.
_STORE_INCREASED: Final = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('INCRBY', KEYS[1], ARGV[1])
if ARGV[2] == '' then redis.call('PERSIST', KEYS[1]) else redis.call(ARGV[2], KEYS[1], ARGV[3]) end
return redis.call('GET', KEYS[1])
"""
_EXPIRIES: Final = {"EX": "EXPIRE", "PX": "PEXPIRE"}


def store_increased(manners: Manners, key: str, delta: int, timeout_s: float | None) -> Operation | None:
    """The integer after adding `delta`, stored anew; its result is None when there is none, or it is too large.

    None in the place of an operation for a time-out that is over.
    """
    expiry = () if timeout_s is None else manners.expiry(timeout_s)
    if timeout_s is not None and not expiry:
        return None
    command, time = (_EXPIRIES[str(expiry[0])], expiry[1]) if expiry else ("", "")

    def read(replies: list[Any]) -> int | None:
        return None if replies[0] is None else int(replies[0])

    return Operation((("EVAL", _STORE_INCREASED, 1, key, delta, command, time),), read)


def checked(operation: Operation, replies: list[Any]) -> Any:
    """The result of `operation`; raises what Redis complains of."""
    for reply in replies:
        if isinstance(reply, HiredisError):
            raise reply
    return operation.read(replies)
