"""Locust as people use it, from a command: the servers it loads, the run that is stored, and runs made elsewhere."""

from __future__ import annotations

from perfcompare.locust_tests.order import Order
from perfcompare.locust_tests.run import load

__all__ = ["Order", "load"]
