"""`python -m tests.matrix.compare`: the project with and without levers, and watched, with the versions that there are.

Needs DATABASE_URL and REDIS_URL. Every run has a database of its own, a copy of the same one.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

from perfcompare.core.interface import Interface
from tests.matrix import watching

INTERFACES: Final[Sequence[Interface]] = ("wsgi", "asgi")
Found = dict[str, Any]


def differences() -> list[str]:
    """A sentence for each answer that is not stock's, for each lever that is not as it should be, and for each request
    that is not watched as it is answered."""
    with _databases() as copied:
        runs = {
            (interface, levers): _run(interface, levers, copied(f"{interface}_{levers}"))
            for interface, levers in itertools.product(INTERFACES, ("none", "all", "api"))
        }
        found = [fault for one in INTERFACES for fault in watching.faults(one, copied(f"{one}_watched"))]
    for interface in INTERFACES:
        stock, whole, api = (runs[interface, levers] for levers in ("none", "all", "api"))
        found += _other(interface, stock["answers"], whole["answers"], ("status", "headers", "body"))
        known = {one["request"] for one in api["answers"]}
        common = [one for one in stock["answers"] if one["request"] in known]
        found += _other(f"{interface}, api_middleware", common, api["answers"], ("status", "body"))
        found += _levers(interface, whole["levers"], but="api_middleware")
        found += _levers(interface, {"api_middleware": api["levers"]["api_middleware"]}, but="")
    return found


def _other(where: str, stock: Sequence[Found], levers: Sequence[Found], parts: Sequence[str]) -> Iterator[str]:
    for one, other in zip(stock, levers, strict=True):
        for part in parts:
            if one[part] != other[part]:
                yield f"{where}: {one['request']}: {part} is\n   {other[part]}\nand stock's is\n   {one[part]}"


def _levers(interface: str, levers: Mapping[str, Found], *, but: str) -> Iterator[str]:
    unserved = "lean_asgi" if interface == "wsgi" else "lean_wsgi"
    for name, told in levers.items():
        if name in (but, unserved):
            continue
        outside, parts = told["outside"], told["parts"]
        whole = {"state": told["state"] if outside[""] or not parts else "active", "reasons": told["reasons"]}
        things = {"": whole, **({} if outside[""] else {part["name"]: part for part in parts})}
        for of, thing in things.items():
            expected = ("inactive", outside[of]) if outside[of] else ("active", [])
            if (thing["state"], thing["reasons"]) != expected:
                yield f"{interface}: {name} {of} is {thing['state']}: {thing['reasons']}; expected: {expected}"


def _run(interface: str, levers: str, database_url: str, *arguments: str) -> Found:
    environ = {
        **os.environ,
        **{"MATRIX": levers, "MATRIX_INTERFACE": interface, "DATABASE_URL": database_url},
        "MATRIX_PREFIX": f"{os.getpid()}-{interface}-{levers}",
    }
    argv = [sys.executable, "-m", "tests.matrix.serve", *arguments]
    done = subprocess.run(argv, env=environ, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    result: Found = json.loads(done.stdout or "{}")
    return result


@contextmanager
def _databases() -> Iterator[Any]:
    """A function that gives the URL of a copy of the project's database under another name."""
    given, names = urlsplit(os.environ["DATABASE_URL"]), [f"matrix_{os.getpid()}"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:

        def url(name: str) -> str:
            return urlunsplit(given._replace(path=f"/{name}"))

        def copied(suffix: str) -> str:
            names.append(f"{names[0]}_{suffix}")
            connection.execute(f'CREATE DATABASE "{names[-1]}" TEMPLATE "{names[0]}"')
            return url(names[-1])

        try:
            connection.execute(f'CREATE DATABASE "{names[0]}"')
            _run("wsgi", "none", url(names[0]), "prepare")
            yield copied
        finally:
            for name in names:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def main() -> int:
    """1 when there are differences; each is written to standard output."""
    found = differences()
    sys.stdout.write("\n".join([*found, f"{len(found)} differences from stock\n"]))
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
