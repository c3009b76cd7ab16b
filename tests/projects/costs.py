"""What each request costs the process, as the project is and with changes, and whether the answers are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from tests.projects.processes import Processes

_ROUNDS: Final = 2
_BATCHES: Final = 5
_BATCH_S: Final = 0.15


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One request in one variant of the project."""

    status: int
    body: str
    ms: float
    """CPU milliseconds of the process: the median of all batches."""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """All requests in all variants."""

    requests: Mapping[str, Mapping[str, Cost]]
    """For each path and each variant."""
    levers: Mapping[str, tuple[int, int]]
    """For each replaced attribute, calls that the lever answered and calls that it left to stock."""


def costs(
    processes: Processes, headers: Mapping[str, str], paths: Sequence[str], variants: Mapping[str, Sequence[str]]
) -> Costs:
    """Measure variants, which are changes by name; they take turns."""
    question = {"headers": headers, "paths": paths, "batches": _BATCHES, "seconds": _BATCH_S}
    rounds = [
        {name: processes.asked("project_inside.measuring", changes, question) for name, changes in variants.items()}
        for _ in range(_ROUNDS)
    ]
    return Costs(
        requests={
            path: {name: _cost([one[name]["answers"][path] for one in rounds]) for name in variants} for path in paths
        },
        levers={
            target: (fast, stock) for one in rounds[-1].values() for target, (fast, stock) in one["levers"].items()
        },
    )


def answers(
    processes: Processes, headers: Mapping[str, str], paths: Sequence[str], changes: Sequence[str]
) -> Mapping[str, tuple[int, Any]]:
    """The status and the body of each path after some requests; not measured."""
    question = {"headers": headers, "paths": paths, "batches": 0, "seconds": 0}
    found = processes.asked("project_inside.measuring", changes, question)["answers"]
    return {path: (one["status"], _said(one["body"])) for path, one in found.items()}


def differences(requests: Mapping[str, Mapping[str, Cost]]) -> Iterator[str]:
    """Sentences on answers that are not 200, or not those of the first variant."""
    for path, variants in requests.items():
        (_, stock), *_ = variants.items()
        for name, cost in variants.items():
            if cost.status != 200:
                yield f"{path}, {name}: status {cost.status}: {cost.body[:300]}"
            else:
                yield from (f"{path}, {name}: {one}" for one in _different(_said(stock.body), _said(cost.body)))


def _cost(answers: Sequence[Mapping[str, Any]]) -> Cost:
    last = answers[-1]
    return Cost(status=last["status"], body=last["body"], ms=median(one for each in answers for one in each["ms"]))


def _said(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _different(stock: Any, other: Any, place: str = "") -> Iterator[str]:
    """The first places where two bodies differ."""
    if isinstance(stock, dict) and isinstance(other, dict) and stock.keys() == other.keys():
        for key, value in stock.items():
            yield from _different(value, other[key], f"{place}.{key}")
    elif isinstance(stock, list) and isinstance(other, list) and len(stock) == len(other):
        for number, (one, two) in enumerate(zip(stock, other, strict=True)):
            yield from _different(one, two, f"{place}[{number}]")
    elif stock != other:
        yield f"{place}: {str(stock)[:120]}; {str(other)[:120]}"
