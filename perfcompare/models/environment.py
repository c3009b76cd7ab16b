"""The machine and software of a run."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar

from django.db import models

from perfcompare.core import measurement as core
from perfcompare.models.storage import storable


class EnvironmentManager(models.Manager["Environment"]):
    """Finds environments."""

    def of(self, environment: core.Environment) -> Environment:
        """The row with exactly these facts. It is created when it is missing."""
        facts = storable(environment.facts)
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        fingerprint = hashlib.sha256(canonical.encode()).hexdigest()
        return self.get_or_create(fingerprint=fingerprint, defaults={"facts": facts})[0]


class Environment(models.Model):
    """The machine and software of one or more runs."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the facts.")
    facts = models.JSONField(default=dict)

    objects: ClassVar[EnvironmentManager] = EnvironmentManager()

    class Meta:
        verbose_name = "environment"

    def __str__(self) -> str:
        return f"{self.facts.get('cpu_model', 'unknown processor')} ({self.fingerprint[:8]})"
