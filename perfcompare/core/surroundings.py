"""What a process inherits from the shell that calls this project.

A child gets the variables that say where things are, and those that it is told; none that change what programs do. So
no variable of libpq, Locust, gunicorn, uvicorn, granian, git, the C library or Python in a user's shell reaches a
server, a generator, an embedded service or a management command that a run starts. The effects: docs/environment.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Final

INHERITED: Final = (
    *("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "HOME", "TMPDIR"),
    *("PERFCOMPARE_STATE", "PERFCOMPARE_PROFILE_RECORDS"),
)
"""They say where programs, libraries, and the files of the user and of this project are."""
PROXIES: Final = frozenset({"http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"})
"""In lower case; clients read them in upper case as well. This project's requests need no proxy."""


def child(environ: Mapping[str, str], **told: str) -> dict[str, str]:
    """The whole environment of a child process: what is INHERITED from `environ`, overridden by what it is `told`."""
    return {**{name: environ[name] for name in INHERITED if name in environ}, **told}


def postgresql(environ: Mapping[str, str]) -> list[str]:
    """The variables that PostgreSQL's clients read, PGSERVICE and PGOPTIONS among them, in their order."""
    # those of its packages and images, such as PG_VERSION, have a low line, and no client reads them
    return sorted(name for name in environ if name.startswith("PG") and not name.startswith("PG_"))


@contextmanager
def without_clients_settings(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Remove from `environ` what would change how this process reaches a service; restore it afterwards.

    Only URLs (DATABASE_URL, REDIS_URL, UPSTREAM_URL) say how to reach a service.
    """
    names = [*postgresql(environ), *(name for name in environ if name.lower() in PROXIES)]
    taken = {name: environ.pop(name) for name in names}
    try:
        yield
    finally:
        environ.update(taken)
