"""What a process inherits from whoever calls this project.

A child gets what says where things are, and what it is told; nothing that changes what programs do. So no variable of
libpq, Locust, gunicorn, uvicorn, granian, git, the C library or Python in somebody's shell reaches a server, a
generator, an embedded service or a management command that a run starts. What is left of each: docs/environment.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Final

INHERITED: Final = (
    *("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "HOME", "TMPDIR"),
    *("PERFCOMPARE_STATE", "PERFCOMPARE_PROFILE_RECORDS"),
)
"""Where programs, their libraries and the files of a person and of this project are."""
PROXIES: Final = frozenset({"http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"})
"""In small letters; clients read them in capitals as well. Whatever this project asks is on this machine, or named."""


def child(environ: Mapping[str, str], **told: str) -> dict[str, str]:
    """The whole environment of a child process: of `environ` what is INHERITED, and over it what it is `told`."""
    return {**{name: environ[name] for name in INHERITED if name in environ}, **told}


def postgresql(environ: Mapping[str, str]) -> list[str]:
    """The variables that PostgreSQL's clients read, PGSERVICE and PGOPTIONS among them, in their order."""
    # those of its packages and images, such as PG_VERSION, have a low line, and no client reads them
    return sorted(name for name in environ if name.startswith("PG") and not name.startswith("PG_"))


@contextmanager
def without_clients_settings(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Take out of `environ` what would change how this process itself reaches a service; it is put back afterwards.

    A service is reached as its URL says (DATABASE_URL, REDIS_URL, UPSTREAM_URL) and by nothing else.
    """
    names = [*postgresql(environ), *(name for name in environ if name.lower() in PROXIES)]
    taken = {name: environ.pop(name) for name in names}
    try:
        yield
    finally:
        environ.update(taken)
