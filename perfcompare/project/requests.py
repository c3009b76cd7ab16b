"""The requests that are measured, in one readable file: perfcompare.toml.

`init` writes it, people change it, every other subcommand reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from perfcompare.core.http import NOTHING, Request

FILE: Final = "perfcompare.toml"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHOD: Final = re.compile(r"[A-Z]+")
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Login:
    """How requests are authenticated: by headers as they are, or as a user of the project, without writing anything."""

    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Sent with each request. `${NAME}` stands for an environment variable, so that no secret is in the file."""
    user: str = ""
    """The name of a user (USERNAME_FIELD) whose existing DRF token, or whose session, is sent."""


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
            path=self.path.removeprefix("/"), method=self.method, headers={**headers, **self.headers}, body=body
        )


@dataclass(frozen=True, kw_only=True)
class RequestFile:
    """What perfcompare.toml says."""

    requests: Sequence[ProjectRequest]
    logins: Mapping[str, Login] = field(default_factory=dict)
    settings: str = ""
    """The settings module to measure with, such as that of production; empty for that of manage.py."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Variables of the project's processes beside those of the shell."""


def read(path: Path) -> RequestFile:
    """The file's content. UsageError names the line or the entry that is wrong, and what it may be."""
    raise NotImplementedError


def write(path: Path, content: RequestFile, *, comments: Mapping[str, str]) -> None:
    """Write the file so that a person can change it; `comments` by request name go above the request."""
    raise NotImplementedError
