"""All replaced methods of QuerySet, with the watch over transactions and sessions without which none may run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, judged
from perfcompare.levers.native_async import creation, inserts, instances, reads, transactions, trust, watch

REPLACEMENTS: Final = (
    *watch.REPLACEMENTS,
    *transactions.REPLACEMENTS,
    *reads.REPLACEMENTS,
    *creation.REPLACEMENTS,
)
after_install = watch.begin
objections = trust.objections


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of the classes of a project."""
    yield from reads.judgements(project)
    yield from judged("models", project.models, instances.objection, what="acreate()")


def forget(**_signal: object) -> None:
    """Make all statements anew."""
    inserts.forget()
