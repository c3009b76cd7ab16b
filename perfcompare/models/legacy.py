"""Reads what earlier versions wrote. It is the only module that parses such text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perfcompare.core.measurement import FailureKind
from perfcompare.core.objection import EVERY, Objection


def objections(reasons: Iterable[str]) -> list[dict[str, Any]]:
    """The objection in `code: sentence`, the form of schema version 1. Each rejected every figure of its trial."""
    split = (reason.partition(": ") for reason in reasons)
    return [Objection(code=code, figures=EVERY, sentence=rest or code).stored() for code, _colon, rest in split]


def failure(error: str) -> str:
    """The kind of a failure, from its reason, as stored before failures had kinds. Empty without a reason."""
    if not error:
        return ""
    return (FailureKind.WRONG_ANSWER if error.startswith("wrong answer: ") else FailureKind.FAILED).value
