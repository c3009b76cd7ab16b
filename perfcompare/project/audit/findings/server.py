"""The server itself, and others that are installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.core.packages import installed
from perfcompare.plugins import servers
from perfcompare.project.audit.categories import SERVER
from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._changed import SHARE
from perfcompare.project.audit.findings._finding import Finder, Finding

_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/howto/deployment/"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    part, own = facts.of(SERVER), servers[facts.server]
    if part.cpu_us < SHARE * facts.cpu_us:
        return
    for name, server in servers.items():
        if server is not own and not server.lacks(own) and all(map(installed, server.packages)):
            yield Finding(
                what=f"{own.label} itself takes {part.cpu_us / facts.cpu_us:.0%} of the CPU time",
                cpu_us=part.cpu_us,
                wall_us=part.wall_us,
                write=(server.line("module:application"), *(f"# {limit}" for limit in server.limits)),
                source=_SOURCE,
                server=name,
                subject=name,
            )


FINDER: Final = Finder(label="a server that takes at least 5 % of the request, where others are installed", find=_find)
