"""Somebody else's Django project, declared: what is installed, how it is configured, and what it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from perfcompare.core.interface import Interface
from tests.suites.suite import Installed


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project. A module `tests/projects/inside/data/<name>.py` fills its database."""

    about: str
    """What it is, in a sentence: frameworks, versions, what is typical of it."""
    packages: tuple[str, ...]
    """The project first, `name==version`. `locks/<name>.txt` has everything that is installed for them."""
    requests: tuple[str, ...]
    """The paths of the requests worth measuring. `{name}` stands for a value that filling the database returned."""
    settings: str = ""
    """Its own settings module. Empty for a package that is a project only with our settings."""
    overlay: Mapping[str, Any] = field(default_factory=dict)
    """Settings in the place of its own: small, and plain data."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that its settings read; `{state}` stands for a folder that it may write to."""
    path: str = ""
    """The folder of the installed package whose modules the project imports without its name."""
    interface: Interface = "wsgi"
    also: tuple[str, ...] = ()
    """Levers that only some projects can use, of which this is one."""
    without: tuple[str, ...] = ()
    """Levers that this project must not use, by what docs/levers.md says of them."""
    extensions: bool = False
    """Whether it asks PostgreSQL for extensions, which the embedded one does not have."""
    icu: bool = False
    """Whether it asks for collations of ICU, which no wheel of the package index has, but Debian's PostgreSQL."""
    python: str = ""
    """The version of Python that it needs when it is not this project's, such as `3.12`."""
    checked: bool = False
    """Whether `make check` runs it."""
    tests: Installed | None = None
    """The tests of its API; None when no distribution has them. Where they are in its source distribution, this is
    unpacked, and its modules are the project's."""
