"""A module with each statement that has branches, for `test_measurement.py`. Some ways are taken, others are not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = [
    3,
]
"""A text that is no docstring of Python's."""
total = 0


class Quiet:
    """What it is entered with does not matter, nor what it is left with."""

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, *args: object) -> bool:
        return True

    @property
    def is_large(self) -> bool:
        found = False
        if total > LIMIT[0]:
            found = True
        return found

    @staticmethod
    def never() -> Iterator[int]:
        yield 1


def matched(value: Any) -> str:
    match value:
        case int() if value > 5:
            return "large"
        case int() | float():
            said = "number"
        case str():
            said = "text"
        case [_, *rest]:
            said = f"list of 1 + {len(rest)}"
        case {"name": name}:
            return str(name)
    return said


def matched_at_last(value: int) -> int:
    match value:
        case 1:
            return 1
        case _:
            return 2


def looped(count: int) -> int:
    global total
    for number in range(count):
        if number == 2:
            continue
        if number == 5:
            break
        total += number
    else:
        total = -1
    while count:
        count -= 1
        if count == 100:
            break
    while True:
        count += 1
        if count > LIMIT[0]:
            break
    for _ in ():
        total = 5
    return len([one for one in range(3) if one])


def tried(call: Any) -> str:
    try:
        call()
    except ValueError:
        said = "value"
    except (KeyError, TypeError):
        said = "key"
    else:
        said = "nothing"
    finally:
        if call is None:
            said = "no call"
    return said


def raised(flag: int | None) -> Callable[[], object] | None:
    if flag == 1:
        raise ValueError(
            flag,
        )
    if flag:
        flag = 0
    elif flag is None:
        with Quiet():
            raise KeyError
        return None
    else:
        with Quiet() as one, Quiet():
            for _ in [one]:
                pass
    if flag == 0:

        def inner() -> object:
            return total

        return inner
    return None


def left(flag: int) -> int:
    with Quiet():
        if flag:
            return 5
        for number in range(2):
            with Quiet():
                if number:
                    flag = 1
    while flag:
        with Quiet():
            flag = 0
            try:
                continue
            finally:
                flag = 0
    return flag


async def counted(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield number


async def awaited(count: int) -> int:
    async for number in counted(count):
        if number:
            continue
    return 1 if count else 2


def failing(error: Exception) -> Callable[[], object]:
    def call() -> object:
        raise error

    return call


def finished(coroutine: Any) -> object:
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError


said = [
    Quiet().is_large,
    *(matched(value) for value in (9, 1, [1])),
    matched_at_last(1),
    looped(3),
    looped(7),
    tried(dict),
    tried(failing(KeyError())),
    raised(None),
    raised(0),
    raised(2),
    tried(lambda: raised(1)),
    left(0),
    left(1),
    finished(awaited(2)),
]
