"""The stored data: a run, its environment, one row for each trial of a cell, and profiles."""

from __future__ import annotations

from perfcompare.models.environment import Environment
from perfcompare.models.measurement import Measurement, MeasurementQuerySet
from perfcompare.models.profile import Profile, ProfileQuerySet, profile_url
from perfcompare.models.run import Run
from perfcompare.models.storage import explained, storable

__all__ = [
    "Environment",
    "Measurement",
    "MeasurementQuerySet",
    "Profile",
    "ProfileQuerySet",
    "Run",
    "explained",
    "profile_url",
    "storable",
]
