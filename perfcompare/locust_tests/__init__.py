"""Runs Locust from a command: starts the servers, stores the run, and imports results from elsewhere."""

from __future__ import annotations

from perfcompare.locust_tests.order import Order
from perfcompare.locust_tests.run import load

__all__ = ["Order", "load"]
