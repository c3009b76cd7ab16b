"""Converts a measurement to the columns of a stored trial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from perfcompare.core import measurement as core
from perfcompare.core.generator import Latency

FEWEST_ANSWERS: Final = {"p90_ms": 10, "p99_ms": 100, "p999_ms": 1000}
"""A percentile needs at least one answer beyond it."""


def of(result: core.Measurement | core.Failure) -> Mapping[str, Any]:
    """The values of a Measurement's columns, by name."""
    return _failed(result) if isinstance(result, core.Failure) else _measured(result)


def _trial(result: core.Measurement | core.Failure) -> dict[str, Any]:
    return {**vars(result.cell), "round": result.round}


def _failed(failure: core.Failure) -> dict[str, Any]:
    return {**_trial(failure), "error": failure.reason or "no reason was given", "failure": failure.kind.value}


def _measured(result: core.Measurement) -> dict[str, Any]:
    load = result.load
    return {
        **_trial(result),
        **(_usage(result.usage, load.answers) if result.usage else {}),
        **(shown(load.latency, load.answers) if load.latency else {}),
        "generator": result.generator,
        "answers": load.answers,
        "errors": load.errors,
        "seconds": result.seconds,
        "goodput": None if result.in_turns else result.goodput,
        "in_use": _in_use(result),
        "start_s": result.start_s,
        "received_bytes": load.received_bytes,
        "failures": load.failures,
        "warnings": load.warnings,
        "series": result.series,
        "objections": [objection.stored() for objection in result.objections],
        "rate": result.rate,
        "due": load.due,
        "late_p99_ms": load.late_p99_ms,
        "latencies": load.latencies_us,
        "warmup_s": result.warmup_s,
        "configuration": result.configuration,
        "command": result.command,
        **(vars(result.work) if result.work else {}),
    }


def _in_use(result: core.Measurement) -> float | None:
    """The connections in use. By Little's law where they were not counted."""
    if result.load.in_use is not None or result.load.latency is None:
        return result.load.in_use
    return result.goodput * result.load.latency.mean_ms / 1000


def shown(latency: Latency, answers: int) -> Mapping[str, float]:
    """The percentiles that this number of answers can show. A higher one would be the maximum."""
    return {name: value for name, value in vars(latency).items() if answers >= FEWEST_ANSWERS.get(name, 1)}


def _usage(usage: core.Usage, answers: int) -> Mapping[str, Any]:
    return {
        "server_cpu_us": core.per_answer(usage.server_cpu_s, answers),
        "collections_cpu_us": core.per_answer(usage.collections_cpu_s, answers),
        "database_cpu_us": core.per_answer(usage.database_cpu_s, answers),
        "generator_cpu_us": core.per_answer(usage.generator_cpu_s, answers),
        "cache_cpu_us": core.per_answer(usage.cache_cpu_s, answers),
        "pss_idle_kib": usage.pss_idle_kib,
        "pss_peak_kib": usage.pss_peak_kib,
        "threads_peak": usage.threads_peak,
        "processes": usage.processes,
        "files_peak": usage.files_peak,
        "server_connections_peak": usage.server_connections_peak,
        "database_connections_peak": usage.database_connections_peak,
        "reconnects": usage.reconnects,
        "samples": [vars(sample) for sample in usage.samples],
    }
