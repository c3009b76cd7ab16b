"""The demonstration: ten scenarios, each served by every stack, on a database that the benchmark fills."""

from __future__ import annotations

from perfcompare.targets.demonstration.catalog import CATALOG

__all__ = ["CATALOG"]
