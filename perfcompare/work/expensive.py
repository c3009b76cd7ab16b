"""The heavy deterministic computation of the `expensive` scenario: pure, the same everywhere."""

from __future__ import annotations

from typing import Final

BELOW: Final = 200_000


def compute(below: int = BELOW) -> dict[str, int]:
    """Primes below `below`: how many, the largest, and their sum modulo 2**31-1 (JSON-safe integers).

    A sieve in plain Python, so that it holds the interpreter as real work would.
    """
    sieve = bytearray([1]) * below
    sieve[:2] = b"\0\0"
    for number in range(2, int(below**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, below, number)))
    primes = [number for number in range(below) if sieve[number]]
    return {"below": below, "primes": len(primes), "largest": primes[-1], "checksum": sum(primes) % (2**31 - 1)}
