"""Requests that were recorded: a HAR file, an access log, Locust's statistics. Each becomes a weight."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from perfcompare.core.errors import UsageError
from perfcompare.project.initial import urlconf
from perfcompare.project.initial.candidate import PARAMETER, Candidate

_LINE: Final = re.compile(r'"([A-Z]+) (\S+) HTTP/[\d.]+"')
"""In the common and combined formats, and in that of uvicorn."""
_ID: Final = re.compile(r"\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}", re.IGNORECASE)
_ASCII: Final = re.compile(r"/[!-~]*")
_SAMPLES: Final = 5
_PATHS: Final = ("/", "http")


def candidates(path: Path) -> tuple[Sequence[Candidate], Sequence[str]]:
    """What the file recorded, the most frequent first; and what is left out. UsageError when it has no requests."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    times: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    bodies: dict[tuple[str, str], tuple[str, str]] = {}
    left_out: dict[str, None] = {}
    records = [*_records(path, text)]
    foreign = _foreign([url for _method, url, *_rest in records])
    for method, url, number, body, kind in records:
        asked = _asked(url)
        if (
            urlsplit(url).netloc in foreign
            or not number
            or not re.fullmatch(r"[A-Z]+", method)
            or not _ASCII.fullmatch(asked)
        ):
            continue
        plain = urlsplit(asked).path
        template, view, spaces = _template(plain)
        if not urlconf.measured(plain, view, spaces):
            left_out[plain] = None
            continue
        times[method, template][asked] += number
        bodies.setdefault((method, template), (body, kind))
    if not times:
        raise UsageError(
            f"{path} has no requests. It may be a HAR file (.har), Locust's statistics (.csv), or an access log in the "
            "common or combined format."
        )
    ordered = sorted(times.items(), key=lambda item: -item[1].total())
    found = [
        Candidate(
            method=method,
            template=template,
            view=_template(urlsplit(next(iter(asked))).path)[1],
            weight=float(asked.total()),
            samples=[one for one, _ in asked.most_common(_SAMPLES)],
            body=bodies[method, template][0],
            content_type=bodies[method, template][1],
        )
        for (method, template), asked in ordered
    ]
    hosts = (f"{host} (another host, asked {number} times)" for host, number in foreign.items())
    return found, [*left_out, *hosts, *_names(path, text)]


def _foreign(urls: Sequence[str]) -> Mapping[str, int]:
    """Hosts of others, as a page asks them for scripts and fonts, with the number of their requests: the project has
    most paths of its own hosts, and few of theirs."""
    asked, known = Counter(urlsplit(url).netloc for url in urls), Counter[str]()
    if len(asked) < 2:  # of an access log each path would be resolved twice
        return {}
    for url in urls:
        known[urlsplit(url).netloc] += _template(urlsplit(url).path or "/")[1] is not None
    own = {host for host, number in asked.items() if 2 * known[host] >= number}
    return {host: number for host, number in asked.items() if host and host not in own} if own else {}


def _names(path: Path, text: str) -> Iterator[str]:
    """What Locust was told to call requests whose paths are therefore not known."""
    for row in csv.DictReader(text.splitlines()) if path.suffix == ".csv" else ():
        name = row.get("Name") or ""
        if row.get("Type") and not name.startswith(_PATHS):
            yield f"{name} (a name and no path, asked {row.get('Request Count')} times)"


def _records(path: Path, text: str) -> Iterator[tuple[str, str, int, str, str]]:
    if path.suffix == ".har":
        yield from _har(path, text)
    elif path.suffix == ".csv":
        for row in csv.DictReader(text.splitlines()):
            if row.get("Type") and (row.get("Name") or "").startswith(_PATHS):
                yield row["Type"], row["Name"], int(row.get("Request Count") or 0), "", ""
    else:
        for line in text.splitlines():
            if found := _LINE.search(line):
                yield found[1], found[2], 1, "", ""


def _har(path: Path, text: str) -> Iterator[tuple[str, str, int, str, str]]:
    try:
        entries: Sequence[Mapping[str, Any]] = json.loads(text)["log"]["entries"]
        for entry in entries:
            asked = entry["request"]
            sent = asked.get("postData") or {}
            yield asked["method"], asked["url"], 1, sent.get("text") or "", sent.get("mimeType") or ""
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a HAR file: {error!r}.") from error


def _asked(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _template(path: str) -> tuple[str, Any, Sequence[str]]:
    """With the names of the URLconf for what varies; for an unknown path, what looks like an id. Its view, and the
    namespaces around it."""
    segments = path.split("/")
    try:
        match = resolve(path)
    except Resolver404:
        return "/".join("{id}" if _ID.fullmatch(one) else one for one in segments), None, ()
    route, unnamed = urlconf.template(match.route), iter(match.args)
    names = PARAMETER.findall(route)
    values = [str(match.kwargs[one] if one in match.kwargs else next(unnamed, "")) for one in names]
    if _filled(route, values) == path:
        # What has several segments is no id: a route that takes every path is not one page.
        kept = [value if "/" in value else f"{{{name}}}" for name, value in zip(names, values, strict=True)]
        return _filled(route, kept), match.func, match.app_names
    # A route with parts that may be left out.
    known = {value: f"{{{name}}}" for name, value in zip(names, values, strict=True) if value}
    return "/".join(known.get(one, one) for one in segments), match.func, match.app_names


def _filled(route: str, texts: Iterable[str]) -> str:
    given = iter(texts)
    return PARAMETER.sub(lambda _: next(given), route)
