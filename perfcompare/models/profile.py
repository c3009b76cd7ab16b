"""Where profiled requests spent their time."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils import timezone

from perfcompare.core.stack import original
from perfcompare.models.storage import NAME_LENGTH

SILK: Final = "silk"
PROXY: Final = "proxy"
"""The observer of a statement, as in its field `seen`: silk in the process, or a proxy in front of PostgreSQL."""


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Queries on profiles."""

    def of(self, stack: str, scenario: str) -> Profile | None:
        """The newest profile of that stack and scenario, or None."""
        return self.filter(stack=stack, scenario=scenario).order_by("-made_at", "-id").first()

    def holding(self, number: str) -> Profile | None:
        """The profile to which a request in silk belongs, or None."""
        return self.filter(silk_requests__contains=[number]).first()


class Profile(models.Model):
    """Where some profiled requests spent their time. Profiling itself takes time, so no comparison uses it."""

    scenario = models.CharField(max_length=NAME_LENGTH)
    stack = models.CharField(max_length=NAME_LENGTH)
    server = models.CharField(max_length=NAME_LENGTH)
    requests = models.PositiveIntegerField(help_text="Number of requests sent in each way.")
    plain_ms = models.FloatField("plain ms", help_text="Median time of a request without a profiler.")
    silk_ms = models.FloatField(
        "silk ms", null=True, help_text="Median time with silk; empty where silk records nothing."
    )
    flame_ms = models.FloatField("flame ms", null=True, help_text="Median time with pyinstrument.")
    frames = models.JSONField(default=dict, help_text="Name, seconds and children of each function, from the top.")
    silk_requests = models.JSONField(default=list, help_text="The ids of its requests in silk.")
    statements = models.JSONField(default=list, help_text="The SQL of one request: text, milliseconds, source line.")
    made_at = models.DateTimeField(default=timezone.now)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        permissions = [("clear_profiles", "Can clear the profiles and silk's records")]

    @property
    def past_silk(self) -> bool:
        """Whether the SQL comes from a proxy, because silk saw less of it or none."""
        return any(one.get("seen") == PROXY for one in self.statements)

    def __str__(self) -> str:
        return f"profile of {self.scenario} {self.stack}"

    def get_absolute_url(self) -> str:
        """Its page. That page always shows the newest profile of the stack and scenario."""
        return profile_url(self.stack, self.scenario)


def profile_url(stack: str, scenario: str) -> str:
    """The page of the newest profile of that stack and scenario. Without a profile, the page says how to make one.

    A variant, such as a twin, leads to the page of its stack.
    """
    return f"{reverse('perfcompare:profile')}?{urlencode({'stack': original(stack), 'scenario': scenario})}"
