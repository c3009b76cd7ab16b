"""Reads Locust's result file (docs/locust.md) into the parts that become stored rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from perfcompare.core.errors import UsageError
from perfcompare.core.generator import LoadResult
from perfcompare.generators.locust import load_result
from perfcompare.locust_tests.plan import ONE_SCENARIO

SCHEMA_VERSION: Final = 1
_SERIES: Final = ("second", "answers", "failures", "p50_ms", "p99_ms", "users")


class NotAResultError(UsageError):
    """Raised when a text is not a result that a locustfile of this project wrote with `--result`."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The figures of one stack: of all its requests, or of one scenario."""

    stack: str
    scenario: str
    """The name of the row: the scenario if it was sent alone, or else the journey and perhaps the request."""
    load: LoadResult
    series: Sequence[Mapping[str, Any]] = ()
    whole: bool
    """Whether it covers all requests to the stack in this test."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One test of Locust."""

    began_at: datetime
    version: str
    host: str
    stacks: tuple[str, ...]
    users: int
    rate: float | None
    seed: int
    interrupted: bool
    alone: bool
    """Whether one scenario was sent as fast as possible. Otherwise it was a journey with think time."""
    seconds: float
    """Length of the window; 0 when the test ended before it began."""
    busiest: float
    """Share of a processor that the busiest sending process used."""
    sending_s: float | None
    """Processor seconds of all sending processes in the window; None when one was not seen."""
    parts: tuple[Part, ...]


def recognised(document: object) -> bool:
    """Whether this JSON may be such a result."""
    return isinstance(document, dict) and {"window", "total", "names"} <= document.keys()


def read(text: str) -> Result:
    """The result. Raises NotAResultError for any other JSON."""
    try:
        return _read(json.loads(text, parse_constant=_refuse))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAResultError(f"This is not a result of a locustfile of this project: {error!r}.") from error


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _read(document: Mapping[str, Any]) -> Result:
    if document["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"schema version {document['schema_version']!r} instead of {SCHEMA_VERSION}")
    shares = [process["cpu_share"] for process in document["processes"]]
    seconds = max(0.0, float(document["window"]["seconds"]))
    return Result(
        began_at=_moment(document["began_at"]),
        version=str(document["locust"]),
        host=str(document["host"]),
        stacks=tuple(map(str, document["stacks"])),
        users=int(document["users"]),
        rate=None if document["rate"] is None else float(document["rate"]),
        seed=int(document["seed"]),
        interrupted=bool(document["interrupted"]),
        alone=document["file"] in ONE_SCENARIO,
        seconds=seconds,
        busiest=max((share for share in shares if share is not None), default=0.0),
        sending_s=None if None in shares else sum(shares) * seconds,
        parts=tuple(_parts(document)),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} is not a time with a time zone")
    return moment


def _parts(document: Mapping[str, Any]) -> Iterator[Part]:
    file, several = str(document["file"]), len(document["stacks"]) > 1
    for target in document["targets"]:
        scenario = document["scenarios"][0] if file in ONE_SCENARIO else file
        yield Part(
            stack=str(target["stack"]),
            scenario=str(scenario),
            load=load_result(document, target),
            series=[{name: second[name] for name in _SERIES} for second in target["series"]],
            whole=True,
        )
    for row in document["names"] if file not in ONE_SCENARIO else ():
        stack, _, name = row["name"].partition(" ") if several else (document["stacks"][0], "", row["name"])
        load = replace(load_result(document, row), due=None)
        yield Part(stack=stack, scenario=f"{file} {row['method']} {name}", load=load, whole=False)
