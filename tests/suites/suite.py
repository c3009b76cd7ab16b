"""Somebody else's test suite, declared: where it comes from and how it is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Suite:
    """One suite. Each part of Django's own is one, so that none takes more than a few minutes."""

    package: str
    """The source distribution that holds the tests: `name==version`."""
    command: tuple[str, ...]
    """The arguments of Python that start the tests."""
    repository: str = ""
    """The repository and tag to clone, `URL@TAG`, for a package whose source distribution has no tests."""
    folder: str = "."
    """Where in the distribution the command is started."""
    requirements: tuple[str, ...] | None = None
    """What is installed beside the package in an environment of its own; None for this project's environment."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of its processes; `{redis}` stands for the URL of our Redis."""
    beside: Mapping[str, Path] = field(default_factory=dict)
    """Packages of ours that its processes import, by name: the settings of a package that has none."""
    also: tuple[str, ...] = ()
    """Levers that only some projects can use, of which this is one."""
    handlers: bool = False
    """Whether our handlers take the place of Django's."""
    checked: bool = False
    """Whether `make check` runs it."""
    expects: tuple[str, ...] = ()
    """Levers that must have run: without them the suite proves nothing about them."""
    extensions: bool = False
    """Whether the tests ask PostgreSQL for extensions of its distribution, which the embedded one does not have."""
    time_limit_s: float = 900


@dataclass(frozen=True, kw_only=True)
class Installed(Suite):
    """The tests of a project that is installed as a whole, with every package that a file names."""

    lock: Path
    """The file, in the place of `requirements`."""
    unpacked: bool = False
    """Whether the tests are in the source distribution; else the installed package has them."""
    python: str = ""
    """The version of Python when it is not this project's."""
