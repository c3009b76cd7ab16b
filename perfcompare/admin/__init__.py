"""The admin shows runs: everything can be found and viewed, nothing changed, and only whole runs deleted."""

from __future__ import annotations

from perfcompare.admin import environments, measurements, profiles, runs

__all__ = ["environments", "measurements", "profiles", "runs"]
