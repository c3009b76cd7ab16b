"""Statements that differ only in values: one for each object of a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from perfcompare.project.audit.facts import RequestFacts, Statements
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.relations import Loading
from perfcompare.report.data.words import both

_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/ref/models/querysets/#select-related"
_IN_BULK: Final = "https://docs.djangoproject.com/en/5.2/topics/db/optimization/#retrieve-everything-at-once-if-you-know-you-will-need-it"

_FEW: Final = 2
"""Kinds of statements whose numbers are told one by one."""


def _find(facts: RequestFacts) -> Iterator[Finding]:
    """One finding for each view, whose queryset can load everything at once."""
    views: dict[str, list[Statements]] = defaultdict(list)
    for one in facts.statements:
        if one.one_for_each:
            views[one.origin["view"] if _at_once(one) and _of_the_view(one) else ""].append(one)
    for view, group in views.items():
        if view:
            yield _in_a_view(view, group)
        else:
            yield from (_alone(one) for one in group)


def _at_once(one: Statements) -> bool:
    """Whether a queryset can load this together with its objects."""
    return one.origin["loading"] in {Loading.ONE, Loading.SEVERAL}


def _of_the_view(one: Statements) -> bool:
    return one.origin["view_model"] in {"", one.origin["model"]}


def _in_a_view(view: str, group: Sequence[Statements]) -> Finding:
    call, paths = _call(group)
    words = ", ".join(f'"{path}"' for path in paths)
    first = group[0].origin
    return Finding(
        what=f"{_statements(group)} load {_relations(group)}, one object at a time",
        cpu_us=sum(_spared(one, one.cpu_us) for one in group),
        wall_us=sum(_spared(one, one.wall_us) for one in group),
        where=tuple(dict.fromkeys(one.where for one in group if one.where)),
        write=(
            f"# {view.rpartition('.')[2]}.get_queryset ({first['view_file']}:{first['view_line']})",
            f".{call}({words})",
        ),
        source=_SOURCE,
        rewrite={view: {call: paths}},
        subject=view,
    )


def _call(group: Sequence[Statements]) -> tuple[str, list[str]]:
    """The method of a queryset that loads all of them, and its arguments."""
    many = any(one.origin["many"] for one in group)
    return "prefetch_related" if many else "select_related", _longest([one.origin["path"] for one in group])


def _alone(one: Statements) -> Finding:
    relation = f" for {one.origin['relation']}" if one.origin["relation"] else ""
    return Finding(
        what=f"{one.count} statements that differ only in values{relation}: {one.sql[:100]}",
        cpu_us=_spared(one, one.cpu_us),
        wall_us=_spared(one, one.wall_us),
        where=(one.where,) if one.where else (),
        write=(_advised(one),),
        source=_SOURCE if _at_once(one) else _IN_BULK,
        subject=one.where or one.sql,
    )


def _advised(one: Statements) -> str:
    relation, path = one.origin["relation"], one.origin["path"]
    if _at_once(one):
        call, _ = _call([one])
        return f'.{call}("{path}") where objects of {one.origin["model"]} are loaded'
    if one.origin["loading"] == Loading.OWN:
        return (
            f"{relation} is asked for each object in another way than as a whole, which prefetch_related() does not "
            "spare: Prefetch(queryset=…, to_attr=…), annotate() with a Subquery, or choose in Python from the whole."
        )
    if one.origin["loading"] == Loading.COLUMN:
        return f"{relation} was left out by defer() or only(), and is read: load it with the objects."
    return "Ask once for all: select_related(), prefetch_related(), annotate(), or in_bulk() before the loop."


def _spared(one: Statements, cost_us: float) -> float:
    """All but one of them."""
    return cost_us * (one.count - 1) / one.count


def _longest(paths: Sequence[str]) -> list[str]:
    """Without those that are the beginning of another: Django joins everything on the way."""
    different = dict.fromkeys(paths)
    return [one for one in different if not any(other.startswith(f"{one}__") for other in different)]


def _statements(group: Sequence[Statements]) -> str:
    if len(group) <= _FEW:
        return f"{both([str(one.count) for one in group])} statements that differ only in values"
    return f"{sum(one.count for one in group):,} statements of {len(group)} kinds, which differ only in values,"


def _relations(group: Sequence[Statements]) -> str:
    return both([*dict.fromkeys(one.origin["relation"] or one.origin["path"] for one in group)])


FINDER: Final = Finder(label="statements that differ only in values (N+1)", find=_find)
