"""Types of options: each makes a value of a text that a person typed, or says what is wrong with it."""

from __future__ import annotations

from argparse import ArgumentTypeError


def names(text: str) -> list[str]:
    """The words, separated by commas."""
    return [name for name in (part.strip() for part in text.split(",")) if name]


def levels(text: str) -> tuple[int, ...]:
    """Numbers of at least 1, separated by commas, without duplicates."""
    return tuple(dict.fromkeys(count(part) for part in text.split(",")))


def count(text: str) -> int:
    """A whole number of at least 1."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def positive(text: str) -> float:
    """A finite number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def percent(text: str) -> float:
    """A percentage as a share."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1000:
        raise ArgumentTypeError(f"{text!r} is not a percentage")
    return number / 100
