"""Locust as people use it, from a command: the servers it loads, the run that is stored, and runs made elsewhere."""

from __future__ import annotations

from perfcompare.locusting.order import Order
from perfcompare.locusting.run import load

__all__ = ["Order", "load"]
