from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from perfcompare.locust_tests import load
from perfcompare.report.data import traffic
from tests.perfcompare.factories import make_measured_run
from tests.perfcompare.locust_tests.conftest import plan
from tests.perfcompare.screens import Paper
from users.models import User

pytestmark = pytest.mark.django_db


def test_a_real_journey_becomes_the_mix_of_a_recommendation(ready: Path, client: Client) -> None:
    asked = plan(file="mixed", stacks=("fastapi",), scenarios=("simple", "items"), users=4, seconds=2.0, warmup_s=0.5)
    journey, measured = load(asked, Paper()), make_measured_run(rounds=3)
    client.force_login(User.objects.create_superuser("ada@people.example", "Ada"))
    counts = {
        row.scenario.rpartition(" ")[2]: float(row.answers or 0)
        for row in journey.measurements.all()
        if " " in row.scenario
    }

    assert set(counts) == {"simple", "items"}
    assert min(counts.values()) > 0
    assert traffic.measured_mix(journey) == counts
    address = reverse("perfcompare:recommendation", args=[measured.pk])
    page = client.get(address, {"mix_run": journey.pk}).content.decode()
    assert f"in the mix of run {journey.pk}" in page
    assert all(f"{name} {count / sum(counts.values()):.0%}" in page for name, count in counts.items())
