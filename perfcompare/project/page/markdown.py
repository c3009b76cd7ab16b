"""The page as Markdown, and its beginning on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfcompare.core.characters import table_cell
from perfcompare.project.page.findings import Findings


def summary(found: Findings) -> str:
    """The answer, and what a team must know beside it."""
    return "\n".join(_summary(found))


def _summary(found: Findings) -> Iterator[str]:
    yield found.answer
    yield ""
    yield from (f"- {sentence}" for sentence in found.sentences)
    yield from (f"- Refused: {one.name}. {_first(one.reason)}" for one in found.wrong)
    if found.holes:
        yield f"- {len(found.holes)} holes: figures that are missing. The page names each with its reason."


def text(found: Findings) -> str:
    """All of it, for a pull request or a wiki."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Findings) -> Iterator[str]:
    yield "# What makes these requests cheaper"
    yield ""
    yield from _summary(found)
    money = "money a month" if found.price.core is not None else "money a month (give --price)"
    yield from _table(
        "Your traffic", ("", "CPU per request", f"cores at {found.price.rate:,.0f}/s", money, "gain"), found.sums()
    )
    yield from _table(
        "Each request",
        ("request", "share", "as it is", "statements", *(found.said(one) for one in found.ladder[1:])),
        found.table(),
    )
    yield from _table(
        "Each change alone",
        ("change", "kind", "gain", "verdict"),
        ((one.name, one.kind, gain, verdict) for one, gain, verdict in found.changes()),
    )
    yield from _table(
        "Different on purpose", ("variant", "what"), ((one.name, " ".join(one.differs)) for one in found.on_purpose)
    )
    yield from _table("Refused", ("change", "difference"), ((one.name, _first(one.reason)) for one in found.wrong))
    yield from _table(
        "Not for this project", ("change", "reason"), ((one.name, _first(one.reason)) for one in found.inapplicable)
    )
    yield from _table("Holes", ("what", "reason"), ((what, _first(reason)) for what, reason in found.holes))
    if found.results.plan:
        yield from ("", "## The plan", "")
        yield from (f"- {one}" for one in found.results.plan)
    for one in found.accepted:
        yield ""
        yield f"## {one.label}"
        yield ""
        yield f"{one.does} {one.costs} {one.source}".strip()
        yield ""
        yield from (f"    {line}" for line in one.lines)


def _table(title: str, head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    written = [f"| {' | '.join(map(table_cell, row))} |" for row in rows]
    if not written:
        return
    yield ""
    yield f"## {title}"
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from written


def _first(text: str) -> str:
    return text.partition("\n")[0]
