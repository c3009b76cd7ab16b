"""What earlier versions wrote, in the form of this one: the only place that takes such text apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perfcompare.core.measurement import FailureKind
from perfcompare.core.objection import EVERY, Objection


def objections(reasons: Iterable[str]) -> list[dict[str, Any]]:
    """`code: sentence`, as exports of schema version 1 have it: each rejected every figure of its trial."""
    split = (reason.partition(": ") for reason in reasons)
    return [Objection(code=code, figures=EVERY, sentence=rest or code).stored() for code, _colon, rest in split]


def failure(error: str) -> str:
    """Of which kind a failure is, from the reason that stood alone before there were kinds; empty without a reason."""
    if not error:
        return ""
    return (FailureKind.WRONG_ANSWER if error.startswith("wrong answer: ") else FailureKind.FAILED).value
