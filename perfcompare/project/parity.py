"""Do two servers give the same answers? Each answers the same requests several times.

What differs between answers of one side is its own doing: times, tokens. A twin, another process of the first side,
shows what differs from process to process. Only what differs between the sides in every round is a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.http import NOTHING, merged
from perfcompare.project.answers import (
    FIRST_ERROR,
    NO_ANSWER,
    Answer,
    Difference,
    differences,
    of_reply,
    unanswered,
    unstable,
)
from perfcompare.project.requests import ProjectRequest
from perfcompare.runner.client import Client

_CONNECTIONS: Final[Mapping[str, type[HTTPConnection]]] = {"http": HTTPConnection, "https": HTTPSConnection}


@dataclass(frozen=True, kw_only=True)
class Side:
    """A server that answers."""

    name: str
    host: str
    port: int
    scheme: str = "http"
    asked_as: str = ""
    """The Host of its requests; empty for that of its address."""
    prefix: str = ""
    """In front of every path, without a slash at its end."""
    mapped: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Prefixes of the file's paths, and what they are on this side."""

    @property
    def origin(self) -> str:
        """As it is written in the addresses of its answers."""
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port != usual else "")

    def path(self, path: str) -> str:
        """The path of a request on this side."""
        for old, new in self.mapped.items():
            if path.startswith(old) and path[len(old) : len(old) + 1] in {"", "/", "?"}:
                path = new + path.removeprefix(old)
                break
        return self.prefix + path

    def answer(self, request: ProjectRequest, headers: Mapping[str, str]) -> Answer:
        """What it answers."""
        sent = request.request(headers)
        client = Client(self.host, self.port, connection=_CONNECTIONS[self.scheme])
        try:
            reply = client.send(replace(sent, path=self.path(request.path)), "")
        except OSError as error:
            return unanswered(error)
        return of_reply(reply, self.origin, self._back())

    def _back(self) -> Mapping[str, str]:
        """Prefixes in its answers, and what the file has for them. A proxy may hide the first prefix from it."""
        back = {self.prefix + new: old for old, new in self.mapped.items()}
        back |= {self.prefix: ""} | {new: old for old, new in self.mapped.items()}
        return {new: old for new, old in back.items() if new}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One request, answered by both sides."""

    request: str
    statuses: tuple[int, int]
    differences: Sequence[Difference]
    ignored: Sequence[str]
    """Places at which a side differs from itself."""

    @property
    def failing(self) -> bool:
        """Whether both answer with an error."""
        return min(self.statuses) >= FIRST_ERROR

    @property
    def unjudged(self) -> str:
        """Why the answers cannot be compared; empty when they can."""
        if self.statuses == (NO_ANSWER, NO_ANSWER):
            return "neither side answers it"
        return "its status changes by itself" if "status" in self.ignored else ""

    @property
    def judged(self) -> bool:
        """Whether both sides have answers that can be compared."""
        return not self.unjudged


def of_url(url: str) -> Side:
    """The side at `http://host:port[/prefix]`; UsageError for another text."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _CONNECTIONS or not parts.hostname or port == -1 or parts.query or parts.fragment:
        raise UsageError(f"{url!r} is not http://host:port[/prefix].")
    return Side(
        name=url,
        host=parts.hostname,
        port=port or {"http": 80, "https": 443}[parts.scheme],
        scheme=parts.scheme,
        prefix=parts.path.rstrip("/"),
    )


def compare(
    sides: tuple[Side, Side],
    requests: Sequence[ProjectRequest],
    headers: Mapping[str, Mapping[str, str]],
    *,
    times: int,
    twin: Side | None = None,
    ignoring: Collection[str] = (),
    said: Callable[[str], None] = lambda _sentence: None,
) -> Iterator[Compared]:
    """Send every request to both sides, and to the twin of the first, in `times` rounds."""
    asked = [side for side in (*sides, twin) if side is not None]
    hosts = _hosts(asked)
    rounds = []
    for number in range(times):
        said(f"round {number + 1} of {times}")
        rounds.append(
            {
                one.name: [
                    side.answer(one, merged({"Host": host}, headers.get(one.login, NOTHING)))
                    for side, host in zip(asked, hosts, strict=True)
                ]
                for one in requests
            }
        )
    for place, side in enumerate(asked):
        answers = [round_[one.name][place] for round_ in rounds for one in requests]
        if answers and all(one.status == NO_ANSWER for one in answers):
            raise EnvironmentProblem(f"{side.name} answers nothing: {answers[0].body}.")
    for one in requests:
        yield _compared(one.name, [round_[one.name] for round_ in rounds], frozenset(ignoring))


def _hosts(sides: Sequence[Side]) -> Sequence[str]:
    """Servers that differ by their port only see the same Host, or an ETag of a body with links would differ."""
    if len({one.host for one in sides}) == 1:
        return [next((one.asked_as for one in sides if one.asked_as), sides[0].host)] * len(sides)
    return [one.asked_as or one.origin.partition("://")[2] for one in sides]


def _compared(name: str, rounds: Sequence[Sequence[Answer]], ignoring: frozenset[str]) -> Compared:
    firsts = rounds[0]
    own = {place for later in rounds[1:] for pair in zip(firsts, later, strict=True) for place in unstable(*pair)}
    for answers in rounds:
        if len(answers) > 2:
            own |= unstable(answers[0], answers[2])
    found = [[*differences(first, second, ignoring=own | ignoring)] for first, second, *_ in rounds]
    lasting = frozenset[str].intersection(*(frozenset(one.place for one in round_) for round_ in found))
    return Compared(
        request=name,
        statuses=(firsts[0].status, firsts[1].status),
        differences=[one for one in found[0] if one.place in lasting],
        ignored=sorted(own),
    )
