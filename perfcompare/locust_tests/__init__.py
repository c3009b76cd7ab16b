"""Runs Locust from a command: starts the servers, stores the run, and imports results from elsewhere."""

from __future__ import annotations

from perfcompare.locust_tests.plan import LoadPlan
from perfcompare.locust_tests.run import load

__all__ = ["LoadPlan", "load"]
