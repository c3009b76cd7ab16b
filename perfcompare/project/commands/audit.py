"""`manage.py perfcompare audit`: where each request's time goes, and what to do about it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import get_args

from perfcompare.commands._command import Command, Output
from perfcompare.core import env, files
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.core.interface import Interface
from perfcompare.plugins import servers
from perfcompare.project import logins
from perfcompare.project.audit import measuring, page, report, text, verifying
from perfcompare.project.audit.facts import Failure, RequestFacts
from perfcompare.project.audit.findings import finders
from perfcompare.project.audit.measuring import Asked
from perfcompare.project.audit.report import Audit
from perfcompare.project.audit.steps import Steps
from perfcompare.project.audit.verifying import Judged
from perfcompare.project.project import current
from perfcompare.project.requests import FILE, RequestFile, read
from perfcompare.project.target import OWN, own_server
from perfcompare.runner import signals


def arguments(parser: ArgumentParser) -> None:
    """What is audited, and when it fails."""
    parser.add_argument("--file", type=Path, default=Path(FILE), help="the requests (default: %(default)s)")
    parser.add_argument("--only", metavar="A,B", help="the names of some requests (default: all)")
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--interface",
        choices=[*get_args(Interface), "both"],
        help="default: those whose application the project's settings name",
    )
    way.add_argument(
        "--server",
        type=_server,
        metavar="NAME",
        help=f"the project's own, which decides the interface: {', '.join(servers)} "
        f"(default: {', '.join(OWN.values())})",
    )
    parser.add_argument("--no-verify", action="store_true", help="do not apply what is found; faster")
    parser.add_argument("--unsafe", action="store_true", help="send requests that may change something, many times")
    parser.add_argument(
        "--fail-on",
        type=_kinds,
        default=frozenset(),
        metavar="KIND,…",
        help=f"exit with 1 when there is such a finding: {', '.join(_written(name) for name in finders)}, or all",
    )
    parser.add_argument(
        "--statements", type=int, metavar="N", help="exit with 1 when a request sends more SQL statements"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON")


def run(options: Namespace, output: Output) -> None:
    """Measure, take apart, judge, verify, and write it down."""
    file = read(options.file)
    project = current(file.settings, file.environ)
    asked, skipped = _asked(file, options)
    results: list[RequestFacts | Failure] = []
    findings: list[Judged] = []
    chosen = [options.server] if options.server else [*map(own_server, _interfaces(options.interface))]
    say = partial(_say, output)
    steps = Steps(say=say, doing="Measuring", number=len(chosen) * len(asked))
    with signals.interruptible():
        for server in chosen:
            part = list(measuring.measure(project, asked, server, steps))
            judged = verifying.found(one for one in part if isinstance(one, RequestFacts))
            results += part
            findings += judged if options.no_verify else verifying.verify(project, asked, server, judged, say)
    audit = Audit(results=results, findings=findings, skipped=skipped)
    for line in text.lines(audit):
        output.write(line)
    written = env.state_folder() / "audit.html"
    page.write(written, audit)
    output.write(f"\nThe same with pictures: {written}")
    if options.json:
        files.write(options.json, json.dumps(report.as_data(audit), indent=1, default=str) + "\n")
    refused = report.refusals(audit, options.fail_on, options.statements)
    if refused:
        raise PerfcompareError("The audit failed:\n" + "\n".join(f"  {sentence}" for sentence in refused))


def _asked(file: RequestFile, options: Namespace) -> tuple[Sequence[Asked], list[str]]:
    names = [one.strip() for one in options.only.split(",")] if options.only else None
    unknown = [one for one in names or () if one not in {request.name for request in file.requests}]
    if unknown:
        known = ", ".join(request.name for request in file.requests)
        raise UsageError(f"{options.file} has no request {unknown[0]!r}. Known: {known}.")
    chosen = [one for one in file.requests if names is None or one.name in names]
    sent = [one for one in chosen if one.safe or options.unsafe]
    skipped = [one.name for one in chosen if one not in sent]
    if not sent:
        raise UsageError("All of these requests may change something. With --unsafe they are sent, many times.")
    headers = logins.of_started(file, sent)
    return [Asked(named=one, sent=one.request(headers[one.login])) for one in sent], skipped


def _interfaces(chosen: str | None) -> Sequence[Interface]:
    from django.conf import settings

    if chosen == "both":
        return get_args(Interface)
    if chosen is not None:
        return [one for one in get_args(Interface) if one == chosen]
    named = [one for one in get_args(Interface) if getattr(settings, f"{one.upper()}_APPLICATION", None)]
    return named or ["wsgi"]


def _kinds(text: str) -> frozenset[str]:
    names = [one.strip().replace("-", "_") for one in text.split(",") if one.strip()]
    if "all" in names:
        return frozenset(finders)
    try:
        return frozenset(finders.choose(names))
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from error


def _server(name: str) -> str:
    try:
        servers.choose([name])
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from error
    return name


def _written(name: str) -> str:
    return name.replace("_", "-")


def _say(output: Output, sentence: str) -> None:
    output.write(f"  {sentence} …")


COMMAND = Command(
    help="show where each request's time goes, and what to do about it",
    arguments=arguments,
    run=run,
    kept="Nothing is stored.",
)
