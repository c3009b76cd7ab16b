"""The declared projects."""

from __future__ import annotations

from perfcompare.core.registry import Registry
from tests.projects.project import Project

projects = Registry("tests.projects.declared", attribute="PROJECT", kind=Project)
