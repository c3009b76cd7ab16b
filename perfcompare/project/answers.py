"""Answers of the project, and where two of them differ.

A place in an answer is text: `status`, `header etag`, `$.results[*].price`, `line 3, word 2`, `bytes`. `[*]` stands for
every element. `(order)` and `(keys)` after it mean that only the order of the elements, or only the set of keys, is
meant.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.http import NOTHING, Expected, Reply
from perfcompare.core.setting import Loss
from perfcompare.project.requests import ProjectRequest
from perfcompare.runner.client import Client

HEADERS: Final = (
    "content-type",
    "content-encoding",
    "cache-control",
    "etag",
    "vary",
    "location",
    "allow",
    "www-authenticate",
    "link",
)
"""What a client acts on. Others name the server, the time or the connection."""
NO_ANSWER: Final = 0
"""Stands for a status where none came. The body says why."""
ORIGIN: Final = "http://server"
"""Takes the place of the server's own address in an answer, because two servers cannot have the same."""
FIRST_ERROR: Final = 400
_LOOPBACK: Final = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?![\w.:-])")
_LISTS: Final = frozenset({"vary", "allow"})
"""Headers whose words have no order and no case."""
_INDEX: Final = re.compile(r"\[\d+\]")
_PIECES: Final = re.compile(r"\w+|\W")
ORDER: Final = " (order)"
KEYS: Final = " (keys)"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client sees of an answer, in a form that can be compared."""

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Those of HEADERS that it has."""
    body: object = b""
    """Parsed JSON, else text, else bytes."""
    json: bool = False
    """Whether the body is parsed JSON. A text may be both."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place at which an answer is not the wanted one."""

    where: str
    """With the indexes of elements: `$.results[3].price`."""
    said: str
    """`"9.99" instead of "10.99"`."""

    @property
    def place(self) -> str:
        """Where, for every element: `$.results[*].price`."""
        return _INDEX.sub("[*]", self.where)

    def __str__(self) -> str:
        return f"{self.where}: {self.said}"


@dataclass(frozen=True, kw_only=True)
class Recorded(Expected):
    """The right reply is a recorded answer."""

    judge: Callable[[Answer], str | None]
    """The first difference of an answer from it, as a sentence; None when there is none."""

    def difference(self, reply: Reply) -> str | None:
        """As that of every expected reply."""
        return self.judge(of_reply(reply))


def fetch(
    host: str, port: int, requests: Sequence[ProjectRequest], headers: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Answer]:
    """The answer to each request, by its name. `headers` are those of each login, by its name.

    Raises EnvironmentProblem when the server answers none of them.
    """
    client = Client(host, port)
    found = {}
    for one in requests:
        try:
            reply = client.send(one.request(headers.get(one.login, NOTHING)), "/")
            found[one.name] = of_reply(reply)
        except OSError as error:
            found[one.name] = unanswered(error)
    if found and all(one.status == NO_ANSWER for one in found.values()):
        said = "; ".join(dict.fromkeys(str(one.body) for one in found.values()))
        raise EnvironmentProblem(f"{host}:{port} does not answer: {said}.")
    return found


def unanswered(error: OSError) -> Answer:
    """What stands for an answer that did not come."""
    return Answer(status=NO_ANSWER, body=str(error))


def of_reply(reply: Reply, origin: str = "", prefixes: Mapping[str, str] = NOTHING) -> Answer:
    """The answer in a reply. Addresses of this machine and `origin` (`https://api.example`) become ORIGIN.

    `prefixes` of paths take the place of others: `{"/api/v2": "/api/v1"}`.
    """

    def neutral(text: str) -> str:
        return _mapped(_neutral(text, origin), prefixes)

    kept = {name: _header(name, neutral(reply.headers[name])) for name in HEADERS if name in reply.headers}
    content = _unpacked(reply.body, kept.get("content-encoding", ""))
    text = _text(content, kept.get("content-type", ""))
    if text is None:
        return Answer(status=reply.status, headers=kept, body=content)
    text = neutral(text)
    if is_json(kept.get("content-type", "")):
        try:
            return Answer(status=reply.status, headers=kept, body=json.loads(text, parse_constant=str), json=True)
        except (ValueError, RecursionError):
            pass
    return Answer(status=reply.status, headers=kept, body=text)


def is_json(content_type: str) -> bool:
    """Whether a body of this media type is JSON: `application/json`, the older `text/json`, `application/ld+json`."""
    return content_type.partition(";")[0].strip().lower().endswith(("/json", "+json"))


def unstable(first: Answer, second: Answer) -> frozenset[str]:
    """The places at which two answers of the same code differ: times, hash order, tokens."""
    return frozenset(one.place for one in differences(first, second))


def difference(wanted: Answer, got: Answer, *, ignoring: Collection[str] = ()) -> str | None:
    """The first difference as a sentence; None when there is none outside these places."""
    return next((str(one) for one in differences(wanted, got, ignoring=ignoring)), None)


def losing(wanted: Answer, got: Answer, losses: Iterable[Loss]) -> Answer:
    """The wanted answer without those words of its headers that `got` lacks, where the losses name them."""
    headers = dict(wanted.headers)
    for one in losses:
        had = got.headers.get(one.header, "").split(", ")
        kept = [word for word in headers.get(one.header, "").split(", ") if word in had or word not in one.words]
        headers |= {one.header: ", ".join(kept)}
    return replace(wanted, headers={name: value for name, value in headers.items() if value})


def differences(wanted: Answer, got: Answer, *, ignoring: Collection[str] = ()) -> Iterator[Difference]:
    """Every difference outside these places. After another status, the rest is not looked at."""
    if wanted.status != got.status:
        found = iter([Difference(where="status", said=f"{_status(got)} instead of {_status(wanted)}{_excerpt(got)}")])
    else:
        found = _rest(wanted, got, frozenset(ignoring))
    return (one for one in found if one.place not in ignoring)


def _rest(wanted: Answer, got: Answer, ignoring: frozenset[str]) -> Iterator[Difference]:
    for name in HEADERS:
        if wanted.headers.get(name) != got.headers.get(name):
            yield _differing(f"header {name}", wanted.headers.get(name), got.headers.get(name))
    if wanted.json and got.json:
        yield from _json(wanted.body, got.body, "$", ignoring)
    elif isinstance(wanted.body, str) and isinstance(got.body, str):
        yield from _texts(wanted.body, got.body, ignoring)
    elif wanted.body != got.body:
        yield _differing("bytes", wanted.body, got.body)


def _json(wanted: object, got: object, where: str, ignoring: frozenset[str]) -> Iterator[Difference]:
    """Where an ignored place is on the way, nothing below it is looked at."""
    if _INDEX.sub("[*]", where) in ignoring:
        return
    if type(wanted) is not type(got):
        yield _differing(where, wanted, got)
    elif isinstance(wanted, dict) and isinstance(got, dict):
        yield from _objects(wanted, got, where, ignoring)
    elif isinstance(wanted, list) and isinstance(got, list):
        yield from _arrays(wanted, got, where, ignoring)
    elif wanted != got:
        yield _differing(where, wanted, got)


def _objects(
    wanted: dict[str, object], got: dict[str, object], where: str, ignoring: frozenset[str]
) -> Iterator[Difference]:
    less, more = [*(wanted.keys() - got.keys())], [*(got.keys() - wanted.keys())]
    if less or more:
        said = [f"without {_short(sorted(less))}"] * bool(less) + [f"with {_short(sorted(more))}"] * bool(more)
        yield Difference(where=where + KEYS, said=" and ".join(said))
    for key, value in wanted.items():
        if key in got:
            yield from _json(value, got[key], _below(where, key), ignoring)


def _arrays(wanted: list[object], got: list[object], where: str, ignoring: frozenset[str]) -> Iterator[Difference]:
    if len(wanted) != len(got):
        yield Difference(where=where, said=f"{len(got)} elements instead of {len(wanted)}")
        return
    place = _INDEX.sub("[*]", where)
    if wanted != got and _sorted(wanted) == _sorted(got):
        yield Difference(where=where + ORDER, said=f"{_short(got)} in another order than {_short(wanted)}")
        return
    if place + ORDER in ignoring:
        wanted, got = _sorted_apart(wanted, got)
    for index, (one, other) in enumerate(zip(wanted, got, strict=True)):
        yield from _json(one, other, f"{where}[{index}]", ignoring)


def _sorted(elements: list[object]) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True) for one in elements)


def _sorted_apart(wanted: list[object], got: list[object]) -> tuple[list[object], list[object]]:
    """The elements of each that the other lacks, so that one changed element is named and not all after it."""
    ours, theirs = Counter(_sorted(wanted)), Counter(_sorted(got))
    return (
        [json.loads(one) for one in (ours - theirs).elements()],
        [json.loads(one) for one in (theirs - ours).elements()],
    )


def _below(where: str, key: str) -> str:
    return f"{where}.{key}" if re.fullmatch(r"[\w-]+", key) else f"{where}[{json.dumps(key)}]"


def _texts(wanted: str, got: str, ignoring: frozenset[str]) -> Iterator[Difference]:
    """By line and word, so that a token in a page hides nothing else of it."""
    if wanted == got:
        return
    ours, theirs = wanted.splitlines(), got.splitlines()
    if len(ours) != len(theirs):
        yield Difference(where="text", said=f"{len(theirs)} lines instead of {len(ours)}")
        return
    for number, (one, other) in enumerate(zip(ours, theirs, strict=True), 1):
        if one != other and f"line {number}" not in ignoring:
            yield from _lines(_PIECES.findall(one), _PIECES.findall(other), f"line {number}", ignoring)
    if ours == theirs:
        yield Difference(where="text", said="other line ends")


def _lines(wanted: list[str], got: list[str], where: str, ignoring: frozenset[str]) -> Iterator[Difference]:
    """A word that changes by itself may become two, as a number gets a sign: then nothing is known of its line."""
    if len(wanted) != len(got):
        if not any(one.startswith(f"{where}, word ") for one in ignoring):
            yield _differing(where, "".join(wanted), "".join(got))
        return
    for number, (one, other) in enumerate(zip(wanted, got, strict=True), 1):
        if one != other:
            yield _differing(f"{where}, word {number}", one, other)


def _differing(where: str, wanted: object, got: object) -> Difference:
    return Difference(where=where, said=f"{_short(got)} instead of {_short(wanted)}")


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _status(answer: Answer) -> str:
    return "no answer" if answer.status == NO_ANSWER else str(answer.status)


def _excerpt(answer: Answer) -> str:
    """What an error says; a page for people says no more than its status."""
    page = answer.headers.get("content-type", "").startswith("text/html")
    said = answer.status == NO_ANSWER or (answer.status >= FIRST_ERROR and not page)
    return f": {_short(answer.body)}" if said else ""


def _header(name: str, value: str) -> str:
    if name in _LISTS:
        return ", ".join(sorted(word.strip().lower() for word in value.split(",")))
    if name == "content-type":
        return "; ".join(part.strip().lower() for part in value.split(";"))
    return value


def _neutral(text: str, origin: str) -> str:
    if origin:
        text = re.sub(re.escape(origin) + r"(?![\w.:-])", ORIGIN, text)
    return _LOOPBACK.sub(ORIGIN, text)


def _mapped(text: str, prefixes: Mapping[str, str]) -> str:
    """A prefix counts where a path begins: after the server's address, or after no other part of a path."""
    for old, new in prefixes.items():
        begin = rf"({re.escape(ORIGIN)}|(?<![\w/.-]))"
        text = re.sub(begin + re.escape(old) + r"(?![\w.-])", rf"\g<1>{new}", text)
    return text


def _unpacked(body: bytes, encoding: str) -> bytes:
    """Compressed bodies differ by the random file name that Django adds to them."""
    try:
        return gzip.decompress(body) if encoding == "gzip" else zlib.decompress(body) if encoding == "deflate" else body
    except (OSError, EOFError, zlib.error):
        return body


def _text(body: bytes, content_type: str) -> str | None:
    found = re.search(r'charset="?([\w.-]+)', content_type)
    try:
        return body.decode(found[1] if found else "utf-8")
    except (LookupError, UnicodeDecodeError):
        return None
