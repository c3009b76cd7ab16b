"""The kinds of stacks, and which cells stand for a stack in a comparison."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from perfcompare.core.measurement import Cell
from perfcompare.core.stack import PRACTICE, PROXIED, STEP, variant
from perfcompare.core.target import FLOOR, REFERENCE, Catalog


class Kind(StrEnum):
    """What sort of stack."""

    REFERENCE = "reference"
    FLOOR = "floor"
    PLAIN = "plain"
    """Django as it comes."""
    SETTINGS = "settings"
    """Django by documented settings and another server alone."""
    TUNED = "tuned"
    """Django with levers."""
    OTHER = "other"
    STEP = "step"
    """A tuned stack with only the first of its levers."""
    PRACTICE = "practice"
    """A stack with what teams add: a documented practice, or nginx in front."""
    VARIANT = "variant"
    """A stack under another name, to see what noise or an injected slowdown does."""


STUDIED: Final = frozenset({Kind.STEP, Kind.PRACTICE, Kind.VARIANT})
"""Kinds that are part of a study of their own and no contender."""


def kind(catalog: Catalog, stack: str) -> Kind:
    """The sort of the stack called so; OTHER when it is not (or no longer) known and for stacks without Django."""
    if variant(stack) == PROXIED:
        return Kind.PRACTICE
    if variant(stack):
        return Kind.VARIANT
    if PRACTICE in stack:
        return Kind.PRACTICE
    if STEP in stack:
        return Kind.STEP
    if stack in (REFERENCE, FLOOR):
        return Kind.REFERENCE if stack == REFERENCE else Kind.FLOOR
    known = catalog.stacks.get(stack)
    if known is None or known.django is None:
        return Kind.OTHER
    if known.levers:
        return Kind.TUNED
    return Kind.SETTINGS if known.by_settings else Kind.PLAIN


def judged_server(catalog: Catalog, stack: str, cells: Iterable[Cell]) -> str | None:
    """The server that a stack is judged on: its own, else the first one in `cells`; None when it is not in them."""
    servers = list(dict.fromkeys(cell.server for cell in cells if cell.stack == stack))
    known = catalog.stacks.get(stack)
    return known.server if known and known.server in servers else next(iter(servers), None)
