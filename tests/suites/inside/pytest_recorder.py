"""A plug-in of pytest that records the outcome of each test; named by the variable PYTEST_PLUGINS."""

from __future__ import annotations

from typing import Any

from .outcomes import record


def pytest_runtest_logreport(report: Any) -> None:
    """Note each phase that says something: a call that passed, and whatever failed or was skipped."""
    if hasattr(report, "wasxfail"):
        record(report.nodeid, "failed as expected" if report.skipped else "passed unexpectedly")
    elif report.failed:
        record(report.nodeid, "failed", report.longreprtext)
    elif report.skipped:
        record(report.nodeid, "skipped", report.longreprtext)
    elif report.when == "call":
        record(report.nodeid, "passed")


def pytest_collectreport(report: Any) -> None:
    """A module that cannot be imported has failed."""
    if report.failed:
        record(report.nodeid, "failed", report.longreprtext)
