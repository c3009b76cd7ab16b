"""What is kept of a run: the environment it happened in, the run itself, and one row for each visit to a cell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from perfcompare.core import measurement as core
from perfcompare.core.errors import UsageError
from perfcompare.models.storage import explained, storable

NAME_LENGTH = 100
LABEL_LENGTH = 200
NEWEST_FIRST = ("-started_at", "-id")


class EnvironmentManager(models.Manager["Environment"]):
    """How environments are found again."""

    def of(self, environment: core.Environment) -> Environment:
        """The row with exactly these facts, made when there is none."""
        facts = storable(environment.facts)
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        fingerprint = hashlib.sha256(canonical.encode()).hexdigest()
        return self.get_or_create(fingerprint=fingerprint, defaults={"facts": facts})[0]


class RunManager(models.Manager["Run"]):
    """How runs begin and are found. Every method raises EnvironmentProblem when the database is not as it must be."""

    @explained()
    def begin(
        self,
        *,
        label: str,
        preset: str,
        seed: int,
        rounds: int,
        options: Mapping[str, Any],
        command: str,
        environment: core.Environment,
        note: str = "",
    ) -> Run:
        """A stored run in the state `running`. `options["cells"]` lists the planned cells as objects."""
        if len(label) > LABEL_LENGTH:
            raise UsageError(f"The label has {len(label)} characters; {LABEL_LENGTH} is the most.")
        texts = {"label": label, "preset": preset, "command": command, "note": note, "options": options}
        return self.create(**storable(texts), seed=seed, rounds=rounds, environment=Environment.objects.of(environment))

    @explained()
    def newest(self) -> Run:
        """The run that began last; UsageError when there is none."""
        run = self.select_related("environment").first()
        if run is None:
            raise UsageError("No run is stored yet. Make one: manage.py perfcompare run")
        return run

    @explained()
    def called(self, name: str) -> Run:
        """The run with that number, or the newest one for `latest`; UsageError when there is none."""
        if name == "latest":
            return self.newest()
        run = self.select_related("environment").filter(pk=int(name)).first() if _is_id(name) else None
        if run is None:
            raise UsageError(f"There is no run {name!r}. Say `latest` or a number of: manage.py perfcompare runs")
        return run

    @explained()
    def listing(self) -> Sequence[tuple[Run, int]]:
        """All runs, newest first, each with the number of its stored measurements."""
        # Django drops the model's own ordering from a query that counts.
        counted = self.select_related("environment").annotate(visits=models.Count("measurements"))
        return [(run, run.visits) for run in counted.order_by(*NEWEST_FIRST)]


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) < len(str(models.BigIntegerField.MAX_BIGINT))


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Queries on measurements."""

    def valid(self) -> MeasurementQuerySet:
        """Those whose figures may be used."""
        return self.filter(error="", invalid=[])

    def invalid(self) -> MeasurementQuerySet:
        """Those with figures that must not be used."""
        return self.filter(error="").exclude(invalid=[])

    def failed(self) -> MeasurementQuerySet:
        """Those without figures."""
        return self.exclude(error="")


class Environment(models.Model):
    """The machine and the software of one or more runs."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the facts.")
    facts = models.JSONField(default=dict)

    objects: ClassVar[EnvironmentManager] = EnvironmentManager()

    class Meta:
        verbose_name = "environment"

    def __str__(self) -> str:
        return f"{self.facts.get('cpu_model', 'unknown processor')} ({self.fingerprint[:8]})"


class Run(models.Model):
    """All rounds with one environment."""

    class State(models.TextChoices):
        """How far a run came."""

        RUNNING = "running"
        FINISHED = "finished"
        INTERRUPTED = "interrupted"
        FAILED = "failed"

    label = models.CharField(max_length=LABEL_LENGTH, blank=True)
    note = models.TextField(blank=True)
    preset = models.CharField(max_length=NAME_LENGTH, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    seed = models.BigIntegerField()
    rounds = models.PositiveIntegerField()
    options = models.JSONField(default=dict, help_text="`cells` holds what was planned.")
    command = models.TextField(help_text="What was typed.")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="runs")

    objects: ClassVar[RunManager] = RunManager()

    class Meta:
        ordering = NEWEST_FIRST

    def __str__(self) -> str:
        return f"run {self.pk}: {self.label}" if self.label else f"run {self.pk}"

    def get_absolute_url(self) -> str:
        """Its report."""
        return reverse("perfcompare:run", args=[self.pk])

    def planned_cells(self) -> list[core.Cell]:
        """The cells of the plan, in its order."""
        return [core.Cell(**cell) for cell in self.options.get("cells", [])]

    @explained()
    def record(self, result: core.Measurement | core.Failure) -> Measurement:
        """The stored row of one visit; EnvironmentProblem when the database does not take it."""
        figures = _failed(result) if isinstance(result, core.Failure) else _measured(result)
        return self.measurements.create(**{name: storable(value) for name, value in figures.items()})

    @explained()
    def end(self, state: State | str) -> None:
        """Write down how it ended, and when; ValueError for a state that does not exist."""
        self.state = self.State(state)
        self.ended_at = timezone.now()
        self.save(update_fields=["state", "ended_at"])


class Measurement(models.Model):
    """One visit to a cell: its figures, or why there are none."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="measurements")
    scenario = models.CharField(max_length=NAME_LENGTH)
    stack = models.CharField(max_length=NAME_LENGTH)
    server = models.CharField(max_length=NAME_LENGTH)
    concurrency = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    generator = models.CharField(max_length=NAME_LENGTH, blank=True)
    answers = models.PositiveBigIntegerField(null=True)
    errors = models.PositiveBigIntegerField(null=True)
    seconds = models.FloatField(null=True, help_text="Length of the measured window.")
    goodput = models.FloatField(null=True, help_text="Right answers per second.")
    server_cpu_us = models.FloatField("server CPU µs", null=True, help_text="Per right answer.")
    database_cpu_us = models.FloatField("database CPU µs", null=True, help_text="Per right answer.")
    generator_cpu_us = models.FloatField("generator CPU µs", null=True, help_text="Per right answer.")
    cache_cpu_us = models.FloatField("cache CPU µs", null=True, help_text="Per right answer.")
    mean_ms = models.FloatField("mean ms", null=True)
    min_ms = models.FloatField("min ms", null=True)
    p50_ms = models.FloatField("p50 ms", null=True)
    p90_ms = models.FloatField("p90 ms", null=True)
    p99_ms = models.FloatField("p99 ms", null=True)
    p999_ms = models.FloatField("p99.9 ms", null=True)
    max_ms = models.FloatField("max ms", null=True)
    pss_idle_kib = models.PositiveBigIntegerField("PSS idle KiB", null=True)
    pss_peak_kib = models.PositiveBigIntegerField("PSS peak KiB", null=True)
    threads_peak = models.PositiveIntegerField(null=True)
    processes = models.PositiveIntegerField(null=True)
    start_s = models.FloatField("start s", null=True, help_text="From the start of the server to its first answer.")
    received_bytes = models.PositiveBigIntegerField(null=True)
    failures = models.JSONField(default=dict, help_text="What went wrong under load, and how often.")
    warnings = models.JSONField(default=list, help_text="What the generator says against itself.")
    invalid = models.JSONField(default=list, help_text="Why the figures must not be used.")
    error = models.TextField(blank=True, help_text="Why there are no figures.")
    command = models.JSONField(default=list, help_text="The server's argument vector.")
    measured_at = models.DateTimeField(default=timezone.now)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "round", "scenario", "stack", "server", "concurrency"], name="perfcompare_one_visit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cell}, round {self.round}"

    @property
    def cell(self) -> core.Cell:
        """Where it belongs in the matrix."""
        return core.Cell(scenario=self.scenario, stack=self.stack, server=self.server, concurrency=self.concurrency)

    @property
    def valid(self) -> bool:
        """Whether its figures may be used."""
        return not self.error and not self.invalid


def _visit(result: core.Measurement | core.Failure) -> dict[str, Any]:
    cell = result.cell
    return {
        "scenario": cell.scenario,
        "stack": cell.stack,
        "server": cell.server,
        "concurrency": cell.concurrency,
        "round": result.round,
    }


def _failed(failure: core.Failure) -> dict[str, Any]:
    return {**_visit(failure), "error": failure.reason or "no reason was given"}


def _measured(result: core.Measurement) -> dict[str, Any]:
    load = result.load
    return {
        **_visit(result),
        **_usage(result.usage, load.answers),
        **(vars(load.latency) if load.latency else {}),
        "generator": result.generator,
        "answers": load.answers,
        "errors": load.errors,
        "seconds": result.seconds,
        "goodput": result.goodput,
        "start_s": result.start_s,
        "received_bytes": load.received_bytes,
        "failures": load.failures,
        "warnings": load.warnings,
        "invalid": result.invalid,
        "command": result.command,
    }


def _usage(usage: core.Usage, answers: int) -> Mapping[str, Any]:
    return {
        "server_cpu_us": core.per_answer(usage.server_cpu_s, answers),
        "database_cpu_us": core.per_answer(usage.database_cpu_s, answers),
        "generator_cpu_us": core.per_answer(usage.generator_cpu_s, answers),
        "cache_cpu_us": core.per_answer(usage.cache_cpu_s, answers),
        "pss_idle_kib": usage.pss_idle_kib,
        "pss_peak_kib": usage.pss_peak_kib,
        "threads_peak": usage.threads_peak,
        "processes": usage.processes,
    }
