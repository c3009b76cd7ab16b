"""The admin as a window on runs: everything can be found and looked at, nothing changed, whole runs deleted."""

from __future__ import annotations

from perfcompare.admin import environments, measurements, profiles, runs

__all__ = ["environments", "measurements", "profiles", "runs"]
