"""A run: its plan, its process, and how it ended."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from perfcompare.core import measurement as core
from perfcompare.core.errors import UsageError
from perfcompare.models import columns, judging, process
from perfcompare.models.environment import Environment
from perfcompare.models.storage import LABEL_LENGTH, NAME_LENGTH, explained, require_tables, storable
from perfcompare.runner.plan import rounds_of

if TYPE_CHECKING:
    from perfcompare.models.measurement import Measurement

NEWEST_FIRST = ("-started_at", "-id")


class RunManager(models.Manager["Run"]):
    """Creates and finds runs. Every method raises EnvironmentProblem when the database is not ready."""

    BASELINE = "baseline"
    LATEST = "latest"

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
        """Store a run of this process as `running`. `options["cells"]` lists the planned cells as objects."""
        if len(label) > LABEL_LENGTH:
            raise UsageError(f"The label has {len(label)} characters; {LABEL_LENGTH} is the most.")
        require_tables()  # otherwise the first trial finds out, and nothing of the run can be stored
        noted = {**options, "at_start": {**environment.at_start}} if environment.at_start else options
        texts = {"label": label, "preset": preset, "command": command, "note": note, "options": noted}
        pid, started = process.key_of(os.getpid()) or (None, None)
        return self.create(
            **storable(texts),
            seed=seed,
            rounds=rounds,
            environment=Environment.objects.of(environment),
            pid=pid,
            pid_started=started,
        )

    @explained()
    def newest(self) -> Run:
        """The newest run. Raises UsageError when none is stored."""
        run = self.select_related("environment").first()
        if run is None:
            raise UsageError("No run is stored yet. Make one: manage.py perfcompare run")
        return run

    @explained()
    def baseline(self) -> Run:
        """The run that others are compared with. Raises UsageError when none is marked."""
        run = self.select_related("environment").filter(baseline=True).first()
        if run is None:
            raise UsageError("No run is marked as the baseline. Mark one in the admin, under Runs.")
        return run

    @explained()
    def called(self, name: str) -> Run:
        """The run with that number, the newest one for `latest`, or the marked one for `baseline`. Raises
        UsageError."""
        if name in (self.LATEST, self.BASELINE):
            return self.newest() if name == self.LATEST else self.baseline()
        run = self.select_related("environment").filter(pk=int(name)).first() if _is_id(name) else None
        if run is None:
            raise UsageError(
                f"There is no run {name!r}. Use `latest`, `baseline` or a number from: manage.py perfcompare runs"
            )
        return run

    @explained()
    def listing(self) -> Sequence[tuple[Run, int]]:
        """All runs, newest first, each with the number of its trials."""
        # Django drops the model's own ordering from a query that counts.
        counted = self.select_related("environment").annotate(trials=models.Count("measurements"))
        return [(run, run.trials) for run in counted.order_by(*NEWEST_FIRST)]


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) < len(str(models.BigIntegerField.MAX_BIGINT))


class Run(models.Model):
    """All rounds of its cells in one environment."""

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
    options = models.JSONField(default=dict, help_text="The options of the run. `cells` holds the plan.")
    command = models.TextField(help_text="The command line.")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="runs")
    baseline = models.BooleanField(
        default=False, help_text="Compare other runs with this one. Only one run can be the baseline."
    )
    remark = models.TextField(blank=True, help_text="Remarks that people added later.")
    pid = models.PositiveIntegerField("process", null=True, blank=True, help_text="Id of the process that measures.")
    pid_started = models.BigIntegerField(
        null=True, editable=False, help_text="Start of that process, to tell it from a later one with the same id."
    )

    objects: ClassVar[RunManager] = RunManager()

    class Meta:
        ordering = NEWEST_FIRST
        permissions = [("start_run", "Can start and cancel measuring on this machine")]
        constraints = [
            models.UniqueConstraint(
                fields=["baseline"], condition=models.Q(baseline=True), name="perfcompare_one_baseline"
            )
        ]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Run:
        """A stored run. One that says `running`, and whose process is gone, was killed: it is `interrupted`."""
        run = super().from_db(db, field_names, values, **more)
        known = run.get_deferred_fields().isdisjoint({"state", "pid", "pid_started"})
        if known and run.state == cls.State.RUNNING and run.pid is not None and not run.under_way:
            run.state = cls.State.INTERRUPTED
        return run

    def __str__(self) -> str:
        return f"run {self.pk}: {self.label}" if self.label else f"run {self.pk}"

    def get_absolute_url(self) -> str:
        """Its report."""
        return reverse("perfcompare:run", args=[self.pk])

    @property
    def target(self) -> str:
        """The name of what was measured. Runs that do not say are older than other targets."""
        return str(self.options.get("target", "demonstration"))

    @property
    def planned_trials(self) -> int:
        """How many trials the finished run will have, with and without figures."""
        return sum(rounds_of(cell, self.rounds) for cell in self.planned_cells())

    @property
    def under_way(self) -> bool:
        """Whether a process of this machine is measuring it now."""
        return self.state == self.State.RUNNING and process.alive(self.pid, self.pid_started)

    def cancel(self) -> None:
        """Tell its process to end the run and keep its results. Raises UsageError when the run is not under way."""
        if not (self.under_way and process.ended(self.pid, self.pid_started)):
            raise UsageError(f"{self} is not under way on this machine, so there is nothing to cancel.")

    @explained()
    def mark_baseline(self) -> None:
        """Make this run the only baseline."""
        with transaction.atomic():
            Run.objects.filter(baseline=True).update(baseline=False)
            Run.objects.filter(pk=self.pk).update(baseline=True)
        self.baseline = True

    def planned_cells(self) -> list[core.Cell]:
        """The cells of the plan, in its order."""
        return [core.Cell(**cell) for cell in self.options.get("cells", [])]

    @explained()
    def record(self, result: core.Measurement | core.Failure) -> Measurement:
        """Store one trial and return its row. Raises EnvironmentProblem when the database refuses it."""
        values = columns.of(result)
        return self.measurements.create(**{name: storable(value) for name, value in values.items()})

    @explained()
    def end(self, state: State | str) -> None:
        """Store how and when the run ended, and the objections of the run as a whole. Raises ValueError for an
        unknown state."""
        self.state = self.State(state)
        self.ended_at = timezone.now()
        self.save(update_fields=["state", "ended_at"])
        rows = self.judged()
        self.measurements.bulk_update(rows, ["objections"])

    @explained()
    def judged(self) -> list[Measurement]:
        """All trials in order, with the objections of crosscheck to the trials stored now.

        They are computed each time, so that an unfinished or imported run is judged like a finished one.
        """
        return judging.judged(list(self.measurements.all()))
