"""The requests that are measured, in one readable file: perfcompare.toml.

`init` writes it, people change it, every other subcommand reads it.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar

import tomlkit

from perfcompare.core import files
from perfcompare.core.characters import printable
from perfcompare.core.errors import UsageError
from perfcompare.core.http import NOTHING, Request, merged

FILE: Final = "perfcompare.toml"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHOD: Final = re.compile(r"[A-Z]+")
_NAME: Final = re.compile(r"[^\s,](?:[^,\x00-\x1f\x7f]*[^\s,])?")
"""Commas separate names on the command line."""
_PATH: Final = re.compile(r"/[!-~]*")
_HOST: Final = re.compile(r"[\w.:\[\]-]+", re.ASCII)
_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_VARIABLE_NAME: Final = re.compile(r"[A-Za-z_]\w*")

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Login:
    """How requests are authenticated: by headers as they are, or as a user of the project, without writing anything."""

    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Sent with each request. `${NAME}` stands for an environment variable, so that no secret is in the file."""
    user: str = ""
    """The name of a user (USERNAME_FIELD) whose existing DRF token, or whose session, is sent."""
    session: bool = False
    """Whether the session of this user is sent also where there is a token, which pages do not know."""


@dataclass(frozen=True, kw_only=True)
class ProjectRequest:
    """One request of the project's traffic."""

    name: str
    """Unique in the file."""
    path: str
    """From the first slash, with the query string."""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    body: str = ""
    weight: float = 1.0
    """Its share of the traffic, relative to the others."""
    login: str = ""
    """The name of a login; empty for an anonymous request."""

    @property
    def safe(self) -> bool:
        """Whether it changes nothing on the server, by its method (RFC 9110, 9.2.1)."""
        return self.method in SAFE

    def request(self, headers: Mapping[str, str]) -> Request:
        """As it is sent, with the headers of its login."""
        body = self.body.encode() if self.body else None
        return Request(
            path=self.path.removeprefix("/"), method=self.method, headers=merged(headers, self.headers), body=body
        )


@dataclass(frozen=True, kw_only=True)
class RequestFile:
    """What perfcompare.toml says."""

    requests: Sequence[ProjectRequest]
    logins: Mapping[str, Login] = field(default_factory=dict)
    host: str = "localhost"
    """The Host of requests to what is started here: a project may answer another one with other data, or not at all."""
    settings: str = ""
    """The settings module to measure with, such as that of production; empty for that of manage.py."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Variables of the project's processes beside those of the shell."""


def read(path: Path) -> RequestFile:
    """The file's content. UsageError names the line or the entry that is wrong, and what it may be."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return _file(content)
    except FileNotFoundError as error:
        raise UsageError(f"There is no {path}. Write one: manage.py perfcompare init") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}.") from error
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def write(
    path: Path,
    content: RequestFile,
    *,
    comments: Mapping[str, str],
    introduction: str = "",
    unused: Collection[str] = (),
) -> None:
    """Write the file so that a person can change it.

    `comments` go above the request or login of that name, `introduction` above everything. Requests with the names
    `unused` are written commented out.
    """
    parts = [_comment(introduction), tomlkit.dumps(_head(content))]
    for name, login in content.logins.items():
        parts.append(_comment(comments.get(name, "")) + tomlkit.dumps({"logins": {name: _changed(login)}}))
    for request in content.requests:
        table = tomlkit.dumps({"requests": [_changed(request)]})
        parts.append(_comment(comments.get(request.name, "")) + (_comment(table) if request.name in unused else table))
    files.write(path, "\n".join(part for part in parts if part))


def _file(content: Mapping[str, Any]) -> RequestFile:
    _known(content, RequestFile, "the file")
    logins = {name: _login(name, one) for name, one in _typed(content, "logins", dict, "the file").items()}
    requests = [_request(number, one) for number, one in enumerate(_typed(content, "requests", list, "the file"), 1)]
    if not requests:
        raise UsageError("it has no [[requests]]. Write at least one, with a `name` and a `path`.")
    repeated = [name for name, times in Counter(one.name for one in requests).items() if times > 1]
    if repeated:
        raise UsageError(f"several requests are called {repeated[0]!r}. Give each a name of its own.")
    for one in requests:
        if one.login and one.login not in logins:
            known = ", ".join(logins) or "none"
            raise UsageError(f"request {one.name!r}: there is no login {one.login!r}. Known: {known}.")
    environ = _texts(content, "environ", "the file")
    for name in environ:
        _matching(_VARIABLE_NAME, name, "environ", "a variable's name")
    return RequestFile(
        requests=requests,
        host=as_host(_typed(content, "host", str, "the file") or RequestFile.host, "the file"),
        logins=logins,
        settings=_typed(content, "settings", str, "the file"),
        environ=environ,
    )


def _login(name: str, table: object) -> Login:
    where = f"login {name!r}"
    given = _table(table, Login, where)
    login = Login(
        headers=_headers(given, where),
        user=_typed(given, "user", str, where),
        session=_typed(given, "session", bool, where),
    )
    if bool(login.headers) == bool(login.user):
        raise UsageError(f"{where} needs either `headers` or `user`.")
    if login.session and not login.user:
        raise UsageError(f"{where} has a `session`, and no `user` whose it is.")
    return login


def _request(number: int, table: object) -> ProjectRequest:
    given = _table(table, ProjectRequest, f"request {number}")
    name = _typed(given, "name", str, f"request {number}")
    _matching(_NAME, name, f"request {number}", "a `name` (text without commas and line breaks)")
    where = f"request {name!r}"
    method = _typed(given, "method", str, where) or "GET"
    path = _typed(given, "path", str, where)
    _matching(_METHOD, method, where, "a `method` (capital letters)")
    _matching(_PATH, path, where, "a `path` (from the first slash; other than ASCII is written as %XX)")
    weight = given.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < math.inf:
        raise UsageError(f"{where}: {weight!r} is not a `weight` (a number above 0).")
    return ProjectRequest(
        name=name,
        path=path,
        method=method,
        headers=_headers(given, where),
        body=_typed(given, "body", str, where),
        weight=float(weight),
        login=_typed(given, "login", str, where),
    )


def _table(table: object, kind: type[object], where: str) -> Mapping[str, Any]:
    if not isinstance(table, dict):
        raise UsageError(f"{where} is not a table.")
    _known(table, kind, where)
    return table


def _known(table: Mapping[str, Any], kind: Any, where: str) -> None:
    names = [one.name for one in fields(kind)]
    unknown = next((name for name in table if name not in names), None)
    if unknown is not None:
        raise UsageError(f"{where} has no key {unknown!r}. Known: {', '.join(names)}.")


_WORDS: Final[Mapping[type[object], str]] = {
    str: "text in quotes", bool: "true or false", dict: "a table", list: "a list of tables",
}  # fmt: skip


def _typed(table: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    value = table.get(key, kind())
    if not isinstance(value, kind):
        raise UsageError(f"{where}: {key} = {value!r} is not {_WORDS[kind]}.")
    return value


def _texts(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, str]:
    texts: dict[str, Any] = _typed(table, key, dict, where)
    return {name: _typed(texts, name, str, f"{where}, {key}") for name in texts}


def _headers(table: Mapping[str, Any], where: str) -> Mapping[str, str]:
    return sendable(_texts(table, "headers", where), where)


def sendable(headers: Mapping[str, str], where: str) -> Mapping[str, str]:
    """The headers as they are; UsageError, which begins with `where`, names one that cannot be sent."""
    for name, value in headers.items():
        _matching(_FIELD_NAME, name, where, "the name of a header")
        _matching(_FIELD_VALUE, value, f"{where}, header {name}", "a header's value (Latin-1, without line breaks)")
    return headers


def as_host(text: str, where: str) -> str:
    """The text as it is; UsageError, which begins with `where`, when it can stand in no header Host."""
    _matching(_HOST, text, where, "a `host` (a name or an address, perhaps with a port)")
    return text


def _matching(pattern: re.Pattern[str], text: str, where: str, what: str) -> None:
    if not pattern.fullmatch(text):
        raise UsageError(f"{where}: {text!r} is not {what}.")


def _head(content: RequestFile) -> Mapping[str, Any]:
    head: dict[str, Any] = {"host": content.host} | ({"settings": content.settings} if content.settings else {})
    return head | ({"environ": dict(content.environ)} if content.environ else {})


def _changed(entry: Login | ProjectRequest) -> Mapping[str, Any]:
    """What differs from the defaults, as TOML writes it."""
    found = {}
    for one in fields(entry):
        value = getattr(entry, one.name)
        if value and value != one.default:
            found[one.name] = _value(value)
    return found


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, str) and "\n" in value and "\r" not in value:  # reading takes CRLF for one line end
        return tomlkit.string(value, multiline=True)
    return value


def _comment(text: str) -> str:
    """TOML allows no control characters there."""
    return "".join(f"# {printable(line)}".rstrip() + "\n" for line in text.splitlines())
