"""Columns that are loaded for every object and that nobody reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from perfcompare.core.http import NOTHING
from perfcompare.project.audit.facts import Column, RequestFacts, Source
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.relations import Loading
from perfcompare.report.data.words import many

LEAST: Final = 2048
"""Bytes of one request: less cannot be felt."""
_NAMED: Final = 0.1
"""Of these bytes: a smaller column is not worth the writing."""
_VALUE: Final = 1024
"""So many bytes cost about as much to read as one value more."""
_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/ref/models/querysets/#defer"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    models: dict[str, list[Column]] = defaultdict(list)
    for column in facts.columns:
        models[column.model].append(column)
    for model, columns in models.items():
        unused = [one for one in columns if not one.read]
        size = sum(one.bytes for one in unused)
        if size < LEAST:
            continue
        large = sorted((one for one in unused if one.bytes >= _NAMED * size), key=lambda one: -one.bytes)
        names = [one.name for one in large]
        sources = [one for one in facts.sources if one.model == model]
        asked = {id(one.statements): one.statements for one in sources}.values()
        together = {one.model for one in facts.sources if id(one.statements) in {id(each) for each in asked}}
        whole = [column for name in together for column in models[name]]
        share = _weight(large, facts) / _weight(whole, facts) if whole else 0.0
        yield Finding(
            what=f"{size:,} bytes of {many(facts.instances[model], 'object')} of {model} are read from the database "
            f"and never used: {', '.join(f'{one.name} ({one.bytes:,})' for one in large)}",
            cpu_us=share * sum(one.cpu_us for one in asked),
            wall_us=share * sum(one.wall_us for one in asked),
            where=tuple(dict.fromkeys(one.statements.where for one in sources if one.statements.where)),
            write=tuple(dict.fromkeys(line for one in sources for line in _write(one, names))) or (_call("", names),),
            source=_SOURCE,
            rewrite=_rewrite(sources, names),
            subject=f"{model}: {', '.join(names)}",
        )


def _weight(columns: Iterable[Column], facts: RequestFacts) -> float:
    """What reading them costs: each value, and its bytes where they are many."""
    return sum(facts.instances[one.model] + one.bytes / _VALUE for one in columns)


def _write(source: Source, names: Sequence[str]) -> Iterator[str]:
    """Where the objects are loaded, and what to write there."""
    origin = source.statements.origin
    if origin["loading"] == Loading.ONE:  # one object at a time: nothing can be left out but with the others
        path = "__".join(filter(None, (origin["path"], source.path)))
        yield f'.select_related("{origin["path"]}"){_call(path, names)} where objects of {origin["model"]} are loaded'
        return
    if _of_the_view(source):
        yield f"# {origin['view'].rpartition('.')[2]}.get_queryset ({origin['view_file']}:{origin['view_line']})"
        yield _call(source.path, names)
        return
    yield f"{_call(source.path, names)} where objects of {source.root} are loaded"


def _call(path: str, names: Sequence[str]) -> str:
    words = ", ".join(f'"{one}"' for one in _paths(path, names))
    return f".defer({words})"


def _paths(path: str, names: Sequence[str]) -> list[str]:
    return [f"{path}__{name}" if path else name for name in names]


def _of_the_view(source: Source) -> bool:
    origin = source.statements.origin
    return bool(origin["view"] and origin["view_model"] == source.root and not origin["loading"])


def _rewrite(sources: Sequence[Source], names: Sequence[str]) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Where views' querysets load them."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in sources:
        if _of_the_view(one):
            found[one.statements.origin["view"]] += _paths(one.path, names)
    return {view: {"defer": paths} for view, paths in found.items()} or NOTHING


FINDER: Final = Finder(label="columns that are read from the database and never used", find=_find)
