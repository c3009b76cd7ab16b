"""`manage.py perfcompare init`: the project's requests, in one file that people change."""

from __future__ import annotations

import textwrap
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.db import connection

from perfcompare.commands._command import Command, Output
from perfcompare.core import env
from perfcompare.core.errors import UsageError
from perfcompare.core.http import NOTHING, merged
from perfcompare.project import driver, logins, refusals, starting
from perfcompare.project.answers import NO_ANSWER
from perfcompare.project.initial import openapi, recorded, urlconf
from perfcompare.project.initial.candidate import Candidate
from perfcompare.project.initial.ids import Ids
from perfcompare.project.project import current
from perfcompare.project.refusals import Printed
from perfcompare.project.requests import FILE, Login, ProjectRequest, RequestFile, as_host, sendable, write
from perfcompare.project.served import sessions
from perfcompare.project.target import AS_IS
from perfcompare.runner.client import Client
from perfcompare.runner.progress import left

LOGIN: Final = "user"
"""The name of the login, or of that which is a user's token where there are several."""
SESSION: Final = "session"
HEADER: Final = "header"
PATIENCE_S: Final = 20.0
"""What takes longer to answer cannot be measured in a reasonable time, or is a stream without an end."""
_STRANGER: Final = frozenset({301, 302, 303, 307, 308, 401, 403})
"""How a project answers somebody whom it does not know, or at another address."""
_HEAD: Final = """The requests that `manage.py perfcompare` measures. Change this file as you like.

Each [[requests]] has a `name` and a `path`; `method`, `headers`, `body`, `weight` (its share of the traffic) and
`login` are optional. What changes data is commented out: it is only sent with --unsafe.
With `settings = "package.settings.production"` above everything else, these settings are measured.
A login is `user = "name"`, or headers without the secret: headers = { Authorization = "Bearer ${API_TOKEN}" }"""

_WIDTH: Final = 118
"""Of a comment."""
_NAMED: Final = 3
"""So many paths that begin alike are left out by their own names."""
_TOLD_S: Final = 5
_FIRST: Final = 20
"""Before so many were tried the time left is a guess."""


@dataclass(frozen=True, kw_only=True)
class _Tried:
    """A request and what came of it."""

    request: ProjectRequest
    said: str
    status: int = NO_ANSWER

    @property
    def good(self) -> bool:
        """Whether it can be measured."""
        return 200 <= self.status < 300


def arguments(parser: ArgumentParser) -> None:
    """Where the requests come from, who asks, and where they are written."""
    parser.add_argument(
        "--from",
        dest="source",
        default="",
        metavar="SOURCE",
        help="openapi, urlconf, or a file: HAR (.har), Locust's statistics (.csv), an access log "
        "(default: the URLconf, with the bodies of the OpenAPI)",
    )
    parser.add_argument("--user", default="", metavar="NAME", help="the user of requests that need a login")
    parser.add_argument(
        "--header",
        type=_header,
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="what requests that need a login send instead, such as 'Authorization: Bearer ${API_TOKEN}', where "
        "${API_TOKEN} is a variable of the environment; may be repeated; beside --user, it is tried first",
    )
    parser.add_argument(
        "--host", default=RequestFile.host, help="the Host that the project is asked for (default: localhost)"
    )
    parser.add_argument("--settings-module", default="", help="settings to measure with, such as those of production")
    parser.add_argument("--server", default="", help="where each request is tried once (default: an installed one)")
    parser.add_argument("--output", type=Path, default=Path(FILE), help=f"the file (default: {FILE})")
    parser.add_argument("--force", action="store_true", help="overwrite the file")


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise ArgumentTypeError(f"{text!r} has no colon between a name and a value")
    return name.strip(), value.strip()


def run(options: Namespace, output: Output) -> None:
    """Find requests, try each once, write the file. Raises UsageError when the file is there."""
    if options.output.exists() and not options.force:
        raise UsageError(f"{options.output} is there. Add --force to overwrite it, or name another with --output.")
    offered = urlconf.candidates()
    found, left_out = _candidates(options.source, *offered)
    user = logins.user(options.user) if options.user else None
    credentials = _credentials(options.user) if options.user else {}
    file = RequestFile(
        requests=[],
        host=as_host(options.host, "--host"),
        logins=_logins(options, credentials),
        settings=options.settings_module,
        environ=_environ(credentials.values()),
    )
    host = {"Host": file.host}
    sent = {
        name: credentials[name].headers if name in credentials else logins.headers(file, name) for name in file.logins
    }
    known = {"": host} | {name: merged(host, headers) for name, headers in sent.items()}
    log = env.state_folder() / "logs" / "init.log"
    project = current(file.settings, file.environ)
    process = starting.process(project, AS_IS, (), server=options.server, log=log)
    with process as server:
        client = Client(server.host, server.port, PATIENCE_S, whole_s=PATIENCE_S)
        ids = Ids(offered[0], user)
        tried = [_hinted(_try(one, client, ids, known, log), options) for one in _followed(found, output)]
    comments = {one.request.name: one.said for one in tried}
    comments |= {name: _wrapped(f"Sent: {one.said}.") for name, one in credentials.items()}
    out = _wrapped(f"Left out (admin, static files, schema, login, other hosts): {', '.join(_folded(left_out))}")
    unused = {one.request.name for one in tried if not one.good}
    used = {one.request.login for one in tried} | {next(iter(file.logins), "")}
    content = replace(
        file,
        requests=[one.request for one in tried],
        logins={name: one for name, one in file.logins.items() if name in used},
        environ=_environ(one for name, one in credentials.items() if name in used),
    )
    write(
        options.output,
        content,
        comments=comments,
        introduction=f"{_HEAD}\n\n{out}" if left_out else _HEAD,
        unused=unused,
    )
    output.write(f"{options.output}: {len(tried) - len(unused)} requests; {len(unused)} more are commented out:")
    if connection.vendor == "postgresql":
        output.write(driver.said(project.environ))
    reasons: dict[str, list[str]] = {}
    for one in tried:
        if not one.good:
            reasons.setdefault(one.said, []).append(one.request.name)
    for said, (first, *others) in reasons.items():
        output.write(f"  {first}{f' and {len(others)} more' if others else ''}: {said}")


def _followed(found: Sequence[Candidate], output: Output) -> Iterator[Candidate]:
    """Each of them; now and then it is said how long the others will take."""
    began = told = time.monotonic()
    for done, one in enumerate(found):
        now = time.monotonic()
        if done >= _FIRST and now - told > _TOLD_S:
            told = now
            output.write(f"{done} of {len(found)} requests; {left((now - began) / done * (len(found) - done))}")
        yield one


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _folded(left_out: Sequence[str]) -> Iterator[str]:
    """Many paths that begin alike, such as those of an admin, as one."""
    beginnings: dict[str, list[str]] = {}
    for one in left_out:
        beginnings.setdefault("/".join(one.split("/")[:2]), []).append(one)
    for beginning, paths in beginnings.items():
        yield from paths if len(paths) <= _NAMED else [f"{beginning}/… ({len(paths)} paths)"]


def _candidates(
    source: str, offered: Sequence[Candidate], left_out: Sequence[str]
) -> tuple[Sequence[Candidate], Sequence[str]]:
    """Those of the source; the others are what the URLconf offers, and leaves out."""
    if source not in {"", "openapi", "urlconf"}:
        found, unused = recorded.candidates(Path(source))
        return openapi.joined(found, openapi.operations()), unused
    if source == "urlconf":
        return offered, left_out
    described = openapi.operations()
    if source == "openapi":
        if not described:
            raise UsageError("The project has no OpenAPI of drf-spectacular or Ninja. Use --from urlconf.")
        known = {(one.method, one.shape) for one in described}
        offered = [one for one in offered if (one.method, one.shape) in known]
    return openapi.joined(offered, described), left_out


def _credentials(user: str) -> Mapping[str, logins.Credentials]:
    """What this user sends, by the name of the login: a token where there is one, and a session for the pages."""
    found = {LOGIN: logins.of_user(user)}
    if not found[LOGIN].session:
        with suppress(UsageError):
            found[SESSION] = logins.of_user(user, session=True)
    return found


def _logins(options: Namespace, credentials: Collection[str]) -> Mapping[str, Login]:
    """In the order in which they are tried."""
    found = {name: Login(user=options.user, session=name == SESSION) for name in credentials}
    if options.header:
        given = Login(headers=sendable(dict(options.header), "--header"))
        return {HEADER if found else LOGIN: given, **found}
    return found


def _environ(credentials: Iterable[logins.Credentials]) -> Mapping[str, str]:
    return {sessions.VARIABLE: sessions.SIGNED} if any(one.signed_session for one in credentials) else {}


def _try(candidate: Candidate, client: Client, ids: Ids, known: Mapping[str, Mapping[str, str]], log: Path) -> _Tried:
    """The first path that is answered with 2xx, with the first login that it takes; `known` begins with none.

    `log` is what the server prints.
    """
    request = ProjectRequest(
        name=candidate.name,
        path=candidate.template,
        method=candidate.method,
        headers={"Content-Type": candidate.content_type} if candidate.body and candidate.content_type else NOTHING,
        body=candidate.body,
        weight=candidate.weight,
    )
    paths = ids.paths(candidate)
    if not paths:
        return _Tried(request=request, said="not tried: the database has no row for its parameters")
    own = [name for name in known if name]
    request = replace(request, path=paths[0])
    if not request.safe:
        return _Tried(request=replace(request, login=next(iter(own), "")), said="not tried: it changes data")
    refused: list[_Tried] = []
    for path in paths:
        for name, headers in known.items():
            tried = _sent(replace(request, path=path, login=name), client, headers, log)
            if tried.good or tried.status == NO_ANSWER:  # another login would wait as long
                return tried
            refused.append(tried)

    # What a stranger is refused with says nothing about the request.
    return next((one for one in refused if one.status not in _STRANGER), refused[min(1, len(own))])


def _hinted(tried: _Tried, options: Namespace) -> _Tried:
    """With what would let it in, where it is refused for want of a login. With one, 403 may be a want of rights."""
    refused = not options.header and tried.status in ({401} if options.user else {401, 403})
    hint = "no login of the user is taken; " if options.user else "name a user with --user, or "
    return replace(tried, said=f"{tried.said}; {hint}say what is sent with --header") if refused else tried


def _sent(request: ProjectRequest, client: Client, headers: Mapping[str, str], log: Path) -> _Tried:
    began, printed = time.perf_counter(), Printed.after(log)
    try:
        reply = client.send(request.request(headers), "/")
    except OSError as error:
        return _Tried(request=request, said=f"no answer: {error}")
    milliseconds = (time.perf_counter() - began) * 1000
    tried = _Tried(request=request, said=refusals.said(reply, printed), status=reply.status)
    said = f"{reply.status}, {len(reply.body):,} bytes, {milliseconds:.0f} ms when tried"
    return replace(tried, said=said) if tried.good else tried


COMMAND = Command(help="write the project's requests into a file", arguments=arguments, run=run)
