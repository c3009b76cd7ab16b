"""Converts a test of Locust, and the samples of its servers, to the rows of a stored run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from perfcompare.core.measurement import Cell, Failure, Measurement, Usage
from perfcompare.core.objection import EVERY, Objection
from perfcompare.locust_tests.hosts import Ground, Host, processors
from perfcompare.locust_tests.results import Part, Result
from perfcompare.plugins import servers
from perfcompare.runner import figures, proof, validity
from perfcompare.runner.sampler import Sampler

GENERATOR: Final = "locust"
ELSEWHERE: Final = "elsewhere"
"""The server of a row whose server this project did not start."""
UNSEEN: Final = "The server is elsewhere: nothing is known of its processor time, memory and connections."
NOT_OF_JOURNEYS: Final = frozenset({"little's law", "unsteady"})
"""Thinking users are not connections in use, and a journey or its shape may cause changes over time."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The samples of one server during a test."""

    host: Host
    sampler: Sampler
    ground: Ground


def rows(
    result: Result, seen: Mapping[str, Seen], *, number: int, users: int | None, ended: str | None
) -> Iterator[Measurement | Failure]:
    """One row for each part of the test; failures when it ended before its window began.

    `seen` holds the servers by stack, none for those elsewhere. `users` is how many were asked for, `ended` why the
    test ended too early, in a sentence.
    """
    each = max(1, round((users or result.users) / len(result.stacks)))
    reasons = _reasons(result, ended)
    for part in result.parts:
        one = seen.get(part.stack)
        cell = Cell(
            scenario=part.scenario, stack=part.stack, server=one.host.server if one else ELSEWHERE, concurrency=each
        )
        if result.seconds:
            yield _row(result, part, one, Measurement(
                cell=cell, round=number, generator=GENERATOR, load=part.load, usage=None, start_s=None, command=(),
                rate=result.rate, series=part.series, objections=reasons,
            ))  # fmt: skip
        elif part.whole:
            reason = " ".join(map(str, reasons)) or "the test ended before its window began."
            yield Failure(cell=cell, round=number, reason=reason)


def _reasons(result: Result, ended: str | None) -> tuple[Objection, ...]:
    said = {"ended": ended, "interrupted": "the test was ended before its planned end." if result.interrupted else None}
    return tuple(Objection(code=code, figures=EVERY, sentence=why) for code, why in said.items() if why)


def _row(result: Result, part: Part, seen: Seen | None, row: Measurement) -> Measurement:
    evidence = _evidence(result, part, seen, row.cell.concurrency)
    objections = (*row.objections, *_judged(evidence, result))
    if seen is None:
        load = replace(part.load, warnings=(*part.load.warnings, UNSEEN))
        return replace(row, load=load, objections=objections)
    known = replace(
        row, objections=objections, command=seen.host.process.command, configuration=seen.host.configuration
    )
    if not part.whole:
        return known
    return replace(known, usage=_usage(result, part, seen), start_s=seen.host.process.start_s)


def _judged(evidence: validity.Evidence, result: Result) -> Sequence[Objection]:
    found = validity.judge(evidence)
    return [one for one in found if result.alone or one.code not in NOT_OF_JOURNEYS]


def _evidence(result: Result, part: Part, seen: Seen | None, concurrency: int) -> validity.Evidence:
    if seen is None:
        return validity.Evidence(
            load=part.load, concurrency=concurrency, busiest_generator=result.busiest, stolen=0.0, others={},
            uncounted_s=0.0, ended=(), difference=None,
        )  # fmt: skip
    return figures.evidence(
        seen.sampler,
        part.load,
        concurrency=concurrency,
        processors=processors(seen.ground),
        difference=None,
        ailing=seen.ground.target.ailing(),
        all_known=seen.ground.all_known,
        keeps_alive=servers[seen.host.server].keeps_alive,
        strangers=(),
        objections=tuple(proof.objections(seen.host.configuration)),
        statements=None,
        declared=0,
    )


def _usage(result: Result, part: Part, seen: Seen) -> Usage:
    """The usage of its server. What several stacks share cannot be assigned to one of them."""
    found = figures.usage(seen.sampler, part.load, pss_idle_kib=seen.host.idle_kib)
    if len(result.stacks) == 1:
        return found
    everything = sum(one.load.answers for one in result.parts if one.whole)
    share = part.load.answers / everything if everything else 0.0
    shared: Mapping[str, Any] = {
        "database_cpu_s": None, "cache_cpu_s": None, "database_connections_peak": None,
        "generator_cpu_s": found.generator_cpu_s * share,
    }  # fmt: skip
    return replace(found, **shared)
