"""`manage.py perfcompare parity A B`: the same answers? Two servers, or this project with two sets of changes."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.core import env, files, junit
from perfcompare.core.characters import code, printable
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.project import logins, parity, starting
from perfcompare.project.parity import Compared, Side
from perfcompare.project.project import current
from perfcompare.project.requests import FILE, RequestFile, read
from perfcompare.project.target import AS_IS
from perfcompare.runner.processes import start_all


def arguments(parser: ArgumentParser) -> None:
    """The sides, what is not compared, and the output files."""
    side = f"http://host:port[/prefix], or {AS_IS}, or names of changes with commas, which are started here"
    parser.add_argument("first", metavar="A", help=side)
    parser.add_argument("second", metavar="B", help="the same")
    parser.add_argument("--file", type=Path, default=Path(FILE), help=f"the requests (default: {FILE})")
    parser.add_argument("--times", type=_times, default=3, help="how often each request is sent (default: 3)")
    parser.add_argument(
        "--map",
        type=_mapping,
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="paths that begin with OLD begin with NEW at B, as /api/v1=/api/v2",
    )
    parser.add_argument("--twin", default="", metavar="URL", help="another server with the code of A")
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="PLACE", help="a place that may differ, as '$.results[*].age'"
    )
    parser.add_argument("--unsafe", action="store_true", help="send requests that change data too (POST, PUT, …)")
    parser.add_argument("--server", default="", help="what is started here runs on it (default: as for try)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the result as Markdown")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the result as JUnit XML")


def run(options: Namespace, output: Output) -> None:
    """Write the differences. Raises PerfcompareError (exit code 1) when there are some."""
    file = read(options.file)
    requests = [one for one in file.requests if one.safe or options.unsafe]
    if not requests:
        raise UsageError(f"{options.file} has only requests that change data. Add --unsafe to send them.")
    headers = logins.of_requests(file, requests)
    with ExitStack() as context:
        output.write("Starting …")
        first, second, twin = _sides(options, file, context)
        compared = [
            *parity.compare(
                (first, replace(second, mapped=dict(options.map))),
                requests,
                headers,
                times=options.times,
                twin=twin,
                ignoring=options.ignore,
                said=lambda sentence: output.write(f"{sentence} …"),
            )
        ]
    sides = (options.first, options.second)
    for path, text in (
        (options.json, as_json(sides, compared)),
        (options.markdown, as_markdown(sides, compared)),
        (options.junit, as_junit(compared)),
    ):
        if path:
            files.write(path, text)
    output.write("\n".join(line for one in compared for line in lines(one)))
    if skipped := len(file.requests) - len(requests):
        output.write(f"Not sent without --unsafe: {skipped} requests that change data.")
    differing = sum(bool(one.differences) for one in compared)
    if differing:
        raise PerfcompareError(f"{differing} of {len(compared)} requests are answered differently.")
    judged = sum(one.judged for one in compared)
    failing = sum(one.failing for one in compared)
    if failing == len(compared):
        raise PerfcompareError("Every answer is an error, so nothing was compared. Look at `host` and the logins.")
    errors = f", with an error in {failing}" if failing else ""
    output.write(f"The same answers to {judged} of {len(compared)} requests{errors}.")


def lines(one: Compared) -> Sequence[str]:
    """A request's result, for a terminal."""
    statuses = " and ".join(dict.fromkeys(str(status or "no answer") for status in one.statuses))
    verdict = "differs" if one.differences else f"not judged: {one.unjudged}" if one.unjudged else "same"
    own = f"; differs from itself: {', '.join(one.ignored)}" if one.ignored else ""
    return [
        printable(f"{one.request} ({statuses}): {verdict}{own}"),
        *(f"  {printable(str(d))}" for d in one.differences),
    ]


def as_json(sides: tuple[str, str], compared: Sequence[Compared]) -> str:
    """Everything that was found."""
    requests = [
        {
            "request": one.request,
            "statuses": one.statuses,
            "judged": one.judged,
            "differences": [{"where": found.where, "difference": found.said} for found in one.differences],
            "differs_from_itself": one.ignored,
        }
        for one in compared
    ]
    return json.dumps({"sides": sides, "requests": requests}, indent=2, ensure_ascii=False) + "\n"


def as_markdown(sides: tuple[str, str], compared: Sequence[Compared]) -> str:
    """The verdict and a table, in the Markdown of GitHub."""
    differing = sum(bool(one.differences) for one in compared)
    judged = sum(one.judged for one in compared)
    same = f"the same answers to {judged} of {len(compared)} requests"
    head = f"## Parity: {f'{differing} of {len(compared)} requests differ' if differing else same}"
    rows = [
        f"| {code(one.request)} | {code(found.where)} | {code(found.said)} |"
        for one in compared
        for found in one.differences
    ]
    rows += [f"| {code(one.request)} | | not judged: {one.unjudged} |" for one in compared if one.unjudged]
    table = ["", "| request | where | difference |", "|---|---|---|", *rows] if rows else []
    return "\n".join([head, "", f"{code(sides[0])} and {code(sides[1])}, {len(compared)} requests.", *table]) + "\n"


def as_junit(compared: Sequence[Compared]) -> str:
    """One test case for each request."""
    return junit.document("perfcompare parity", [_case(one) for one in compared])


def _case(one: Compared) -> junit.Case:
    found = [printable(str(difference)) for difference in one.differences]
    return junit.Case(
        group="parity",
        name=one.request,
        failure=found[0] if found else "",
        details="\n".join(found),
        skipped=one.unjudged,
    )


def _sides(options: Namespace, file: RequestFile, context: ExitStack) -> tuple[Side, Side, Side | None]:
    """The sides and the twin of the first. What is no URL is started; so is its twin, with another order of hashes.

    A and B have the same order of hashes, so that it is no difference between them.
    """
    named = {"A": options.first, "B": options.second, "twin": options.twin or options.first}
    urls = {key: parity.of_url(text) for key, text in named.items() if "://" in text}
    if "A" in urls and not options.twin:
        del urls["twin"]
    project = current(file.settings, file.environ)
    wanted = {
        key: partial(
            starting.process,
            project,
            text,
            [name.strip() for name in text.split(",") if name.strip() != AS_IS],
            server=options.server,
            log=env.state_folder() / "logs" / f"parity-{key}.log",
            told={"PYTHONHASHSEED": "1" if key == "twin" else "0"},
        )
        for key, text in named.items()
        if "://" not in text
    }
    found: dict[str, Side] = dict(urls)
    for key, server in start_all(wanted, context).items():
        if isinstance(server, PerfcompareError):
            raise server
        found[key] = Side(name=named[key], host=server.host, port=server.port, asked_as=file.host)
    return found["A"], found["B"], found.get("twin")


def _times(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise ArgumentTypeError(f"{text!r} is not a number of at least 2")
    return int(text)


def _mapping(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not equals or not old.startswith("/") or not new.startswith("/"):
        raise ArgumentTypeError(f"{text!r} is not /old=/new")
    return old.rstrip("/"), new.rstrip("/")


COMMAND = Command(help="compare the answers of two servers", arguments=arguments, run=run)
