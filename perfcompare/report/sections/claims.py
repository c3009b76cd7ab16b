"""The claims beside the measurements, each with the way to the profiles behind its figures."""

from __future__ import annotations

from typing import Final

from perfcompare.core.measurement import Cell
from perfcompare.core.target import REFERENCE
from perfcompare.report.data.report import Report
from perfcompare.report.findings import claims
from perfcompare.report.findings.claims import CLAIMED, SERIALIZE, Claim, Row
from perfcompare.report.sections.cells import Link, no_link

SERIALIZED: Final = "user_list"
"""The scenario whose answers the serializers make."""
HELD: Final = "simple"
"""The scenario that held connections request."""


def rows(report: Report, link: Link = no_link) -> list[tuple[Row, str, str]]:
    """Every claim with the address of FastAPI's profile and of DRF's; they are empty for a claim without figures."""
    return [
        (row, _profile(row.claim, REFERENCE, link), _profile(row.claim, CLAIMED, link)) if row.ratio else (row, "", "")
        for row in claims.rows(report)
    ]


def _profile(claim: Claim, stack: str, link: Link) -> str:
    """A claim that another command measures leads to the scenario that this command requests."""
    scenario = claim.scenario or (SERIALIZED if claim.command == SERIALIZE else HELD)
    return link(Cell(scenario=scenario, stack=stack, server="", concurrency=1))
